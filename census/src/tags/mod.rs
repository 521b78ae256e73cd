//! Tags: values, sets of them, and the set that is current in a scope.

mod context;
mod map;
pub(crate) mod packed;
mod value;
mod with_tags;

pub use context::Scope;
pub(crate) use context::with_current;
pub use map::{TagMap, tag, tags};
pub(crate) use value::cut;
pub use value::{AsTagValue, InvalidTagValue, TagStr, TagValue};
#[cfg(feature = "stream")]
pub use with_tags::StreamWithTags;
pub use with_tags::{Tagged, WithTags};
