//! Conversions of strings, integers and other types to tag values.

use std::borrow::Cow;
use std::sync::Arc;

use super::inline::InlineStr;
use super::{TagValue, TagValueRef};

/// A type whose values can be tag values: strings, `bool`, `char`, integers, an `Option` of one of these (`None`: not
/// set), and enums with [`#[derive(TagValue)]`](macro@crate::TagValue).
///
/// ```
/// use census::{AsTagValue, TagValueRef};
///
/// struct Tenant { name: String }
///
/// impl AsTagValue for Tenant {
///     fn as_tag_value(&self) -> TagValueRef<'_> {
///         TagValueRef::borrowed(&self.name)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tag value",
    label = "a tag value is a string, `bool`, `char`, an integer, an `Option` of these, or an enum with `#[derive(TagValue)]`",
    note = "format it first (`tags(KEY = x.to_string())`), or implement `census::AsTagValue` for it"
)]
pub trait AsTagValue {
    /// The value, borrowed. A value longer than 255 bytes is shortened at a character boundary where it becomes a tag.
    fn as_tag_value(&self) -> TagValueRef<'_>;
}

#[diagnostic::do_not_recommend]
impl AsTagValue for str {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl AsTagValue for String {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl AsTagValue for Cow<'_, str> {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl AsTagValue for TagValue {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::borrowed(self.as_str())
    }
}

#[diagnostic::do_not_recommend]
impl AsTagValue for bool {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        static NAMES: [&str; 2] = ["false", "true"];
        TagValueRef::one_of(&NAMES, usize::from(*self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsTagValue> AsTagValue for Option<T> {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        self.as_ref()
            .map_or(TagValueRef::unset(), AsTagValue::as_tag_value)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsTagValue + ?Sized> AsTagValue for &T {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        (**self).as_tag_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsTagValue + ?Sized> AsTagValue for &mut T {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        (**self).as_tag_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsTagValue + ?Sized> AsTagValue for Box<T> {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        (**self).as_tag_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsTagValue + ?Sized> AsTagValue for Arc<T> {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        (**self).as_tag_value()
    }
}

#[diagnostic::do_not_recommend]
impl AsTagValue for char {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::inline(InlineStr::char(*self))
    }
}

macro_rules! integers {
    ($($type:ty: $is_negative:expr, $absolute:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl AsTagValue for $type {
            fn as_tag_value(&self) -> TagValueRef<'_> {
                TagValueRef::inline(InlineStr::integer($is_negative(*self), $absolute(*self)))
            }
        }
    )*};
}

integers!(
    u8: |_| false, u128::from;
    u16: |_| false, u128::from;
    u32: |_| false, u128::from;
    u64: |_| false, u128::from;
    u128: |_| false, |value| value;
    usize: |_| false, |value| value as u128;
    i8: i8::is_negative, |value: i8| value.unsigned_abs().into();
    i16: i16::is_negative, |value: i16| value.unsigned_abs().into();
    i32: i32::is_negative, |value: i32| value.unsigned_abs().into();
    i64: i64::is_negative, |value: i64| value.unsigned_abs().into();
    i128: i128::is_negative, i128::unsigned_abs;
    isize: isize::is_negative, |value: isize| value.unsigned_abs() as u128;
);

impl From<bool> for TagValue {
    fn from(value: bool) -> Self {
        owned_tag_value(&value)
    }
}

/// The tag value of a value whose type has a closed set of values.
#[doc(hidden)]
pub fn owned_tag_value(value: &impl AsTagValue) -> TagValue {
    let value = value.as_tag_value();
    match value.static_text() {
        Some(literal) => TagValue::literal(literal),
        None => TagValue::truncated(value.get().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_formatted_as_by_std() {
        macro_rules! check {
            ($($type:ident),*) => {$(
                for value in [0, 1, 9, 10, 99, 100, 127, <$type>::MAX, <$type>::MIN, <$type>::MIN + 1] {
                    assert_eq!(value.as_tag_value().get(), Some(value.to_string().as_str()));
                }
            )*};
        }
        check!(
            u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
        );
        let powers = (0..39).map(|exponent| 10_i128.pow(exponent));
        for value in powers.flat_map(|power| [power - 1, power, -power]) {
            assert_eq!(value.as_tag_value().get(), Some(value.to_string().as_str()));
        }
    }

    #[test]
    fn other_types_are_converted() {
        assert_eq!('x'.as_tag_value().get(), Some("x"));
        assert_eq!('\u{1f600}'.as_tag_value().get(), Some("\u{1f600}"));
        assert_eq!(true.as_tag_value().get(), Some("true"));
        assert_eq!(None::<&str>.as_tag_value().get(), None);
        assert_eq!(Some(String::from("x")).as_tag_value().get(), Some("x"));
        assert_eq!(Cow::Borrowed("y").as_tag_value().get(), Some("y"));
    }
}
