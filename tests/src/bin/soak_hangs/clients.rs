//! The clients that attack the server, and those that behave.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::ops::Range;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use census_tests::threads::Stop;
use socket2::SockRef;

use crate::lock;
use crate::plan::Plan;
use crate::server::{BODY, DEADLINE};

pub(crate) const SLOW_READERS: u64 = 6;

const GET: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n";

/// The time that a client waits for the next byte of an answer. The server takes `DEADLINE` at most.
const SILENCE: Duration = Duration::from_secs(30);

/// The clients, and what became of their requests.
pub(crate) struct Clients {
    plan: Plan,
    server: SocketAddr,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    pub(crate) problems: Mutex<Vec<String>>,
}

impl Clients {
    pub(crate) fn new(plan: Plan, server: SocketAddr) -> Self {
        Self {
            plan,
            server,
            counts: Mutex::default(),
            problems: Mutex::default(),
        }
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.server, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        Ok(stream)
    }

    fn count(&self, name: &'static str) {
        *lock(&self.counts).entry(name).or_default() += 1;
    }

    pub(crate) fn counted(&self, name: &str) -> u64 {
        lock(&self.counts).get(name).copied().unwrap_or_default()
    }

    /// Asks and resets the connection: at once, after a while, or after the first bytes of the answer.
    pub(crate) fn reset(&self, stop: &Stop) {
        for turn in 0_u64.. {
            if stop.is_set() {
                break;
            }
            if let Ok(mut stream) = self.connect() {
                let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                let _ = stream.write_all(GET);
                match turn % 3 {
                    0 => {}
                    1 => sleep(Duration::from_millis(5)),
                    _ => drop(stream.read(&mut [0; 1000])),
                }
                self.count("resets");
            }
            sleep(Duration::from_millis(1));
        }
    }

    /// Connects and says nothing, again and again.
    pub(crate) fn idle(&self, stop: &Stop, client: u64) {
        // A half-closer makes room as soon as 64 connections are newer, which is at once if all begin together.
        sleep(Duration::from_millis(10 * client));
        while !stop.is_set() {
            if let Ok(mut stream) = self.connect() {
                self.count("idle");
                while stream.read(&mut [0]).is_err_and(|error| is_timeout(&error)) && !stop.is_set()
                {
                }
            }
            sleep(Duration::from_millis(200));
        }
    }

    pub(crate) fn read_slowly(&self, stop: &Stop, reader: u64) {
        // From 20 to 100 kB/s.
        let bytes_per_second = 20_000 + 80_000 * reader / (SLOW_READERS - 1);
        while !stop.is_set() {
            match self.ask(stop, false, Some(bytes_per_second)) {
                Some(Answer::Whole) => self.count("slow"),
                Some(Answer::Late) => self.count("slow late"),
                Some(other) => self.fail(&format!("a slow reader got {other:?}")),
                None => {}
            }
        }
    }

    pub(crate) fn half_close(&self, stop: &Stop) {
        while !stop.is_set() {
            match self.ask(stop, true, None) {
                Some(Answer::Whole) => self.count("half"),
                Some(Answer::Late) => self.count("half late"),
                // The server's documentation says that it counts as waiting, so newer connections displace it.
                Some(Answer::None { hang: 1.0.., .. }) => self.count("half displaced in a hang"),
                Some(Answer::None { waited: 0.25.., .. }) => self.count("half displaced"),
                Some(other) => self.fail(&format!("a half-closer got {other:?}")),
                None => {}
            }
            sleep(Duration::from_millis(100));
        }
    }

    fn fail(&self, problem: &str) {
        let problem = format!("at {:.1}: {problem}", self.plan.now());
        lock(&self.problems).push(problem);
    }

    /// A request and its answer. `None` if there is no server any more.
    fn ask(&self, stop: &Stop, half_close: bool, bytes_per_second: Option<u64>) -> Option<Answer> {
        let start = self.plan.now();
        let Ok(mut stream) = self.connect() else {
            sleep(Duration::from_millis(100));
            return None;
        };
        let _ = stream.write_all(GET);
        if half_close {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let answer = receive(stop, stream, bytes_per_second);
        let request = start..self.plan.now();
        if stop.is_set() || request.end > self.plan.end {
            return None;
        }
        Some(Answer::of(&answer, &request, self.plan))
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "the fields are printed with a problem")]
enum Answer {
    Whole,
    /// 503, because of a hang that is longer than the deadline.
    Late,
    None {
        waited: f64,
        hang: f64,
    },
    Other {
        head: String,
        bytes: usize,
        hang: f64,
    },
}

impl Answer {
    fn of(answer: &[u8], request: &Range<f64>, plan: Plan) -> Self {
        let hang = plan.hang_during(request);
        let waited = request.end - request.start;
        if answer.is_empty() {
            return Self::None { waited, hang };
        }
        let text = String::from_utf8_lossy(answer);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let is_whole = length.and_then(|it| it.parse().ok()) == Some(body.len());
        match head.get(9..12) {
            Some("200") if is_whole && body.len() > BODY => Self::Whole,
            Some("503") if is_whole && hang > DEADLINE.as_secs_f64() => Self::Late,
            _ => Self::Other {
                head: head.to_owned(),
                bytes: answer.len(),
                hang,
            },
        }
    }
}

/// Reads until the server ends its side, resets the connection, or sends nothing for `SILENCE`.
fn receive(stop: &Stop, mut stream: TcpStream, bytes_per_second: Option<u64>) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut last = Instant::now();
    while !stop.is_set() && last.elapsed() < SILENCE {
        let pause = bytes_per_second.map(|_| Duration::from_millis(100));
        let take = bytes_per_second.map_or(64 * 1024, |bytes| bytes / 10);
        match Read::by_ref(&mut stream)
            .take(take)
            .read_to_end(&mut answer)
        {
            Ok(0) => break,
            Ok(_) => last = Instant::now(),
            Err(error) if is_timeout(&error) => {}
            Err(_) => break,
        }
        pause.into_iter().for_each(sleep);
    }
    answer
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
