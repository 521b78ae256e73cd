//! Panics of the user's code.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A call of the user's code has panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Calls the user's code.
///
/// The payload of a panic is dropped here. It is a value of the user's, whose destructor may panic in turn; then it is
/// forgotten.
pub(crate) fn catch<R>(call: impl FnOnce() -> R) -> Result<R, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(payload);
        }
        Panicked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct PanicsAgain;

    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            std::panic::panic_any(PanicsAtDrop);
        }
    }

    struct PanicsAtDrop;

    impl Drop for PanicsAtDrop {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_is_one_panic() {
        assert_eq!(catch(|| 5), Ok(5));
        assert_eq!(catch(|| panic!("on purpose")), Err::<(), _>(Panicked));
        for payload in [true, false] {
            let panicked = catch(|| {
                if payload {
                    std::panic::panic_any(PanicsAgain)
                } else {
                    std::panic::panic_any(PanicsAtDrop)
                }
            });
            assert_eq!(panicked, Err::<(), _>(Panicked));
        }
    }
}
