//! Measured functions in a scope where common names mean something else, and every lint is an error.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    clippy::all,
    clippy::pedantic
)]

/// A module of other items with the names that macros use.
pub mod hostile {
    use ::census::{Measure, TagKey, measure, tag};

    /// Hides the prelude's item.
    pub struct Option;
    /// Hides the prelude's item.
    pub struct Result;
    /// Hides the prelude's item.
    pub trait Drop {}
    /// Hides the prelude's item.
    #[expect(non_snake_case, reason = "it is the prelude's name")]
    pub fn Some() {}
    /// Hides the prelude's item.
    #[expect(non_snake_case, reason = "it is the prelude's name")]
    pub fn Ok() {}
    /// Hides the prelude's item.
    #[expect(non_upper_case_globals, reason = "it is the prelude's name")]
    pub const None: () = ();
    /// Hides the function.
    pub fn drop() {}
    /// Hides the crate.
    pub mod census {}
    /// Hides the crate.
    pub mod std {}
    /// Hides the crate.
    pub mod core {}
    /// Hides the crate.
    pub mod linkme {}
    /// Hides the type.
    #[expect(non_camel_case_types, reason = "it is the type's name")]
    pub struct str;
    /// Hides the type.
    #[expect(non_camel_case_types, reason = "it is the type's name")]
    pub struct i64;
    /// Hides the type.
    #[expect(non_camel_case_types, reason = "it is the type's name")]
    pub struct bool;

    /// A key.
    #[tag]
    pub static KEY: TagKey;

    /// A measure.
    #[measure]
    pub static SIZE: Measure<u64>;

    /// Another.
    #[measure]
    pub static LATENCY: Measure<::std::time::Duration>;

    /// Another.
    #[measure]
    pub static ACTIVE: Measure<::core::primitive::i64>;

    /// Does nothing.
    #[measure]
    pub fn nothing() {}

    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    #[measure]
    pub fn fallible(text: &::core::primitive::str) -> ::core::result::Result<usize, u8> {
        ::core::result::Result::Ok(text.len())
    }

    /// Does nothing, at length.
    ///
    /// # Errors
    /// Never.
    #[measure(
        LATENCY,
        SIZE = |returned| returned.map_or(0, |len| len as u64),
        in_flight = ACTIVE,
        result = ::core::result::Result::is_ok,
        tags(KEY = text),
        name = "at_length",
    )]
    #[expect(clippy::unused_async, reason = "an `async` function")]
    pub async fn at_length(text: &::core::primitive::str) -> ::core::result::Result<usize, u8> {
        fallible(text)
    }

    /// Waits.
    #[measure]
    #[must_use]
    pub fn boxed<'a>(
        text: &'a ::core::primitive::str,
    ) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = usize> + 'a>> {
        ::std::boxed::Box::pin(async move { text.len() })
    }

    /// A service.
    pub struct Service(pub ::core::primitive::bool);

    #[measure(tags(KEY = "service"))]
    impl Service {
        /// Never ends.
        pub async fn never(self) -> ! {
            loop {
                ::core::future::ready(()).await;
            }
        }

        /// The caller's location.
        ///
        /// # Errors
        /// If the service says so.
        #[track_caller]
        pub fn caller(
            &self,
        ) -> ::core::result::Result<&'static ::core::panic::Location<'static>, &Self> {
            if self.0 {
                return ::core::result::Result::Ok(::core::panic::Location::caller());
            }
            ::core::result::Result::Err(self)
        }
    }
}

fn main() {
    hostile::nothing();
    ::std::assert_eq!(hostile::fallible("abc"), ::core::result::Result::Ok(3));
    ::std::mem::drop(hostile::at_length("abc"));
    ::std::mem::drop(hostile::boxed("abc"));
    ::std::mem::drop(hostile::Service(true).never());
    let service = hostile::Service(true);
    let caller = service.caller();
    ::std::assert!(caller.is_ok_and(|place| place.line() == ::core::line!() - 1));
}
