//! Functions of every shape, with branches and with code that lints report.
//!
//! The test compiles this file twice: as it is, and without its `#[measure]`s. Clippy reports the same. The compiler alone
//! sees the measured bodies. A comment after a line, `rustc loses: LINT`, says that it reports this lint there only if the
//! function is not measured, and `rustc adds: LINT` that it does only if the function is measured.
#![warn(missing_docs, unreachable_pub, unused, clippy::all, clippy::pedantic, clippy::nursery)]
// A measured function cannot be `const`.
#![allow(clippy::missing_const_for_fn)]

use std::cmp::Ordering;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::MutexGuard;

use census::measure;

/// A key.
#[census::tag]
pub static KEY: census::TagKey;
/// Latency.
#[census::measure]
pub static LATENCY: census::Measure<std::time::Duration>;
/// Size.
#[census::measure]
pub static SIZE: census::Measure<u64>;
/// In flight.
#[census::measure]
pub static IN_FLIGHT: census::Measure<i64>;

#[measure]
pub fn plain(n: u8) -> u8 {
    if n > 3 {
        return 7;
    }
    n + 1
}

/// Documented.
#[measure]
pub fn needless_return(n: u8) -> u8 {
    return n;
}

/// Documented.
#[measure]
pub fn unit(n: u8) {
    if n > 3 {
        println!("large");
    } else {
        println!("small");
    }
}

/// Documented.
#[measure]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    let n: u8 = text.parse()?;
    match n {
        0 => Ok(1),
        n if n > 100 => Ok(100),
        n => Ok(n),
    }
}

#[measure]
fn dead(n: u8) -> u8 {
    n
}

#[measure]
fn dead_fallible(n: u8) -> Result<u8, ()> {
    if n == 0 { Err(()) } else { Ok(n) }
}

#[measure]
async fn dead_async(n: u8) -> u8 {
    n
}

#[measure]
#[track_caller]
fn dead_tracked(n: u8) -> Result<u8, ()> {
    if n == 0 { Err(()) } else { Ok(n) }
}

#[measure]
fn dead_future(n: u8) -> impl Future<Output = u8> {
    async move { n }
}

/// Documented.
#[measure]
pub fn recursion(n: u8) -> u8 {
    recursion(n)
}

/// Documented.
#[measure]
pub fn recursion_fallible(n: u8) -> Result<u8, ()> { // rustc loses: unconditional_recursion
    recursion_fallible(n)
}

#[measure]
fn wraps(n: u8) -> Option<u8> {
    Some(n)
}

#[measure]
fn wraps_result(n: u8) -> Result<u8, ()> {
    Ok(n)
}

#[measure]
fn by_value(text: String) -> usize {
    text.len()
}

#[measure]
fn by_value_fallible(text: String) -> Result<usize, ()> {
    if text.is_empty() { Err(()) } else { Ok(text.len()) }
}

/// Panics without a section.
#[measure]
pub fn panics(n: Option<u8>) -> u8 {
    assert!(n.is_some());
    n.unwrap()
}

/// Panics without a section.
#[measure]
pub fn panics_fallible(n: Option<u8>) -> Result<u8, ()> {
    let n = n.unwrap();
    if n == 0 { Err(()) } else { Ok(n) }
}

/// Too many.
#[measure]
pub fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    a + b + c + d + e + f + g + h
}

