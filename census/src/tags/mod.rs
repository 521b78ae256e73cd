//! Tags: values, sets of them, and the set that is current in a scope.

mod context;
mod map;
pub(crate) mod packed;
mod value;

pub use context::Scope;
pub(crate) use context::with_current;
pub use map::{Tag, TagMap, literal_tag, tag, tags};
pub(crate) use value::cut;
pub use value::{AsTagValue, InvalidTagValue, TagStr, TagValue};
