//! All macros in a scope where common names mean something else, and every lint is an error.

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
    use ::census::{Measure, TagKey, TagValue, measure, record, tag, tags, view};

    /// Hides the prelude's item.
    pub struct Option;
    /// Hides the prelude's item.
    pub struct Result;
    /// Hides the prelude's item.
    pub struct String;
    /// Hides the prelude's item.
    pub struct Vec;
    /// Hides the prelude's item.
    pub struct Box;
    /// Hides the prelude's item.
    pub trait Into {}
    /// Hides the prelude's item.
    #[expect(non_snake_case, reason = "it is the prelude's name")]
    pub fn Ok() {}
    /// Hides the prelude's item.
    #[expect(non_snake_case, reason = "it is the prelude's name")]
    pub fn Some() {}
    /// Hides the prelude's item.
    #[expect(non_upper_case_globals, reason = "it is the prelude's name")]
    pub const None: () = ();
    /// Hides the crate.
    #[allow(clippy::module_inception)]
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
    pub struct usize;
    /// Hides the type.
    #[expect(non_camel_case_types, reason = "it is the type's name")]
    pub struct u8;
    /// Hides the macros.
    #[macro_use]
    #[expect(unused_macros, reason = "they are the compiler's names")]
    mod macros {
        macro_rules! line {
            () => {};
        }
        macro_rules! module_path {
            () => {};
        }
        macro_rules! concat {
            () => {};
        }
    }

    /// A key.
    #[tag(local)]
    pub static KEY: TagKey;

    /// A measure.
    #[measure(unit = "By")]
    pub static SIZE: Measure<u64>;

    /// Another.
    #[measure(name = "hostile/latency", unit = "ms")]
    pub static LATENCY: Measure<::std::time::Duration>;

    view! {
        /// A view.
        pub static SIZES: Distribution<SIZE> by (KEY) { buckets: [0, 1, 2], max_series: 5, idle: ::std::time::Duration::from_mins(5) }
        pub static COUNT: Count<SIZE>;
        pub static LATENCIES: Distribution<LATENCY> by (KEY, KEYS) { description: "With defaults" };
    }

    /// A key.
    #[tag(name = "keys")]
    pub static KEYS: TagKey;

    /// An enum.
    #[derive(Clone, Copy, TagValue)]
    pub enum Kind {
        /// One.
        One,
        /// Two.
        #[deprecated]
        #[tag_value("TWO")]
        Two,
    }

    /// An enum with one variant.
    #[derive(TagValue)]
    pub enum Only {
        /// The variant.
        One,
    }

    /// An enum without variants.
    #[derive(TagValue)]
    pub enum Never {}

    /// Records.
    pub fn run(text: &'static ::std::primitive::str) {
        let key = &KEYS;
        record!(
            SIZE = 5,
            LATENCY = ::std::time::Duration::from_secs(1),
            tags(KEY = text, *key = Kind::One),
            exemplar(trace_id = text)
        );
        let _scope = tags!(KEY = Kind::One, KEYS = Only::One).enter();
    }
}

fn main() {
    hostile::run("x");
    ::std::assert_eq!(hostile::COUNT.name(), "count");
}