/// Too many.
#[measure]
pub fn many_fallible(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> Result<u8, ()> {
    if a == 0 { Err(()) } else { Ok(a + b + c + d + e + f + g + h) }
}

/// Unused variables and assignments.
#[measure]
pub fn unused(a: u8, b: u8) -> u8 {
    let mut c = 1;
    let d = 2;
    c = 3;
    let mut e = a;
    e
}

/// Unused variables and assignments.
#[measure]
pub fn unused_fallible(a: u8, b: String) -> Result<u8, ()> {
    let mut c = 1;
    let d = 2;
    c = 3;
    let mut e = a;
    if e == 0 {
        return Err(());
    }
    return Ok(e);
    e += 1;
}

/// Async.
#[measure]
pub async fn asynchronous(n: u8) -> Result<u8, ()> {
    if n == 0 {
        return Err(());
    }
    let n = asynchronous_plain(n).await;
    match n {
        1 => Ok(3),
        n => Ok(n),
    }
}

/// Async.
#[measure]
pub async fn asynchronous_plain(n: u8) -> u8 {
    let x = n;
    if x > 4 {
        return 3;
    }
    return x;
}

/// No await.
#[measure]
pub async fn unused_async(n: u8) -> u8 {
    n
}

/// Unit.
#[measure]
pub async fn async_unit(n: u8) {
    if n > 3 {
        println!("large");
    }
}

/// Returned future.
#[measure]
pub fn returned(n: u8) -> impl Future<Output = Result<u8, ()>> {
    let m = if n > 3 { 3 } else { n };
    async move {
        if m == 0 {
            return Err(());
        }
        Ok(m)
    }
}

/// Boxed future.
#[measure]
pub fn boxed(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    if n == 7 {
        return Box::pin(async { 8 });
    }
    Box::pin(async move {
        let x = n;
        if x > 3 {
            return 4;
        }
        return x;
    })
}

/// A trait with a method of futures.
pub trait Boxed: Future + Sized {
    /// Boxes the future.
    fn boxed<'a>(self) -> Pin<Box<dyn Future<Output = Self::Output> + 'a>>
    where
        Self: 'a,
    {
        Box::pin(self)
    }
}

impl<F: Future> Boxed for F {}

/// A future whose method is called.
#[measure]
pub fn chained(n: u8) -> Pin<Box<dyn Future<Output = u8>>> {
    let n = n.wrapping_add(1);
    async move {
        if n > 3 {
            return 3;
        }
        n
    }
    .boxed()
}

/// A future whose method is called, with tags.
#[measure(tags(KEY = "x"))]
pub fn chained_with_tags(n: u8) -> Pin<Box<dyn Future<Output = u8>>> {
    let n = n.wrapping_add(1);
    async move { if n > 3 { 3 } else { n } }
        .boxed()
}

/// A large error.
#[derive(Debug)]
pub struct Large([u64; 40]);

/// Large error.
#[measure]
pub fn large_error(n: u64) -> Result<u64, Large> {
    if n > 3 { Err(Large([n; 40])) } else { Ok(n) }
}

impl std::str::FromStr for Large {
    type Err = Self;

    #[measure]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let large = Self([text.len() as u64; 40]);
        if text.is_empty() { Err(large) } else { Ok(large) }
    }
}

/// Generic.
#[measure]
pub fn generic<T: Debug + Clone, const N: usize>(values: [T; N], pick: impl Fn(&T) -> bool) -> Option<T> {
    for value in values.iter() {
        if pick(value) {
            return Some(value.clone());
        }
    }
    None
}

/// Generic fallible.
#[measure]
pub fn generic_fallible<T: Debug>(value: T) -> Result<T, String>
where
    T: PartialEq,
{
    if value == value {
        Ok(value)
    } else {
        Err(format!("{:?}", value))
    }
}

/// Tracked.
#[measure]
#[track_caller]
pub fn tracked(n: u8) -> u8 {
    if n > 3 {
        return 4;
    }
    n
}

/// Tracked.
#[measure]
#[track_caller]
pub fn tracked_fallible(n: u8) -> Result<u8, ()> {
    if n > 3 {
        return Err(());
    }
    let unused = 1;
    return Ok(n);
}

/// A type.
#[derive(Debug, Default)]
pub struct Service {
    n: u8,
}

impl Service {
    /// Method.
    #[measure]
    pub fn method(&self, n: u8) -> u8 {
        if n > self.n { self.n } else { n }
    }

    #[measure]
    fn dead_method(&self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }

    /// Fallible.
    #[measure]
    pub fn method_fallible(&mut self, n: u8) -> Result<u8, ()> {
        self.n += 1;
        if n > self.n {
            return Err(());
        }
        Ok(n)
    }

    /// Consumes.
    #[measure]
    pub fn consumes(self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }

    /// No self.
    #[measure]
    pub fn unused_self(&self, n: u8) -> u8 {
        n
    }

    /// Async.
    #[measure]
    pub async fn method_async(&self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }

