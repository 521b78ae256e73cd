//! `#[measure]` on functions of every shape: they compile without warnings, and return the same as without
//! `#[measure]`.

#![deny(warnings)]
#![allow(
    clippy::all,
    clippy::pedantic,
    reason = "odd shapes are what is tested; the test `unnoticed` compares the lints"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::num::ParseIntError;
use std::ops::AddAssign;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use census::measure;
use census_tests::polling::run;

/// A future that is pending once, whose `poll` is measured.
#[derive(Default)]
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    #[measure]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

// Return types.

#[measure]
fn nothing() {}

#[measure]
fn unit() -> () {
    drop(String::new());
}

#[measure]
fn parsed(text: &str) -> Result<u8, ParseIntError> {
    let number: u8 = text.parse()?;
    if number == 0 {
        return Ok(1);
    }
    Ok(number)
}

#[measure]
fn collected(text: &str) -> Result<Vec<u8>, ParseIntError> {
    text.split(',').map(str::parse).collect()
}

#[measure]
fn map_of(keys: &[u8]) -> BTreeMap<u8, usize> {
    keys.iter().enumerate().map(|(i, k)| (*k, i)).collect()
}

#[measure]
fn debug(number: bool) -> Result<Box<dyn Debug>, Box<dyn std::error::Error>> {
    if number {
        return Ok(Box::new(5));
    }
    Ok(Box::new("five"))
}

#[measure]
fn boxed_error() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err("no")?;
    Ok(())
}

#[measure]
fn slice(long: bool) -> Result<&'static [u8], ()> {
    if long { Ok(&[1, 2]) } else { Ok(&[1]) }
}

#[measure]
fn function(increment: bool) -> fn(u8) -> u8 {
    if increment { |x| x + 1 } else { |x| x }
}

#[measure]
fn counted(to: u8) -> impl Iterator<Item = u8> + Clone {
    (0..to).map(|x| x * 2)
}

#[measure]
fn length() -> impl Fn(&str) -> usize {
    |text| text.len()
}

#[measure]
fn first_word() -> impl for<'a> Fn(&'a str) -> &'a str {
    |text| text.split(' ').next().unwrap_or_default()
}

#[measure]
fn maybe_counted(to: &str) -> Result<impl Iterator<Item = u8> + use<>, ParseIntError> {
    let to = to.parse()?;
    Ok(0..to)
}

#[measure]
fn generic<T: Default, const N: usize>() -> Result<[T; N], ()> {
    Ok(std::array::from_fn(|_| T::default()))
}

#[measure]
fn borrowed<'a>(a: &'a mut [u8], _: &str) -> Option<&'a mut u8> {
    a.iter_mut().find(|x| **x > 1)
}

#[measure]
fn found<'a>(a: &'a mut Vec<u8>, wanted: &u8) -> Result<&'a mut u8, ()> {
    a.push(7);
    a.iter_mut().find(|x| *x == wanted).ok_or(())
}

