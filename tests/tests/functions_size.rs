//! A measured future is as large as it would be without `#[measure]`, and a few words; and it is `Send` exactly when it
//! would be.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use census::{TagKey, measure, tag};

#[tag]
static LENGTH: TagKey;

/// More than what is told of a call would be bookkeeping that grows with the arguments.
const WORDS: usize = 14;

type Large = [u8; 2048];

async fn wait() {
    std::future::ready(()).await;
}

/// Each function as it is and measured; the second is hardly larger.
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
    nothing: #[measure] () -> () { wait().await }, ();
    a_large_argument: #[measure] (a: Large) -> usize { wait().await; a.len() }, ([0; 2048]);
    two_large_arguments: #[measure] (a: Large, mut b: Large) -> Result<usize, ()> {
        wait().await;
        b[0] = 1;
        Ok(a.len() + b.len())
    }, ([0; 2048], [0; 2048]);
    a_pattern: #[measure] ((a, b): (Large, u8)) -> usize { wait().await; a.len() + usize::from(b) }, (([0; 2048], 1));
    large_in_between: #[measure] () -> usize { let a = [1; 2048]; wait().await; a.len() }, ();
    with_tags: #[measure(tags(LENGTH = a.len()))] (a: Large) -> usize { wait().await; a.len() }, ([0; 2048]);
    with_a_result: #[measure(result = |r| *r > 1)] (a: Large) -> usize { wait().await; a.len() }, ([0; 2048]);
}

#[measure]
async fn sent(text: String, cell: Cell<u8>) -> Result<usize, ()> {
    wait().await;
    Ok(text.len() + usize::from(cell.get()))
}

#[measure(tags(LENGTH = *Rc::new(text.len())))]
async fn sent_with_tags(text: String) -> usize {
    wait().await;
    text.len()
}

#[measure]
async fn stays(text: Rc<str>) -> usize {
    wait().await;
    text.len()
}

#[measure]
async fn generic<T: AsRef<str>>(text: T) -> usize {
    wait().await;
    text.as_ref().len()
}

#[measure]
fn returned(text: &str) -> impl Future<Output = usize> {
    async move {
        wait().await;
        text.len()
    }
}

/// Tells by its name whether a type is `Send`: the inherent function, which only those have, goes before the trait's.
struct Is<T>(std::marker::PhantomData<T>);

trait Otherwise {
    fn send(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Is<T> {}

impl<T: Send> Is<T> {
    #[expect(clippy::unused_self, reason = "it is found through a value")]
    fn send(&self) -> bool {
        true
    }
}

macro_rules! is_send {
    ($value:expr) => {{
        fn of<T>(_: &T) -> std::marker::PhantomData<T> {
            std::marker::PhantomData
        }
        Is(of(&$value)).send()
    }};
}

#[test]
fn futures_are_send_exactly_when_they_were() {
    assert!(is_send!(sent(String::new(), Cell::new(1))));
    assert!(is_send!(sent_with_tags(String::new())));
    assert!(!is_send!(stays(Rc::from(""))));
    assert!(is_send!(generic("")));
    assert!(!is_send!(generic(Rc::<str>::from(""))));
    assert!(is_send!(returned("")));
}
