//! Arguments are dropped in the order in which they would be without `#[measure]`: the last one first, after the body's
//! own variables.

#![allow(
    dead_code,
    dropping_copy_types,
    unused_assignments,
    unused_variables,
    reason = "what is dropped need not be used"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "as little as can be dropped"
)]

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use census::measure;

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Says when it is dropped.
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

/// What `f` drops.
fn dropped(f: impl FnOnce()) -> Vec<&'static str> {
    DROPPED.with_borrow_mut(Vec::clear);
    f();
    DROPPED.take()
}

/// Polls once.
fn poll(future: impl Future) -> bool {
    let future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    future.poll(&mut context).is_ready()
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

/// Each function twice, as it is and measured; both drop the same.
macro_rules! same {
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
            let plain = dropped(|| assert!(poll(plain::waits($($values),*))));
            let measured = dropped(|| assert!(poll(measured::waits($($values),*))));
            assert_eq!(measured, plain, "async");
            let plain = dropped(|| assert!(!poll(plain::stays($($values),*))));
            let measured = dropped(|| assert!(!poll(measured::stays($($values),*))));
            assert_eq!(measured, plain, "cancelled");
            let plain = dropped(|| drop(plain::stays($($values),*)));
            let measured = dropped(|| drop(measured::stays($($values),*)));
            assert_eq!(measured, plain, "never polled");
        }
    )*};
}

type Outcome = Result<(), ()>;

same! {
    all_used: (a: Noisy, b: Noisy, c: Noisy) -> Outcome {
        a.touch();
        b.touch();
        c.touch();
        let local = Noisy("local");
        Ok(())
    }, (a(), b(), c());
    used_in_another_order: (a: Noisy, b: Noisy) -> Outcome {
        b.touch();
        a.touch();
        Ok(())
    }, (a(), b());
    nothing_used: (a: Noisy, b: Noisy, c: Noisy) -> Outcome { Ok(()) }, (a(), b(), c());
    the_first_unused: (a: Noisy, b: Noisy) -> Outcome { b.touch(); Ok(()) }, (a(), b());
    the_middle_unused: (a: Noisy, b: Noisy, c: Noisy) -> Outcome {
        a.touch();
        c.touch();
        Ok(())
    }, (a(), b(), c());
    the_last_unused: (a: Noisy, b: Noisy) -> Outcome { a.touch(); Ok(()) }, (a(), b());
    one_consumed: (a: Noisy, b: Noisy) -> Outcome { drop(a); Ok(()) }, (a(), b());
    wild: (a: Noisy, _: Noisy, c: Noisy) -> Outcome { a.touch(); c.touch(); Ok(()) }, (a(), b(), c());
    wild_first: (_: Noisy, b: Noisy, _: Noisy) -> Outcome { b.touch(); Ok(()) }, (a(), b(), c());
    tuples: ((a, b): (Noisy, Noisy), (c, d): (Noisy, Noisy)) -> Outcome {
        c.touch();
        a.touch();
        b.touch();
        d.touch();
        Ok(())
    }, ((a(), b()), (c(), d()));
    tuples_in_part: ((a, _): (Noisy, Noisy), (_, d): (Noisy, Noisy)) -> Outcome {
        a.touch();
        d.touch();
        Ok(())
    }, ((a(), b()), (c(), d()));
    fields_in_part: (a: Noisy, Parts { two, .. }: Parts, b: Noisy) -> Outcome {
        two.touch();
        a.touch();
        Ok(())
    }, (a(), parts(), b());
    an_unused_name_in_a_tuple: ((a, b): (Noisy, Noisy), c: Noisy) -> Outcome { a.touch(); Ok(()) }, ((a(), b()), c());
    a_field_moved_out: (a: Parts, b: Noisy) -> Outcome { drop(a.two); Ok(()) }, (parts(), b());
    a_reference_to_a_part: ((ref a, b): (Noisy, Noisy), c: Noisy) -> Outcome {
        a.touch();
        b.touch();
        Ok(())
    }, ((a(), b()), c());
    mutable: (mut a: Noisy, mut b: Noisy) -> Outcome {
        a = Noisy("new a");
        b = Noisy("new b");
        a.touch();
        b.touch();
        Ok(())
    }, (a(), b());
    plainly_no_result: (a: Noisy, (b, _): (Noisy, Noisy)) -> () { b.touch(); }, (a(), (b(), c()));
    returned: (a: Noisy, b: Noisy, c: Noisy) -> Result<Noisy, ()> { c.touch(); Ok(b) }, (a(), b(), c());
    a_temporary_at_the_end: (a: Noisy, b: Noisy) -> Result<&'static str, ()> {
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
fn self_is_the_last() {
    let plain = dropped(|| drop(Owner::new().plain(a())));
    let measured = dropped(|| drop(Owner::new().measured(a())));
    assert_eq!(measured, plain);
    let plain = dropped(|| assert!(poll(Owner::new().plain_later(a()))));
    let measured = dropped(|| assert!(poll(Owner::new().measured_later(a()))));
    assert_eq!(measured, plain);
    assert_eq!(plain, ["second", "a", "first"]);
    let owner = Owner::new();
    owner.first.touch();
}
