//! Arguments are dropped in the same order as without `#[measure]`: the last one first, after the variables of the
//! body.

#![allow(
    dead_code,
    dropping_copy_types,
    unused_assignments,
    unused_mut,
    unused_variables,
    reason = "dropped values need not be used"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "the functions only drop their arguments"
)]

use std::cell::RefCell;

use census::measure;
use census_tests::polling::poll_once;

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Writes its name into [`DROPPED`] when it is dropped.
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

impl Noisy {
    fn touch(&self) {}
}

struct Parts {
    one: Noisy,
    two: Noisy,
}

/// The names of the values that a function drops, in order.
fn dropped(function: impl FnOnce()) -> Vec<&'static str> {
    DROPPED.with_borrow_mut(Vec::clear);
    function();
    DROPPED.take()
}

fn a() -> Noisy {
    Noisy("a")
}
fn b() -> Noisy {
    Noisy("b")
}
fn c() -> Noisy {
    Noisy("c")
}
fn d() -> Noisy {
    Noisy("d")
}
fn parts() -> Parts {
    Parts {
        one: Noisy("one"),
        two: Noisy("two"),
    }
}

/// Makes a test that compares a function with the same function measured: both drop the same values in the same order.
macro_rules! same_order {
    ($($test:ident: ($($args:tt)*) -> $ret:ty $body:block, ($($values:expr),*);)*) => {$(
        #[test]
        fn $test() {
            mod plain {
                use super::*;
                pub(super) fn sync($($args)*) -> $ret $body
                pub(super) async fn waits($($args)*) -> $ret $body
                pub(super) async fn stays($($args)*) -> $ret {
                    std::future::pending::<()>().await;
                    $body
                }
            }
            mod measured {
                use super::*;
                #[measure]
                pub(super) fn sync($($args)*) -> $ret $body
                #[measure]
                pub(super) async fn waits($($args)*) -> $ret $body
                #[measure]
                pub(super) async fn stays($($args)*) -> $ret {
                    std::future::pending::<()>().await;
                    $body
                }
            }
            let plain = dropped(|| drop(plain::sync($($values),*)));
            let measured = dropped(|| drop(measured::sync($($values),*)));
            assert_eq!(measured, plain);
            assert!(!plain.is_empty());
            let plain = dropped(|| assert!(poll_once(plain::waits($($values),*)).is_ready()));
            let measured = dropped(|| assert!(poll_once(measured::waits($($values),*)).is_ready()));
            assert_eq!(measured, plain, "async");
            let plain = dropped(|| assert!(poll_once(plain::stays($($values),*)).is_pending()));
            let measured = dropped(|| assert!(poll_once(measured::stays($($values),*)).is_pending()));
            assert_eq!(measured, plain, "cancelled");
            let plain = dropped(|| drop(plain::stays($($values),*)));
            let measured = dropped(|| drop(measured::stays($($values),*)));
            assert_eq!(measured, plain, "never polled");
        }
    )*};
}

type Outcome = Result<(), ()>;

