//! The process that is attacked: it records, serves, and prints its state.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ServerTls};
use census_tests::state::State;
use census_tests::threads::{Stop, with_background};

use crate::recording::{come_and_go, record_jobs};

/// The first word of the line with the server's address.
pub(crate) const SERVES: &str = "serves ";
/// The first word of lines with a query and the value that it must have.
pub(crate) const RECORDED: &str = "recorded ";
/// The line after all these.
pub(crate) const ALL_RECORDED: &str = "all recorded";
/// The first word of lines with the process's state.
pub(crate) const SAMPLE: &str = "sample ";

/// The files of the server's identity.
pub(crate) const CERTIFICATE: &str = "crt";
pub(crate) const KEY: &str = "key";

pub(crate) const TOKEN: &str = "a-token-of-the-soak";
pub(crate) const USER: &str = "prometheus";
pub(crate) const PASSWORD: &str = "open sesame";
/// Made by `htpasswd -nbBC 4`. A usual cost of 10 would keep one of two cores busy with wrong passwords.
const HASH: &str = "$2y$04$XTESt7FhVP3GBDEOJn9dhujKhp2y9Qx8X0jnGMzwcR6.EXZ3ACxCe";

/// The time after the recording, in seconds, in which the totals are scraped. The attack goes on.
pub(crate) const SETTLE: u64 = 15;

/// Serves, and records for so many seconds.
pub(crate) fn serve(directory: &Path, seconds: u64) {
    let start = Instant::now();
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let tls = ServerTls::from_files(directory.join(CERTIFICATE), directory.join(KEY));
    let server = exporter
        .server()
        .tls(tls.expect("an identity"))
        .bearer_token(TOKEN)
        .basic_auth(USER, HASH)
        .spawn("127.0.0.1:0")
        .expect("a free port");
    println!("{SERVES}{}", server.local_addr());
    let recorded = start + Duration::from_secs(seconds);
    with_background(&[&|stop| print_samples(start, stop), &come_and_go], || {
        for (query, value) in record_jobs(recorded) {
            println!("{RECORDED}{query} {value}");
        }
        println!("{ALL_RECORDED}");
        sleep(Duration::from_secs(SETTLE));
    });
    server.shutdown();
}

/// Prints the state of this process each second.
fn print_samples(start: Instant, stop: &Stop) {
    while !stop.is_set() {
        let State {
            memory,
            threads,
            descriptors,
        } = State::now();
        let time = start.elapsed().as_secs();
        println!("{SAMPLE}{time} {memory} {threads} {descriptors}");
        sleep(Duration::from_secs(1));
    }
}
