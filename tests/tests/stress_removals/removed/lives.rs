//! What the threads of a wave do, and what they note of it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use census_tests::ledger::Ledger;
use census_tests::threads::on_new_thread;
use fastrand::Rng;

use super::{STEPS, Storm};
use crate::held::Guard;
use crate::keys::{KEYS, mark};
use crate::removals::Hot;
use crate::views::Of;

/// The row of a measurement, and how many removals it knows: see [`Removals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Noted {
    pub(super) view: usize,
    pub(super) key: usize,
    /// How many removals had ended before it.
    pub(super) ended: u64,
    /// How many removals had begun after it.
    pub(super) begun: u64,
}

/// Whether a measurement is in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    In,
    Gone,
    Either,
}

impl Noted {
    /// Given how many removals there were.
    pub(super) fn is(&self, removals: u64) -> Is {
        if self.ended == removals {
            Is::In
        } else if self.begun < removals {
            Is::Gone
        } else {
            Is::Either
        }
    }
}

/// Between how many removals a guard began, for each view.
pub(super) struct Between {
    pub(super) ended: Vec<u64>,
    pub(super) begun: Vec<u64>,
}

/// The marks that a thread recorded to one row in a wave, in order.
pub(super) type Marks = Vec<(Noted, u64)>;

/// The life of a thread in a wave.
struct Life<'s> {
    storm: &'s Storm,
    hot: &'s Hot,
    rng: Rng,
    ledger: &'s mut Ledger<Noted>,
    /// By key.
    marks: BTreeMap<usize, Marks>,
    /// A number that no other measurement has.
    serial: u64,
}

impl Life<'_> {
    fn run(&mut self) {
        let mut steps = STEPS;
        while steps > 0 {
            let some = self.rng.u64(1..=steps);
            steps -= some;
            if self.rng.u8(0..3) == 0 {
                // The words of a thread that ends are added to the shared ones.
                on_new_thread(|| self.run_steps(some));
            } else {
                self.run_steps(some);
            }
        }
    }

    fn run_steps(&mut self, steps: u64) {
        for _ in 0..steps {
            self.ledger.step += 1;
            let key = self.hot.key(&mut self.rng);
            match self.rng.u8(0..8) {
                0 => self.hold(key),
                1 => {
                    if let Some(guard) = self.storm.guards.take(&mut self.rng) {
                        self.storm.end(guard, self.ledger);
                    }
                }
                _ => self.record(key),
            }
            self.storm.steps.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn record(&mut self, key: usize) {
        let Storm { ways, removals, .. } = self.storm;
        self.serial += 1;
        let mark = mark(key, self.serial);
        let ended = removals.ended_of(key);
        ways.record(&mut self.rng, key, mark);
        let begun = removals.begun_of(key);
        let between = Between { ended, begun };
        for (view, going) in self.storm.views.iter().enumerate() {
            let noted = between.of(view, key);
            match going.of {
                Of::Work | Of::Part => self.ledger.note(noted, 1),
                Of::Mark => {
                    self.ledger.note(noted, 1);
                    self.marks.entry(key).or_default().push((noted, mark));
                }
                Of::Held => {}
            }
        }
    }

    fn hold(&mut self, key: usize) {
        let ended = self.storm.removals.ended_of(key);
        let held = self.storm.ways.hold(&mut self.rng, key);
        let begun = self.storm.removals.begun_of(key);
        let guard = Guard {
            held,
            key,
            beginning: Between { ended, begun },
        };
        self.storm.note(&guard, 1, self.ledger);
        self.storm.guards.put(guard);
    }
}

impl Between {
    pub(super) fn of(&self, view: usize, key: usize) -> Noted {
        Noted {
            view,
            key,
            ended: self.ended[view],
            begun: self.begun[view],
        }
    }
}

impl Storm {
    /// Notes a beginning or an end, in the rows of the beginning.
    fn note(&self, guard: &Guard<Between>, value: i64, ledger: &mut Ledger<Noted>) {
        for (view, going) in self.views.iter().enumerate() {
            if going.of == Of::Held {
                ledger.note(guard.beginning.of(view, guard.key), value);
            }
        }
    }

    pub(super) fn end(&self, guard: Guard<Between>, ledger: &mut Ledger<Noted>) {
        self.note(&guard, -1, ledger);
        drop(guard.held);
    }

    /// `number` is that of the thread among those of all waves.
    pub(super) fn live(&self, seed: u64, number: u64, hot: &Hot, ledger: &mut Ledger<Noted>) {
        let mut life = Life {
            storm: self,
            hot,
            rng: Rng::with_seed(seed ^ number),
            ledger,
            marks: BTreeMap::new(),
            serial: number * STEPS,
        };
        life.run();
        let mut marks = self.marks.lock().expect("no thread panics");
        marks.extend(life.marks.into_values());
    }

    pub(super) fn row_of(&self, view: &str, key: &Noted) -> Option<Vec<String>> {
        let is_of_view = self.views[key.view].view.name() == view;
        is_of_view.then(|| vec![KEYS[key.key].0.to_owned()])
    }
}