same_order! {
    all_used: (a: Noisy, b: Noisy, c: Noisy) -> Outcome {
        a.touch();
        b.touch();
        c.touch();
        let local = Noisy("local");
        Ok(())
    }, (a(), b(), c());
    used_in_reverse: (a: Noisy, b: Noisy) -> Outcome {
        b.touch();
        a.touch();
        Ok(())
    }, (a(), b());
    nothing_used: (a: Noisy, b: Noisy, c: Noisy) -> Outcome { Ok(()) }, (a(), b(), c());
    first_unused: (a: Noisy, b: Noisy) -> Outcome { b.touch(); Ok(()) }, (a(), b());
    middle_unused: (a: Noisy, b: Noisy, c: Noisy) -> Outcome {
        a.touch();
        c.touch();
        Ok(())
    }, (a(), b(), c());
    last_unused: (a: Noisy, b: Noisy) -> Outcome { a.touch(); Ok(()) }, (a(), b());
    one_consumed: (a: Noisy, b: Noisy) -> Outcome { drop(a); Ok(()) }, (a(), b());
    wildcard: (a: Noisy, _: Noisy, c: Noisy) -> Outcome { a.touch(); c.touch(); Ok(()) }, (a(), b(), c());
    wildcards_first_and_last: (_: Noisy, b: Noisy, _: Noisy) -> Outcome { b.touch(); Ok(()) }, (a(), b(), c());
    tuples: ((a, b): (Noisy, Noisy), (c, d): (Noisy, Noisy)) -> Outcome {
        c.touch();
        a.touch();
        b.touch();
        d.touch();
        Ok(())
    }, ((a(), b()), (c(), d()));
    tuples_partly_bound: ((a, _): (Noisy, Noisy), (_, d): (Noisy, Noisy)) -> Outcome {
        a.touch();
        d.touch();
        Ok(())
    }, ((a(), b()), (c(), d()));
    fields_partly_bound: (a: Noisy, Parts { two, .. }: Parts, b: Noisy) -> Outcome {
        two.touch();
        a.touch();
        Ok(())
    }, (a(), parts(), b());
    unused_binding_in_tuple: ((a, b): (Noisy, Noisy), c: Noisy) -> Outcome { a.touch(); Ok(()) }, ((a(), b()), c());
    field_moved_out: (a: Parts, b: Noisy) -> Outcome { drop(a.two); Ok(()) }, (parts(), b());
    reference_to_part: ((ref a, b): (Noisy, Noisy), c: Noisy) -> Outcome {
        a.touch();
        b.touch();
        Ok(())
    }, ((a(), b()), c());
    mutable_bindings: (mut a: Noisy, mut b: Noisy) -> Outcome {
        a = Noisy("new a");
        b = Noisy("new b");
        a.touch();
        b.touch();
        Ok(())
    }, (a(), b());
    mutable_in_the_middle: (a: Noisy, mut n: u8, mut b: Noisy, c: Noisy) -> Outcome {
        n += 1;
        c.touch();
        b.0 = "new b";
        a.touch();
        Ok(())
    }, (a(), 1, b(), c());
    mutable_unused: (mut a: Noisy, mut n: u8, b: Noisy, mut c: Noisy) -> Outcome {
        n += 1;
        b.touch();
        Ok(())
    }, (a(), 1, b(), c());
    mutable_reference_to_part: ((ref mut a, b): (Noisy, Noisy), c: Noisy) -> Outcome {
        a.0 = "new a";
        b.touch();
        Ok(())
    }, ((a(), b()), c());
    no_return_value: (a: Noisy, (b, _): (Noisy, Noisy)) -> () { b.touch(); }, (a(), (b(), c()));
    returned_argument: (a: Noisy, b: Noisy, c: Noisy) -> Result<Noisy, ()> { c.touch(); Ok(b) }, (a(), b(), c());
    temporary_in_tail_expression: (a: Noisy, b: Noisy) -> Result<&'static str, ()> {
        let local = Noisy("local");
        b.touch();
        Ok(Noisy("temporary").0)
    }, (a(), b());
}

struct Owner {
    first: Noisy,
    second: Noisy,
}

impl Owner {
    fn new() -> Self {
        Self {
            first: Noisy("first"),
            second: Noisy("second"),
        }
    }

    fn plain(self, a: Noisy) -> Result<(), ()> {
        self.second.touch();
        Ok(())
    }

    #[measure]
    fn measured(self, a: Noisy) -> Result<(), ()> {
        self.second.touch();
        Ok(())
    }

    async fn plain_later(self, a: Noisy) -> Result<(), ()> {
        drop(self.second);
        Ok(())
    }

    #[measure]
    async fn measured_later(self, a: Noisy) -> Result<(), ()> {
        drop(self.second);
        Ok(())
    }
}

#[test]
fn self_is_dropped_last() {
    let plain = dropped(|| drop(Owner::new().plain(a())));
    let measured = dropped(|| drop(Owner::new().measured(a())));
    assert_eq!(measured, plain);
    let plain = dropped(|| assert!(poll_once(Owner::new().plain_later(a())).is_ready()));
    let measured = dropped(|| assert!(poll_once(Owner::new().measured_later(a())).is_ready()));
    assert_eq!(measured, plain);
    assert_eq!(plain, ["second", "a", "first"]);
    let owner = Owner::new();
    owner.first.touch();
}
