//! The memory that an exposition is written to.

/// A text to which short parts are appended: names, label values, numbers.
///
/// A `String` or a `Vec` asks at each part whether it has to grow, in code that the compiler does not inline. Here the memory is
/// initialized beforehand, so a part that fits is only copied.
#[derive(Debug, Default)]
pub(super) struct TextBuffer {
    /// The text, and the memory for more.
    memory: Vec<u8>,
    len: usize,
}

impl TextBuffer {
    /// An empty text in this memory, which is made larger if it has not this number of bytes.
    pub(super) fn in_memory_of(mut memory: Vec<u8>, capacity: usize) -> Self {
        memory.resize(capacity, 0);
        Self { memory, len: 0 }
    }

    /// The number of bytes.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.memory.get(..self.len).unwrap_or_default()
    }

    /// Removes what is after the first `len` bytes.
    #[inline]
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    #[inline]
    pub(super) fn push_str(&mut self, part: &str) {
        self.push_bytes(part.as_bytes());
    }

    /// Appends an ASCII character.
    #[inline]
    pub(super) fn push_ascii(&mut self, character: u8) {
        self.push_bytes(&[character]);
    }

    /// Appends the bytes of a text.
    #[inline]
    pub(super) fn push_bytes(&mut self, part: &[u8]) {
        let end = self.len + part.len();
        if let Some(room) = self.memory.get_mut(self.len..end) {
            room.copy_from_slice(part);
            self.len = end;
        } else {
            self.grow_and_push(part);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow_and_push(&mut self, part: &[u8]) {
        self.memory.truncate(self.len);
        self.memory.extend_from_slice(part);
        self.len = self.memory.len();
        self.memory.resize(self.len * 2, 0);
    }

    /// The bytes, with spare memory.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.memory.truncate(self.len);
        self.memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_all_lengths_are_appended() {
        let part: String = ('0'..='~').cycle().take(200).collect();
        let (mut text, mut expected) = (TextBuffer::default(), String::new());
        for len in 0..part.len() {
            text.push_str(&part[..len]);
            text.push_ascii(b'\n');
            expected.push_str(&part[..len]);
            expected.push('\n');
        }
        assert_eq!(text.len(), expected.len());
        assert_eq!(text.into_bytes(), expected.into_bytes());
    }
}
