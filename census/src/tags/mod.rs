//! Tags: values, sets of them, the set that is current in a scope, and the ways out of the process and back in.

mod baggage;
mod binary;
mod context;
mod error;
mod filter;
mod map;
pub(crate) mod packed;
mod percent;
mod propagate;
mod value;
mod with_tags;

pub use context::Scope;
pub(crate) use context::with_current;
pub use error::{DecodeError, DecodeErrorKind, EncodeError};
pub use filter::TagFilter;
pub use map::{Tag, TagMap, literal_tag, tag, tags};
pub use propagate::{Encoded, Omitted};
pub(crate) use value::cut;
pub use value::{AsTagValue, TagValue, TagValueError, TagValueRef};
#[cfg(feature = "stream")]
pub use with_tags::StreamWithTags;
pub use with_tags::{Tagged, WithTags};