#[measure]
fn cow(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

#[measure]
#[expect(clippy::panic, reason = "the function never returns")]
fn never(message: String) -> ! {
    panic!("{message}")
}

// Arguments.

#[measure]
fn mutable(mut a: Vec<u8>, mut n: u8, mut rest: impl Iterator<Item = u8>) -> Result<Vec<u8>, ()> {
    n += 1;
    a.push(n);
    a.extend(rest.next());
    Ok(a)
}

struct Pair<A, B> {
    first: A,
    second: B,
}

#[measure]
fn patterns(
    (name, _): (String, String),
    Pair { first, .. }: Pair<String, u8>,
    [low, high]: [u8; 2],
    &z: &u8,
    _: String,
    (ref r, mut w @ 0..): (String, u8),
) -> Result<String, ()> {
    w += 1;
    Ok(format!("{name}{first}{low}{high}{z}{r}{w}"))
}

#[measure]
fn implied(a: impl Display, b: &(impl Debug + ?Sized), c: &dyn Display) -> Result<String, ()> {
    Ok(format!("{a}{b:?}{c}"))
}

#[measure]
fn callback<F>(f: F) -> Result<u8, ()>
where
    F: FnOnce(u8) -> u8,
{
    Ok(f(1))
}

#[measure]
fn locked(value: Mutex<Vec<u8>>) -> Result<usize, ()> {
    Ok(value.lock().map_err(drop)?.len())
}

#[measure]
fn format_capture(width: usize, name: String) -> Result<String, ()> {
    Ok(format!("{name:>width$}"))
}

#[measure]
fn recursion(n: u32) -> Result<u32, ()> {
    Ok(if n == 0 { 0 } else { recursion(n - 1)? + 1 })
}

#[measure]
extern "C" fn foreign(n: u8) -> u8 {
    n + 1
}

#[measure]
#[inline]
#[must_use]
#[doc(alias = "x")]
fn with_attributes(#[allow(unused_variables)] unused: String, n: u8) -> u8 {
    #![allow(clippy::no_effect)]
    //! An inner comment.
    5;
    n
}

#[measure]
fn with_items(n: u8) -> Result<u8, ()> {
    const ONE: u8 = 1;
    fn add(n: u8) -> u8 {
        n + ONE
    }
    struct Local(u8);
    Ok(Local(add(n)).0)
}

#[measure]
#[cfg(not(any()))]
fn conditional(#[cfg(any())] missing: u8, #[cfg(not(any()))] there: String) -> Result<String, ()> {
    Ok(there)
}

macro_rules! made {
    ($name:ident($arg:ident: $ty:ty) -> $ret:ty $body:block) => {
        #[measure]
        fn $name($arg: $ty) -> $ret $body

        impl Made {
            #[measure]
            fn $name(self, $arg: $ty) -> Result<(u8, $ret), ()> {
                let mine = self.0;
                Ok((mine, $body))
            }
        }
    };
}

struct Made(u8);

made!(by_macro(argument: String) -> usize { argument.len() });

// Methods.

#[derive(Debug, Clone, PartialEq, Default)]
struct Counter<T> {
    count: T,
}

#[measure]
impl<T: AddAssign + Copy + Default + Debug> Counter<T> {
    const STEP: usize = { 1 };

    const fn new(count: T) -> Self {
        Self { count }
    }

    fn make(count: T) -> Counter<T> {
        Counter { count }
    }

    fn get(&self) -> T {
        self.count
    }

    fn add(&mut self, more: T) -> &mut Self {
        self.count += more;
        self
    }

    fn into_inner(self) -> Result<T, Self> {
        Ok(self.count)
    }

    fn mutable(mut self, more: T) -> Result<Self, ()> {
        self.count += more;
        Ok(self)
    }

    fn boxed(self: Box<Self>) -> Result<T, ()> {
        Ok(self.count)
    }

    fn counted(self: &Rc<Self>) -> usize {
        Rc::strong_count(self) * Self::STEP
    }

    fn rc(self: Rc<Self>) -> Result<T, ()> {
        Ok(self.count)
    }

    fn arc(self: Arc<Self>) -> T {
        self.count
    }

    fn pinned(self: Pin<&mut Self>) -> Result<T, ()>
    where
        T: Unpin,
    {
        Ok(self.get_mut().count)
    }

    #[measure(skip)]
    fn skipped(&self) -> T {
        self.count
    }

    async fn later(&self, more: &T) -> Result<T, T> {
        Yield::default().await;
        let mut count = self.count;
        count += *more;
        Ok(count)
    }

    async fn consumed(self, (more, _): (T, String)) -> Self {
        let mut this = self;
        Yield::default().await;
        this.count += more;
        this
    }

    fn boxed_later<'a>(&'a self, more: &'a T) -> Pin<Box<dyn Future<Output = T> + 'a>> {
        Box::pin(async move { self.later(more).await.unwrap_or_default() })
    }
}

trait Work {
    type Output;

    fn work(&self, input: &str) -> Self::Output;

    #[measure]
    fn twice(&self, input: &str) -> (Self::Output, Self::Output) {
        (self.work(input), self.work(input))
    }

    fn words<'a>(&self, input: &'a str) -> impl Iterator<Item = &'a str>;

    fn later(&self) -> impl Future<Output = u8> + Send;
}

#[measure]
impl Work for () {
    type Output = Result<usize, ParseIntError>;

    fn work(&self, input: &str) -> Self::Output {
        input.parse()
    }

    fn words<'a>(&self, input: &'a str) -> impl Iterator<Item = &'a str> {
        input.split(' ')
    }

    async fn later(&self) -> u8 {
        Yield::default().await;
        5
    }
}