    /// Tracked.
    #[measure]
    #[track_caller]
    pub fn method_tracked(&self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }
}

/// A type with a block.
#[derive(Debug, Default)]
pub struct Block {
    n: u8,
}

#[measure]
impl Block {
    pub fn undocumented(&self, n: u8) -> u8 {
        if n > self.n { self.n } else { n }
    }

    fn dead_in_block(&self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }

    #[measure(skip)]
    fn dead_skipped(&self) {}

    /// Fallible.
    pub fn fallible(&mut self, n: u8) -> Result<u8, ()> {
        self.n += 1;
        if n > self.n {
            return Err(());
        }
        Ok(n)
    }

    /// Async.
    pub async fn asynchronous(&self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }

    /// Const.
    pub const fn constant(&self) -> u8 {
        self.n
    }

    /// Tracked.
    #[track_caller]
    pub fn tracked(&self, n: u8) -> Result<u8, ()> {
        if n > self.n { Err(()) } else { Ok(n) }
    }
}

#[measure]
impl Iterator for Block {
    type Item = u8;

    fn next(&mut self) -> Option<Self::Item> {
        if self.n == 0 {
            return None;
        }
        self.n -= 1;
        return Some(self.n);
    }
}

/// Arguments.
#[measure(in_flight = IN_FLIGHT, LATENCY, SIZE = |returned| u64::from(*returned), tags(KEY = text))]
pub fn arguments(text: &str, mut n: u8, (a, b): (u8, u8), _: u8) -> u8 {
    if n > a {
        return b;
    }
    let mut unused = text;
    n += 1;
    return n;
}

/// Arguments.
#[measure(LATENCY, tags(KEY = text), result = |returned| if returned.is_ok() { "good" } else { "bad" })]
pub async fn arguments_async(text: &str, mut n: u8, (a, b): (u8, u8), _: u8) -> Result<u8, ()> {
    if n > a {
        return Err(());
    }
    let mut unused = text;
    n += arguments_async_callee(b).await;
    return Ok(n);
}

#[measure(tags(KEY = "x"))]
async fn arguments_async_callee(n: u8) -> u8 {
    if n > 3 { n } else { 3 }
}

/// Never returns.
#[measure]
pub fn never(n: u8) -> ! {
    if n > 3 {
        loop {}
    }
    panic!("never");
    n + 1;
}

/// Unsafe.
///
/// # Safety
/// None needed.
#[measure]
#[inline]
#[must_use]
pub unsafe fn not_safe(n: u8) -> Option<u8> {
    if n > 3 {
        return None;
    }
    return Some(n);
}

/// Extern.
#[measure]
pub extern "C" fn external(n: u8) -> u8 {
    if n > 3 { 3 } else { n }
}

/// Lifetimes.
#[measure]
pub fn lifetimes<'a, 'b>(first: &'a str, second: &'b str) -> Result<&'a str, &'b str> {
    match (first.len(), second.len()) {
        (0, _) => Err(second),
        (_, 0) => return Ok(first),
        _ => unimplemented!(),
    }
}

/// An iterator.
#[measure]
pub fn iterator(n: u8) -> impl Iterator<Item = u8> {
    let unused = n;
    (0..n).filter(|it| if *it > 3 { true } else { false })
}

/// Nested functions.
#[measure]
pub fn nested(n: u8) -> Result<u8, String> {
    #[measure]
    fn inner(n: u8) -> Result<u8, String> {
        if n == 0 { Err("0".to_string()) } else { Ok(n) }
    }
    #[measure]
    fn dead_inner(n: u8) -> Result<u8, String> {
        if n == 0 { Err("0".to_string()) } else { Ok(n) }
    }
    let closure = |n: u8| -> Result<u8, String> {
        if n > 7 {
            return inner(n);
        }
        return Ok(n);
    };
    closure(n)?;
    Ok(n)
}

macro_rules! make {
    ($name:ident, $value:expr) => {
        /// Made by a macro.
        #[measure]
        pub fn $name(n: u8) -> Option<u8> {
            let unused = 1;
            if n > 3 {
                return $value;
            }
            return $value;
        }
    };
}

make!(made, if true { Some(1) } else { None });

