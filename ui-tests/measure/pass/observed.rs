//! All forms of observed measures, in functions and modules.

#![deny(warnings)]

use std::time::Duration;

use census::{Observed, Readings, TagKey, measure, tag, tags, view};

mod os {
    use std::time::Duration;

    pub fn cpu_time() -> Duration {
        Duration::from_secs(1)
    }
}

#[tag]
static POOL: TagKey;

type Depth = Observed<u64>;

const fn constant() -> i64 {
    -3
}

fn says(seen: &mut Readings<'_, f64>) {
    seen.record(0.5, tags!(POOL = "main"));
}

fn generic<T: Default>() -> T {
    T::default()
}

#[measure]
static QUEUE_DEPTH: Depth = || 5;
#[measure(name = "pools", unit = "{connection}")]
pub static POOL_SIZE: census::Observed<u64> = move |seen: &mut Readings<'_, u64>| {
    for (name, size) in [("main", 5), ("batch", 3)] {
        seen.record(size, tags!(POOL = name));
    }
};
#[measure(total, unit = "ms")]
pub(crate) static CPU: Observed<Duration> = os::cpu_time;
#[measure]
static BALANCE: Observed<i64> = constant;
#[measure]
static RATIO: Observed<f64> = says;
#[measure]
static GENERIC: Observed<u64> = generic::<u64>;
#[measure]
static IDLE: Observed<u64>;
#[measure]
static WAITING: Depth;

macro_rules! read_by {
    ($name:ident, $reading:expr) => {
        #[measure]
        static $name: Observed<u64> = $reading;
    };
}

read_by!(VALUE_BY_MACRO, || 4);
read_by!(ROWS_BY_MACRO, |seen| seen.record(6, tags!(POOL = "main")));

view! {
    static QUEUE: LastValue<QUEUE_DEPTH>;
    static POOLS: Sum<POOL_SIZE> by (POOL);
    static CPU_SECONDS: Sum<CPU>;
    static BALANCE_NOW: LastValue<BALANCE>;
    static RATIOS: Count<RATIO>;
    static NONE: Sum<GENERIC>;
    static IDLE_NOW: Sum<IDLE>;
    static WAITING_NOW: Sum<WAITING>;
    static VALUE_NOW: Sum<VALUE_BY_MACRO>;
    static ROWS_NOW: Sum<ROWS_BY_MACRO> by (POOL);
}

fn main() {
    #[measure]
    static LOCAL: Observed<u64> = || 7;
    view! { static LOCAL_VALUE: LastValue<LOCAL>; }
    assert!(LOCAL_VALUE.data().get(&tags!()).is_some_and(|value| *value == 7));
    assert!(QUEUE.data().get(&tags!()).is_some_and(|value| *value == 5));
    assert!(POOLS.data().get(&tags!(POOL = "main")).is_some_and(|value| *value == 5));
    assert!(CPU_SECONDS.data().get(&tags!()).is_some_and(|value| *value == Duration::from_secs(1)));
    assert!(BALANCE_NOW.data().get(&tags!()).is_some_and(|value| *value == -3));
    assert_eq!(RATIOS.data().get(&tags!()), Some(&1));
    assert!(NONE.data().get(&tags!()).is_some_and(|value| *value == 0));
    let observation = IDLE.observe(|seen| seen.record(2, tags!()));
    assert!(IDLE_NOW.data().get(&tags!()).is_some_and(|value| *value == 2));
    drop(observation);
    let observation = WAITING.observe(|seen| seen.record(3, tags!()));
    assert!(WAITING_NOW.data().get(&tags!()).is_some_and(|value| *value == 3));
    drop(observation);
    assert!(VALUE_NOW.data().get(&tags!()).is_some_and(|value| *value == 4));
    assert!(ROWS_NOW.data().get(&tags!(POOL = "main")).is_some_and(|value| *value == 6));
}
