//! Tag values: owned, and as they are lent to one measurement.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::declare::{Handle, name};

/// A tag value: UTF-8, at most 255 bytes. Cheap to clone. Empty means the same as not set.
#[derive(Clone)]
pub struct TagValue(Handle<str>);

/// A text that is no tag value, because it is longer than 255 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagValueError {
    len: usize,
}

impl TagValue {
    /// A tag value.
    ///
    /// # Errors
    /// If it is longer than 255 bytes. (`record!` and `tags!` cut such a value at a character instead, because a
    /// measurement should not be lost for the length of a tag.)
    pub fn new(value: &str) -> Result<Self, TagValueError> {
        match value.len() {
            0..=name::MAX_LEN => Ok(Self::shared(value)),
            len => Err(TagValueError { len }),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn cut(value: &str) -> Self {
        Self::shared(cut(value))
    }

    fn shared(value: &str) -> Self {
        match value {
            "" => Self(Handle::Static("")),
            value => Self(Handle::Shared(Arc::from(value))),
        }
    }
}

/// The longest beginning of `value` that is a tag value: at most 255 bytes, whole characters.
#[inline]
pub(crate) fn cut(value: &str) -> &str {
    value
        .get(..value.floor_char_boundary(name::MAX_LEN))
        .unwrap_or(value)
}

impl PartialEq for TagValue {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for TagValue {}

impl fmt::Debug for TagValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for TagValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<&str> for TagValue {
    type Error = TagValueError;
    fn try_from(value: &str) -> Result<Self, TagValueError> {
        Self::new(value)
    }
}

impl fmt::Display for TagValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a tag value has at most 255 bytes, this one has {}",
            self.len
        )
    }
}

impl std::error::Error for TagValueError {}

/// A tag value lent to one measurement: made by [`AsTagValue`], without allocating.
#[derive(Clone, Copy, Debug)]
pub struct TagValueRef<'a> {
    text: Text<'a>,
    /// Of a literal: its place tells it from all other texts, so that it need not be read to be found again.
    literal: Option<&'static &'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Text<'a> {
    Unset,
    Borrowed(&'a str),
    Inline(Inline),
}

/// A text that is made here: at the end of the bytes.
#[derive(Clone, Copy, Debug)]
struct Inline {
    start: u8,
    bytes: [u8; Inline::ROOM as usize],
}

impl<'a> TagValueRef<'a> {
    /// No value: as if the tag were not written.
    #[must_use]
    pub const fn unset() -> Self {
        Self::new(Text::Unset)
    }

    /// A text that lives long enough.
    #[must_use]
    pub const fn borrowed(value: &'a str) -> Self {
        Self::new(Text::Borrowed(value))
    }

    const fn new(text: Text<'a>) -> Self {
        Self {
            text,
            literal: None,
        }
    }

    /// The place of a literal, which tells it from all others.
    #[inline]
    pub(crate) fn place(&self) -> Option<usize> {
        self.literal.map(|value| std::ptr::from_ref(value).addr())
    }

    /// The text's bytes, if it is set: those of a number need not be checked to be text again.
    #[inline]
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match &self.text {
            Text::Borrowed(value) => Some(value.as_bytes()),
            Text::Inline(inline) => Some(inline.bytes()),
            Text::Unset => None,
        }
    }

    /// Whether there is a value.
    pub(crate) const fn is_set(&self) -> bool {
        !matches!(self.text, Text::Unset)
    }

    /// The text, if it is set.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        match &self.text {
            Text::Unset => None,
            Text::Borrowed(value) => Some(value),
            Text::Inline(inline) => Some(inline.as_str()),
        }
    }
}

impl TagValueRef<'static> {
    /// One of some texts that the program always has: what `#[derive(TagValue)]` makes of a variant. A measurement whose
    /// tags are all such, or literals, is the quickest. Not set if there are not so many texts.
    ///
    /// ```
    /// use census::{AsTagValue, TagValueRef};
    ///
    /// struct Shard(usize);
    ///
    /// impl AsTagValue for Shard {
    ///     fn as_tag_value(&self) -> TagValueRef<'_> {
    ///         static NAMES: [&str; 4] = ["a", "b", "c", "d"];
    ///         TagValueRef::one_of(&NAMES, self.0)
    ///     }
    /// }
    ///
    /// assert_eq!(Shard(2).as_tag_value().get(), Some("c"));
    /// assert_eq!(Shard(4).as_tag_value().get(), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn one_of(values: &'static [&'static str], index: usize) -> Self {
        match values.split_at_checked(index) {
            Some((_, [value, ..])) => Self::literal(value),
            _ => Self::unset(),
        }
    }

    /// A literal, of a `static`.
    pub(crate) const fn literal(value: &'static &'static str) -> Self {
        Self {
            text: Text::Borrowed(value),
            literal: Some(value),
        }
    }
}

