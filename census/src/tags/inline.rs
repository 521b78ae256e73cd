//! Integers and characters as text, without an allocation.

/// A short string that lies in the value itself.
///
/// *Invariant: `bytes[start..]` is valid UTF-8.* The text lies at the end of the array, because the digits of a number
/// are written from the last to the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct InlineStr {
    start: u8,
    bytes: [u8; InlineStr::CAPACITY as usize],
}

impl InlineStr {
    /// Enough for the longest integer, `i128::MIN`: 39 digits and the sign.
    const CAPACITY: u8 = 40;

    /// An integer in decimal. (`std`'s formatting also supports padding and alignment, and takes five times as long.)
    pub(super) fn integer(is_negative: bool, absolute: u128) -> Self {
        // Every byte is a minus sign at first, so the sign need not be written.
        let mut bytes = [b'-'; Self::CAPACITY as usize];
        let mut start = Self::CAPACITY;
        let mut slots = bytes.iter_mut().rev();
        let mut wide = absolute;
        while wide > u128::from(u64::MAX) {
            if let Some(slot) = slots.next() {
                *slot = b'0' + (wide % 10).to_le_bytes()[0];
            }
            start -= 1;
            wide /= 10;
        }
        // Division of 64 bits is much faster than that of 128 bits.
        let mut rest = u64::try_from(wide).unwrap_or_default();
        for slot in slots {
            *slot = b'0' + (rest % 10).to_le_bytes()[0];
            start -= 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        Self {
            start: start - u8::from(is_negative),
            bytes,
        }
    }

    pub(super) fn char(value: char) -> Self {
        let mut bytes = [0; Self::CAPACITY as usize];
        let start = usize::from(Self::CAPACITY) - value.len_utf8();
        if let Some(slot) = bytes.get_mut(start..) {
            value.encode_utf8(slot);
        }
        Self {
            start: u8::try_from(start).unwrap_or(Self::CAPACITY),
            bytes,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes
            .get(usize::from(self.start)..)
            .unwrap_or_default()
    }
}
