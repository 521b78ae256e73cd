//! What the threads of a wave do, and what they note of it.

use std::thread;
use std::time::Duration;

use census_tests::ledger::Ledger;
use census_tests::threads::{Stop, on_new_thread};
use fastrand::Rng;

use super::{IDLE, Storm, THREADS};
use crate::held::Guard;
use crate::keys::{KEYS, mark, tags_of};
use crate::timeline::{Item, Span, nanos, now};

/// When the threads of a wave record with a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    Always,
    /// At any time within some stretches of time of this length, and not within the others.
    AtTimes {
        length: u64,
        seed: u64,
    },
}

impl Role {
    pub(super) fn random(rng: &mut Rng) -> Self {
        if rng.u8(0..4) == 0 {
            return Self::Always;
        }
        let idle = nanos(IDLE);
        Self::AtTimes {
            length: rng.u64(idle * 2 / 3..idle * 3 / 2),
            seed: rng.u64(..),
        }
    }

    fn is_active(self, now: u64) -> bool {
        match self {
            Self::Always => true,
            Self::AtTimes { length, seed } => Rng::with_seed(seed ^ (now / length)).bool(),
        }
    }
}

/// The measure and the key of a measurement: its rows, as messages name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) is_held: bool,
    pub(super) key: usize,
}

/// What a thread measured.
#[derive(Default)]
pub(super) struct Measured {
    /// By key: each measurement, and its mark.
    pub(super) recorded: Vec<(usize, Item, u64)>,
    /// By key: each guard that the thread has ended.
    pub(super) ended: Vec<(usize, Item)>,
}

/// The life of a thread in a wave.
struct Life<'s> {
    storm: &'s Storm,
    roles: &'s [Role],
    rng: Rng,
    ledger: &'s mut Ledger<Key>,
    measured: Measured,
    until: u64,
    serial: u64,
}

impl Life<'_> {
    fn run(&mut self) {
        while now() < self.until {
            if self.rng.u8(0..4) == 0 {
                on_new_thread(|| self.run_steps());
            } else {
                self.run_steps();
            }
        }
    }

    fn run_steps(&mut self) {
        for _ in 0..self.rng.u64(1..60) {
            self.ledger.step += 1;
            let key = self.rng.usize(..KEYS.len());
            let now = now();
            if now >= self.until {
                return;
            }
            if self.roles[key].is_active(now) {
                match self.rng.u8(0..16) {
                    0 => self.hold(key),
                    _ => self.record(key),
                }
            }
            // Most guards are held for a short time, so that rows can be idle.
            if self.rng.u8(0..6) == 0
                && let Some(guard) = self.storm.guards.take(&mut self.rng)
            {
                let (key, item) = end(guard);
                self.note(true, key, -1);
                self.measured.ended.push((key, item));
            }
            if self.rng.u8(0..8) == 0 {
                thread::yield_now();
            }
        }
    }

    fn record(&mut self, key: usize) {
        self.serial += 1;
        let mark = mark(key, self.serial);
        let (begin, ()) = Span::of(|| self.storm.ways.record(&mut self.rng, key, mark));
        self.note(false, key, 1);
        let item = Item {
            begin,
            end: None,
            is_held: false,
            amount: 1,
        };
        self.measured.recorded.push((key, item, mark));
    }

    fn hold(&mut self, key: usize) {
        let (beginning, held) = Span::of(|| self.storm.ways.hold(&mut self.rng, key));
        self.note(true, key, 1);
        self.storm.guards.put(Guard {
            held,
            key,
            beginning,
        });
    }

    fn note(&mut self, is_held: bool, key: usize, value: i64) {
        self.ledger.note(Key { is_held, key }, value);
    }
}

pub(super) fn end(guard: Guard<Span>) -> (usize, Item) {
    let (end, ()) = Span::of(|| drop(guard.held));
    let item = Item {
        begin: guard.beginning,
        end: Some(end),
        is_held: false,
        amount: 0,
    };
    (guard.key, item)
}

impl Storm {
    pub(super) fn live(
        &self,
        wave: u64,
        thread: u64,
        seed: u64,
        roles: &[Role],
        until: u64,
        ledger: &mut Ledger<Key>,
    ) {
        let number = wave * THREADS + thread;
        let mut life = Life {
            storm: self,
            roles,
            rng: Rng::with_seed(seed ^ number),
            ledger,
            measured: Measured::default(),
            until,
            serial: number << 32,
        };
        life.run();
        let mut measured = self.measured.lock().expect("no thread panics");
        measured.recorded.extend(life.measured.recorded);
        measured.ended.extend(life.measured.ended);
    }

    /// Removes some rows, or all of a view, at times.
    pub(super) fn remove_at_times(&self, rng: &mut Rng, stop: &Stop) {
        while !stop.is_set() {
            thread::sleep(Duration::from_micros(rng.u64(..20_000)));
            let view = rng.usize(..self.views.len());
            let going = self.views[view].view;
            let key = rng.usize(..KEYS.len());
            let is_clear = rng.u8(0..4) == 0;
            let (span, ()) = Span::of(|| {
                if is_clear {
                    going.clear();
                } else {
                    going.remove(&tags_of(key));
                }
            });
            let keys = if is_clear {
                0..KEYS.len()
            } else {
                key..key + 1
            };
            let mut removed = self.removed.lock().expect("no thread panics");
            for key in keys {
                removed.entry((view, key)).or_default().push(span);
            }
        }
    }
}
