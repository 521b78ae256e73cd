//! The values that a tag key can have: any text, or those of an enum.

/// The values of a [`TagKey`](crate::TagKey) that can have any text: the default.
#[derive(Clone, Copy, Debug)]
pub enum OpenSet {}

/// A type that lists its values, so that it can close the values of a tag key: `TagKey<Method>`. Implemented by
/// [`#[derive(TagValue)]`](macro@crate::TagValue), and for `bool`.
///
/// An implementation by hand also needs [`AsTagValue`](crate::AsTagValue), whose values are to be among the listed ones,
/// [`InSet<Self>`](InSet), and for [`TagMap::insert`](crate::TagMap::insert) a `From` for
/// [`TagValue`](struct@crate::TagValue).
///
/// ```
/// use census::{ClosedSet, TagValue};
///
/// #[derive(TagValue)]
/// enum Method {
///     Get,
///     Post,
/// }
///
/// assert_eq!(Method::VALUES, ["get", "post"]);
/// ```
pub trait ClosedSet: 'static {
    /// The values, each once: 1 to 255 bytes of UTF-8.
    const VALUES: &'static [&'static str];
}

/// The values of a tag key: an [`OpenSet`], or those of a [`ClosedSet`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of tag values",
    label = "the values of a `TagKey<…>` are those of an enum with `#[derive(TagValue)]`",
    note = "write `TagKey` for a key whose values can be any text"
)]
pub trait ValueSet: 'static {
    /// The values, unless any text can be a value.
    const CLOSED_VALUES: Option<&'static [&'static str]>;

    /// A value: [`TagValue`](struct@crate::TagValue), or a value of the closed set.
    type Value;
}

#[diagnostic::do_not_recommend]
impl<T: ClosedSet> ValueSet for T {
    const CLOSED_VALUES: Option<&'static [&'static str]> = Some(T::VALUES);

    type Value = T;
}

/// A type of which each value is one of the set, or none: the value of a tag whose key has the type
/// [`TagKey<S>`](crate::TagKey). Of an open set this is every type, of a closed set it is the type itself, and an
/// `Option`, a reference, a `Box` or an `Arc` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of a `TagKey<{S}>`",
    label = "expected a `{S}`",
    note = "the key has a closed set of values; for a key with any values, declare a `TagKey`"
)]
pub trait InSet<S> {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> InSet<OpenSet> for T {}

/// A set that has every text: an [`OpenSet`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a string is not a value of a `TagKey<{Self}>`",
    label = "expected a `{Self}`",
    note = "the key has a closed set of values; for a key with any values, declare a `TagKey`"
)]
pub trait HasEveryText {}

impl HasEveryText for OpenSet {}

impl ClosedSet for bool {
    const VALUES: &'static [&'static str] = &["false", "true"];
}

impl InSet<bool> for bool {}

macro_rules! containers {
    ($($container:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: ClosedSet, T: InSet<S> + ?Sized> InSet<S> for $container {}
    )*};
}

containers!(&T, &mut T, Box<T>, std::sync::Arc<T>);

#[diagnostic::do_not_recommend]
impl<S: ClosedSet, T: InSet<S>> InSet<S> for Option<T> {}
