//! A measured future is only a few words larger than without `#[measure]`, and `Send` in the same cases.

use std::cell::Cell;
use std::rc::Rc;

use census::{TagKey, measure, tag};

#[tag]
static LENGTH: TagKey;

/// Room for the record of a call, which is two words larger with the feature `testing`. A much larger difference would mean
/// that arguments are stored twice.
const WORDS: usize = 18;

type Large = [u8; 2048];

async fn wait() {
    std::future::ready(()).await;
}

/// Makes a test that compares the future of a function with that of the same function measured.
macro_rules! hardly_larger {
    ($($test:ident: #[$attr:meta] ($($args:tt)*) -> $ret:ty $body:block, ($($values:expr),*);)*) => {$(
        #[test]
        fn $test() {
            async fn plain($($args)*) -> $ret $body
            #[$attr]
            async fn measured($($args)*) -> $ret $body
            let plain = size_of_val(&plain($($values),*));
            let measured = size_of_val(&measured($($values),*));
            assert!(measured >= plain, "{measured}, {plain}");
            assert!(measured - plain <= WORDS * size_of::<usize>(), "{measured}, {plain}");
        }
    )*};
}

hardly_larger! {
    no_argument: #[measure] () -> () { wait().await }, ();
    large_argument: #[measure] (a: Large) -> usize { wait().await; a.len() }, ([0; 2048]);
    two_large_arguments: #[measure] (a: Large, mut b: Large) -> Result<usize, ()> {
        wait().await;
        b[0] = 1;
        Ok(a.len() + b.len())
    }, ([0; 2048], [0; 2048]);
    pattern: #[measure] ((a, b): (Large, u8)) -> usize { wait().await; a.len() + usize::from(b) }, (([0; 2048], 1));
    large_variable_across_await: #[measure] () -> usize { let a = [1; 2048]; wait().await; a.len() }, ();
    with_tags: #[measure(tags(LENGTH = a.len()))] (a: Large) -> usize { wait().await; a.len() }, ([0; 2048]);
    with_a_result: #[measure(result = |r| *r > 1)] (a: Large) -> usize { wait().await; a.len() }, ([0; 2048]);
}

#[measure]
async fn with_cell(text: String, cell: Cell<u8>) -> Result<usize, ()> {
    wait().await;
    Ok(text.len() + usize::from(cell.get()))
}

#[measure(tags(LENGTH = *Rc::new(text.len())))]
async fn with_rc_in_tags(text: String) -> usize {
    wait().await;
    text.len()
}

#[measure]
async fn with_rc(text: Rc<str>) -> usize {
    wait().await;
    text.len()
}

#[measure]
async fn generic<T: AsRef<str>>(text: T) -> usize {
    wait().await;
    text.as_ref().len()
}

#[measure]
#[expect(clippy::manual_async_fn, reason = "the future is returned")]
fn returned(text: &str) -> impl Future<Output = usize> {
    async move {
        wait().await;
        text.len()
    }
}

/// Finds out whether `T` is `Send`: only then there is the inherent method, which takes precedence over the trait's.
struct IsSend<T>(std::marker::PhantomData<T>);

trait NotSend {
    fn value(&self) -> bool {
        false
    }
}

impl<T> NotSend for IsSend<T> {}

impl<T: Send> IsSend<T> {
    #[expect(clippy::unused_self, reason = "called as a method, like the trait's")]
    fn value(&self) -> bool {
        true
    }
}

macro_rules! is_send {
    ($value:expr) => {{
        fn of<T>(_: &T) -> std::marker::PhantomData<T> {
            std::marker::PhantomData
        }
        IsSend(of(&$value)).value()
    }};
}

#[test]
fn send_in_the_same_cases() {
    assert!(is_send!(with_cell(String::new(), Cell::new(1))));
    assert!(is_send!(with_rc_in_tags(String::new())));
    assert!(!is_send!(with_rc(Rc::from(""))));
    assert!(is_send!(generic("")));
    assert!(!is_send!(generic(Rc::<str>::from(""))));
    assert!(is_send!(returned("")));
}