macro_rules! make_fallible {
    ($name:ident, $value:expr) => {
        /// Made by a macro.
        #[measure]
        pub fn $name(n: u8) -> Result<u8, ()> {
            let unused = 1;
            if n > 3 {
                return $value;
            }
            return $value;
        }
    };
}

make_fallible!(made_fallible, if true { Ok(1) } else { Err(()) });

/// Names.
#[measure]
pub fn names(camelCase: u8) -> Result<u8, ()> {
    let badName = camelCase;
    let l = 100000;
    if badName == 0 || l == 0 { Err(()) } else { Ok(badName as u8) }
}

/// A trait with methods.
pub trait Provided: Sized {
    /// Provided.
    #[measure]
    fn provided(&self, n: u8) -> Result<u8, ()> {
        if n == 0 {
            return Err(());
        }
        let unused = 3;
        return Ok(n);
    }

    /// Provided.
    #[measure]
    fn provided_future(self: Box<Self>, n: u8) -> impl Future<Output = u8> + Send {
        async move {
            if n > 3 {
                return 3;
            }
            n
        }
    }
}

/// Too long.
#[measure]
pub fn too_long(n: u8) -> Result<u8, ()> {
    let mut sum = n;
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    sum = sum.wrapping_mul(3);
    if sum == 0 { Err(()) } else { Ok(sum) }
}

/// Too complex.
#[measure]
pub fn complex(a: u8, b: u8) -> u8 {
    if a > 1 {
        if a > 2 {
            if a > 3 && b > 3 || b > 5 {
                if b > 7 { 1 } else { 2 }
            } else {
                3
            }
        } else {
            4
        }
    } else if b > 1 {
        match b {
            1 => 5,
            2 => 6,
            3 if a == 0 => 7,
            _ => 8,
        }
    } else {
        9
    }
}

/// Canonical implementations.
#[derive(Debug, PartialEq, Eq)]
pub struct Canonical(u8);

impl Copy for Canonical {}

#[measure]
impl Clone for Canonical {
    fn clone(&self) -> Self {
        *self
    }
}

#[measure]
impl PartialOrd for Canonical {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[measure]
impl Ord for Canonical {
    fn cmp(&self, other: &Self) -> Ordering {
        return self.0.cmp(&other.0);
    }
}

/// Other implementations.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Other(u8);

impl Copy for Other {}

#[measure]
impl Clone for Other {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

#[measure]
impl Default for Other {
    fn default() -> Self {
        Self(0)
    }
}

/// A partial order.
#[derive(Debug, PartialEq, Eq, Ord)]
pub struct Partial(u8);

impl PartialOrd for Partial {
    #[measure]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

/// Inlined.
#[measure]
#[inline(always)]
pub fn inlined(n: u8) -> u8 {
    n.wrapping_add(1)
}

#[measure]
fn boxed_argument(value: Box<u8>) -> Result<u8, ()> {
    if *value > 3 { Err(()) } else { Ok(*value) }
}

#[measure]
fn mutable_argument(value: &mut u8) -> Result<u8, ()> {
    if *value > 3 { Err(()) } else { Ok(*value) }
}

/// Holds a lock.
#[measure]
pub async fn holds_a_lock(guard: MutexGuard<'_, u8>) -> u8 {
    asynchronous_plain(*guard).await
}

/// Yields a future.
#[measure]
pub async fn yields_a_future(n: u8) -> impl Future<Output = u8> {
    let _ = asynchronous_plain(n).await;
    async move { n }
}

impl Other {
    /// Tracks its caller.
    #[measure]
    #[track_caller]
    pub fn tracks(n: Option<u8>) -> Result<Other, ()> {
        let n = n.unwrap();
        if n == 0 { Err(()) } else { Ok(Other(n)) }
    }
}

/// Logs when it is dropped.
#[derive(Debug)]
pub struct Log {
    code: u8,
}

impl Drop for Log {
    fn drop(&mut self) {
        println!("{}", self.code);
    }
}

/// Assigns for the destructor.
#[measure]
pub fn assigns(mut log: Log, mut n: u8, (mut a, b): (u8, String)) -> Result<(), ()> {
    if n > 3 {
        n += 1;
        a = n;
    }
    log.code = 1;
    Ok(())
}

/// Assigns for the destructor.
#[measure]
pub async fn assigns_async(mut log: Log) -> Result<(), ()> {
    log.code = 1; // rustc adds: unused_assignments
    Ok(())
}

/// Assigns, and never reads.
#[measure]
pub async fn never_reads(
    mut n: u8, // rustc loses: unused_variables // rustc adds: unused_variables
) -> Result<(), ()> {
    n = 1; // rustc adds: unused_assignments
    Ok(())
}

/// Assigns for the destructor, with tags.
#[measure(tags(KEY = "x"))]
pub fn assigns_with_tags(mut log: Log) -> Result<(), ()> {
    log.code = 1; // rustc adds: unused_assignments
    Ok(())
}

impl Log {
    /// Assigns for the destructor.
    #[measure]
    pub fn assigns(mut self) -> Result<(), ()> {
        self.code = 1; // rustc adds: unused_assignments
        Ok(())
    }