impl Drop for Made {
    #[measure]
    fn drop(&mut self) {
        self.0 = 0;
    }
}

// Async functions, and functions that return a future.

#[measure]
async fn waits(text: String, mut n: u8) -> Result<usize, ParseIntError> {
    Yield::default().await;
    n += text.parse::<u8>()?;
    if n == 0 {
        return Ok(0);
    }
    Ok(usize::from(n))
}

#[measure]
async fn waits_for_nothing() {}

#[measure]
async fn waits_for_debug(n: u8) -> impl Debug {
    Yield::default().await;
    n
}

#[measure]
async fn waits_for_dyn(n: u8) -> Option<Box<dyn Debug + Send>> {
    Yield::default().await;
    if n == 0 {
        return Some(Box::new("zero"));
    }
    Some(Box::new(n))
}

#[measure]
async fn waits_again(n: u32) -> u32 {
    if n == 0 {
        return 0;
    }
    Box::pin(waits_again(n - 1)).await + 1
}

#[measure]
async fn waits_with_patterns((a, _): (String, String), _: String, [x, ..]: [u8; 3]) -> String {
    Yield::default().await;
    format!("{a}{x}")
}

#[measure]
#[expect(clippy::panic, reason = "the function never returns")]
async fn waits_forever(message: String) -> ! {
    Yield::default().await;
    panic!("{message}")
}

#[measure]
fn future(n: u8) -> impl Future<Output = Result<u8, ParseIntError>> + Send {
    let n = n + 1;
    async move {
        Yield::default().await;
        let one: u8 = "1".parse()?;
        Ok(n + one)
    }
}

#[measure]
fn pinned_future<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = Vec<u8>> + Send + 'a>> {
    if text.is_empty() {
        return Box::pin(async { Vec::new() });
    }
    let parts = move || text.split(',');
    Box::pin(async move { parts().filter_map(|part| part.parse().ok()).collect() })
}

// Functions with `#[track_caller]`.

#[measure]
#[track_caller]
fn caller<T: Default + PartialEq>(wrong: &T) -> Result<(&'static Location<'static>, T), ()> {
    if *wrong == T::default() {
        return Err(());
    }
    Ok((Location::caller(), T::default()))
}

#[measure]
#[track_caller]
fn plain_caller(_unused: String) -> &'static Location<'static> {
    Location::caller()
}

struct Tracked(u8);

impl Tracked {
    #[measure]
    #[track_caller]
    fn caller(mut self, (more, _): (u8, u8)) -> Result<(u8, &'static Location<'static>), ()> {
        self.0 = self.0.checked_add(more).ok_or(())?;
        Ok((self.0, Location::caller()))
    }

    #[measure]
    #[track_caller]
    fn made(n: u8) -> Self {
        Self(n)
    }
}