impl Inline {
    /// For the longest integer, `i128::MIN`: 39 digits and the sign.
    const ROOM: u8 = 40;

    /// A number in decimal. (What the standard library writes numbers with can align them, too: that takes five times as
    /// long.)
    fn integer(is_negative: bool, absolute: u128) -> Self {
        let mut bytes = [b'-'; Self::ROOM as usize];
        let mut start = Self::ROOM;
        let mut places = bytes.iter_mut().rev();
        let mut wide = absolute;
        while wide > u128::from(u64::MAX) {
            if let Some(place) = places.next() {
                *place = b'0' + (wide % 10).to_le_bytes()[0];
            }
            start -= 1;
            wide /= 10;
        }
        // Of half the width: that is much quicker.
        let mut rest = u64::try_from(wide).unwrap_or_default();
        for place in places {
            *place = b'0' + (rest % 10).to_le_bytes()[0];
            start -= 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        Self {
            // The sign is there already.
            start: start - u8::from(is_negative),
            bytes,
        }
    }

    fn char(value: char) -> Self {
        let mut bytes = [0; Self::ROOM as usize];
        let start = usize::from(Self::ROOM) - value.len_utf8();
        if let Some(room) = bytes.get_mut(start..) {
            value.encode_utf8(room);
        }
        Self {
            start: u8::try_from(start).unwrap_or(Self::ROOM),
            bytes,
        }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    fn bytes(&self) -> &[u8] {
        self.bytes
            .get(usize::from(self.start)..)
            .unwrap_or_default()
    }
}

/// What can be a tag's value: text, `bool`, `char`, integers, `Option`s of these (`None`: not set), and enums with
/// [`#[derive(TagValue)]`](macro@crate::TagValue).
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
    message = "`{Self}` is no tag value",
    label = "a tag value is text, `bool`, `char`, an integer, an `Option` of these, or an enum with `#[derive(TagValue)]`",
    note = "format it first (`tags(KEY = x.to_string())`), or implement `census::AsTagValue` for it"
)]
pub trait AsTagValue {
    /// The value, lent. What is longer than 255 bytes is cut at a character where it becomes a tag.
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
        static TEXTS: [&str; 2] = ["false", "true"];
        TagValueRef::one_of(&TEXTS, usize::from(*self))
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
        TagValueRef::new(Text::Inline(Inline::char(*self)))
    }
}

macro_rules! integers {
    ($($type:ty: $is_negative:expr, $absolute:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl AsTagValue for $type {
            fn as_tag_value(&self) -> TagValueRef<'_> {
                let text = Inline::integer($is_negative(*self), $absolute(*self));
                TagValueRef::new(Text::Inline(text))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_has_its_text() {
        assert_eq!(
            i128::MIN.as_tag_value().get(),
            Some(i128::MIN.to_string().as_str())
        );
        macro_rules! as_displayed {
            ($($type:ident),*) => {$(
                for value in [0, 1, 9, 10, 99, 100, 127, <$type>::MAX, <$type>::MIN, <$type>::MIN + 1] {
                    assert_eq!(value.as_tag_value().get(), Some(value.to_string().as_str()));
                }
            )*};
        }
        as_displayed!(
            u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
        );
        let powers = (0..39).map(|power| 10_i128.pow(power));
        for value in powers.flat_map(|power| [power - 1, power, -power]) {
            let text = value.to_string();
            assert_eq!(value.as_tag_value().get(), Some(text.as_str()));
        }
        assert_eq!('x'.as_tag_value().get(), Some("x"));
        assert_eq!('\u{1f600}'.as_tag_value().get(), Some("\u{1f600}"));
        assert_eq!(true.as_tag_value().get(), Some("true"));
        assert_eq!(None::<&str>.as_tag_value().get(), None);
        assert_eq!(Some(String::from("x")).as_tag_value().get(), Some("x"));
        assert_eq!(Cow::Borrowed("y").as_tag_value().get(), Some("y"));
    }

    #[test]
    fn long_values_are_refused_or_cut_at_a_character() {
        let long = "\u{e9}".repeat(128);
        assert_eq!(TagValue::new(&long).map_err(|e| e.len), Err(256));
        assert_eq!(cut(&long), "\u{e9}".repeat(127));
        assert_eq!(cut("short"), "short");
    }
}