    /// Assigns.
    #[measure]
    pub fn assigned(mut self, mut code: u8) -> Result<Self, ()> {
        code += 1;
        self.code = code;
        Ok(self)
    }
}

/// Names a part.
#[measure]
pub fn reference_to_part((ref mut log, n): (Log, u8), mut ends: [String; 2]) -> Result<u8, ()> {
    log.code = n;
    Ok(n)
}

#[measure(LATENCY)]
fn with_latency(text: String) -> Result<usize, ()> {
    return Ok(text.len());
}

/// With a number of calls in flight.
#[measure(in_flight = IN_FLIGHT)]
pub fn with_in_flight(n: u8) -> u8 {
    use std::convert::identity;
    let unused = 1;
    return identity(n);
}

/// With a value.
#[measure(SIZE = |returned| returned.as_ref().map(|it| u64::from(*it)).ok())]
pub async fn with_value(n: u8) -> Result<u8, ()> {
    let mut unused = 1;
    return Ok(n);
}

/// With a result.
#[measure(result = |returned| if *returned > 3 { "large" } else { "small" })]
#[inline(always)]
pub fn with_result(n: u8) -> u8 {
    let sum = n.wrapping_add(1);
    sum
}

/// With tags.
#[measure(tags(KEY = text))]
pub fn with_tags(text: String) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    return Some(text);
}

/// With tags.
#[measure(tags(KEY = text.trim()))]
pub async fn with_tags_async(text: &str) -> usize {
    return text.len();
}

/// With tags.
#[measure(tags(KEY = "x"))]
fn with_tags_future(n: u8) -> impl Future<Output = u8> {
    async move { n }
}

/// With a name.
#[measure(name = concat!("with", "_name"))]
pub fn with_name(n: u8) -> Result<u8, ()> { // rustc loses: unconditional_recursion
    with_name(n)
}

/// With a path to the library.
#[measure(crate = census)]
pub fn with_path(n: u8) -> u8 {
    return n;
}

/// With the word that it returns a future.
#[measure(future = true)]
fn with_future(n: u8) -> impl Future<Output = u8> {
    async move { n }
}

impl Service {
    /// With all.
    #[measure(LATENCY, SIZE = |it| u64::from(**it), in_flight = IN_FLIGHT, tags(KEY = name), name = "all")]
    #[track_caller]
    pub fn with_all<'a, T: AsRef<str> + ?Sized>(&'a self, name: &T) -> &'a u8
    where
        for<'b> &'b T: census::AsTagValue,
    {
        println!("{}", name.as_ref());
        return &self.n;
    }

    /// With all.
    #[measure(LATENCY, SIZE = |it| it.map_or(0, u64::from), in_flight = IN_FLIGHT, tags(KEY = format!("{}", self.n)))]
    pub fn with_all_boxed(&self) -> Pin<Box<dyn Future<Output = Option<u8>> + Send + '_>> {
        let n = self.n;
        Box::pin(async move {
            return Some(n);
        })
    }

    /// With tags.
    #[measure(tags(KEY = "never"))]
    pub fn with_tags_never(&self) -> ! {
        panic!("{}", self.n)
    }
}