#[test]
fn return_types() {
    nothing();
    unit();
    assert_eq!(parsed("5"), Ok(5));
    assert_eq!(parsed("0"), Ok(1));
    assert!(parsed("x").is_err());
    assert_eq!(collected("1,2"), Ok(vec![1, 2]));
    assert_eq!(map_of(&[4, 5])[&5], 1);
    assert_eq!(format!("{:?}", debug(true)), "Ok(5)");
    assert_eq!(format!("{:?}", debug(false)), "Ok(\"five\")");
    assert!(boxed_error().is_err());
    assert_eq!(slice(true), Ok(&[1, 2][..]));
    assert_eq!(slice(false), Ok(&[1][..]));
    assert_eq!((function(true)(1), function(false)(1)), (2, 1));
    assert_eq!(counted(3).clone().collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(length()("abc"), 3);
    assert_eq!(first_word()("abc def"), "abc");
    assert_eq!(maybe_counted("3").map(Iterator::count), Ok(3));
    assert_eq!(generic::<u8, 3>(), Ok([0; 3]));
    assert_eq!(borrowed(&mut [1, 2], ""), Some(&mut 2));
    assert_eq!(found(&mut vec![1, 2], &7), Ok(&mut 7));
    assert_eq!(cow("x"), "x");
    let caught = std::panic::catch_unwind(|| never("on purpose".to_owned()));
    assert!(caught.is_err());
}

#[test]
fn arguments() {
    assert_eq!(mutable(vec![1], 2, 4..), Ok(vec![1, 3, 4]));
    let pair = Pair {
        first: "b".to_owned(),
        second: 5,
    };
    assert_eq!(pair.second, 5);
    let text = || "a".to_owned();
    let all = patterns((text(), text()), pair, [1, 2], &3, text(), (text(), 4));
    assert_eq!(all.as_deref(), Ok("ab123a5"));
    assert_eq!(implied(1, "2", &3).as_deref(), Ok("1\"2\"3"));
    assert_eq!(callback(|n| n + 1), Ok(2));
    assert_eq!(locked(Mutex::new(vec![1])), Ok(1));
    assert_eq!(format_capture(3, text()).as_deref(), Ok("  a"));
    assert_eq!(recursion(50), Ok(50));
    assert_eq!(foreign(1), 2);
    assert_eq!(with_attributes(text(), 1), 1);
    assert_eq!(with_items(1), Ok(2));
    assert_eq!(conditional(text()).as_deref(), Ok("a"));
    assert_eq!(by_macro(text()), 1);
    assert_eq!(Made(5).by_macro(text()), Ok((5, 1)));
}

#[test]
fn methods() {
    let counter = || Counter::new(5_u8);
    assert_eq!(Counter::make(5_u8), counter());
    assert_eq!(counter().get(), 5);
    assert_eq!(counter().add(1).add(1).get(), 7);
    assert_eq!(counter().into_inner(), Ok(5));
    assert_eq!(counter().mutable(2), Ok(Counter::new(7)));
    assert_eq!(Box::new(counter()).boxed(), Ok(5));
    assert_eq!(Rc::new(counter()).counted(), 1);
    assert_eq!(Rc::new(counter()).rc(), Ok(5));
    assert_eq!(Arc::new(counter()).arc(), 5);
    assert_eq!(Pin::new(&mut counter()).pinned(), Ok(5));
    assert_eq!(counter().skipped(), 5);
    assert_eq!(run(counter().later(&1)), Ok(6));
    assert_eq!(run(counter().consumed((1, String::new()))), Counter::new(6));
    assert_eq!(run(counter().boxed_later(&2)), 7);
    assert_eq!(().work("7"), Ok(7));
    assert_eq!(().twice("7"), (Ok(7), Ok(7)));
    assert_eq!(().words("a b").count(), 2);
    assert_eq!(run(().later()), 5);
}

#[test]
fn futures() {
    let text = || "1".to_owned();
    assert_eq!(run(waits(text(), 1)), Ok(2));
    assert!(run(waits("x".to_owned(), 1)).is_err());
    run(waits_for_nothing());
    assert_eq!(format!("{:?}", run(waits_for_debug(1))), "1");
    assert_eq!(format!("{:?}", run(waits_for_dyn(0))), "Some(\"zero\")");
    assert_eq!(format!("{:?}", run(waits_for_dyn(1))), "Some(1)");
    assert_eq!(run(waits_again(20)), 20);
    assert_eq!(
        run(waits_with_patterns((text(), text()), text(), [4, 5, 6])),
        "14"
    );
    let caught = std::panic::catch_unwind(|| run(waits_forever("on purpose".to_owned())));
    assert!(caught.is_err());
    assert_eq!(run(future(1)), Ok(3));
    assert_eq!(run(pinned_future("1,x,2")), [1, 2]);
    assert_eq!(run(pinned_future("")), [0; 0]);
}

#[test]
fn callers() {
    let (caller_line, line) = (caller(&1_u8).map(|(caller, _)| caller.line()), line!());
    assert_eq!(caller_line, Ok(line));
    let (caller_line, line) = (plain_caller(String::new()).line(), line!());
    assert_eq!(caller_line, line);
    let tracked = Tracked::made(1);
    let (method, line) = (tracked.caller((1, 2)), line!());
    assert_eq!(method.map(|(n, caller)| (n, caller.line())), Ok((2, line)));
}

/// A measured call needs little more stack space than the same call without `#[measure]`.
#[test]
fn deep_recursion() {
    const DEEP: u32 = 4_000;
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    let deep = thread
        .spawn(|| recursion(DEEP))
        .map(std::thread::JoinHandle::join);
    assert!(matches!(deep, Ok(Ok(Ok(DEEP)))));
}
