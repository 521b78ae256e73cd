//! Tags: values, maps of tags, the map that is current in a scope, and the formats in which tags travel between
//! processes.
//!
//! A tag is a key and a value. Keys are declared in [`declare`](crate::declare), the only step that this module uses.

mod as_tag_value;
mod baggage;
mod binary;
#[cfg(feature = "testing")]
mod carried;
#[cfg(not(feature = "testing"))]
mod carried_nothing;
mod context;
pub(crate) mod declared_keys;
mod error;
mod filter;
mod inline;
#[cfg(feature = "testing")]
mod isolation;
mod map;
mod map_iter;
mod percent;
mod propagate;
pub(crate) mod row_key;
mod special;
mod tag;
mod value;
mod value_ref;
mod with_tags;

pub use as_tag_value::{AsTagValue, owned_tag_value};
#[cfg(feature = "testing")]
pub(crate) use carried::{Carried, WeaklyCarried, is_isolated, with_part};
#[cfg(not(feature = "testing"))]
pub(crate) use carried_nothing::{Carried, WeaklyCarried, with_part};
pub use context::Scope;
pub(crate) use context::{BorrowedScope, current_scope, with_current};
pub use error::{DecodeError, DecodeErrorKind, EncodeError};
pub use filter::TagFilter;
#[cfg(feature = "testing")]
pub(crate) use isolation::{Isolation, Place};
pub use map::{TagMap, tags};
pub use map_iter::TagMapIter;
pub use propagate::{Encoded, Omitted};
pub(crate) use special::has_special;
pub use tag::{Tag, TypedValue, known_tag, literal_tag, tag, tag_value};
pub(crate) use value::truncate;
pub use value::{TagValue, TagValueError};
pub use value_ref::TagValueRef;
#[cfg(feature = "stream")]
pub use with_tags::StreamWithTags;
pub use with_tags::{Tagged, WithTags};
