//! Messages in a gRPC body. Each is preceded by five bytes: whether it is compressed, and its length (`doc/PROTOCOL-HTTP2.md`
//! of gRPC). A piece of a body may end anywhere.

use std::io::IoSlice;

use bytes::Buf;

/// How many messages a body has had, and how many bytes they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MessageCount {
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
}

/// Counts the messages of a body, a piece at a time.
#[derive(Debug, Default)]
pub(crate) struct MessageCounter {
    count: MessageCount,
    /// The bytes of the prefix that is being read.
    prefix: [u8; PREFIX],
    prefix_len: usize,
    /// The bytes of the message that are still to come.
    remaining: u64,
}

const PREFIX: usize = 5;

impl MessageCounter {
    /// The messages that have begun.
    pub(crate) fn count(&self) -> MessageCount {
        self.count
    }

    /// Reads a piece, and leaves it as it is.
    pub(crate) fn read(&mut self, data: &impl Buf) {
        let mut slices = [IoSlice::new(&[]); 16];
        let filled = data.chunks_vectored(&mut slices);
        let mut seen = 0;
        for slice in slices.iter().take(filled) {
            self.read_slice(slice);
            seen += slice.len();
        }
        // More slices than these are not known to occur: the data of servers and clients is a `Bytes`, or a chain of two.
        self.skip((data.remaining() - seen) as u64);
    }

    fn read_slice(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.remaining > 0 {
                let len = usize::try_from(self.remaining).unwrap_or(usize::MAX);
                let len = len.min(bytes.len());
                self.skip(len as u64);
                bytes = bytes.get(len..).unwrap_or_default();
                continue;
            }
            let (missing, rest) = bytes.split_at(bytes.len().min(PREFIX - self.prefix_len));
            for byte in missing {
                if let Some(place) = self.prefix.get_mut(self.prefix_len) {
                    *place = *byte;
                    self.prefix_len += 1;
                }
            }
            bytes = rest;
            if self.prefix_len == PREFIX {
                let [_, a, b, c, d] = self.prefix;
                self.remaining = u32::from_be_bytes([a, b, c, d]).into();
                self.prefix_len = 0;
                self.count.messages += 1;
            }
        }
    }

    /// Takes bytes of the present message.
    fn skip(&mut self, len: u64) {
        let len = len.min(self.remaining);
        self.remaining -= len;
        self.count.bytes += len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of these lengths.
    fn body(lens: &[u32]) -> Vec<u8> {
        let message = |len: &u32| {
            let mut bytes = vec![0];
            bytes.extend(len.to_be_bytes());
            bytes.extend(vec![7; *len as usize]);
            bytes
        };
        lens.iter().flat_map(message).collect()
    }

    #[test]
    fn pieces_of_any_length_count_the_same() {
        let body = body(&[0, 1, 300, 0, 5, 70_000]);
        for len in [1, 2, 3, 4, 5, 6, 7, 64, 1_000, 1_000_000] {
            let mut counter = MessageCounter::default();
            for piece in body.chunks(len) {
                counter.read(&piece);
            }
            let expected = MessageCount {
                messages: 6,
                bytes: 70_306,
            };
            assert_eq!(counter.count(), expected, "pieces of {len}");
        }
    }

    #[test]
    fn a_chain_counts_as_its_bytes_in_one() {
        let body = body(&[10, 20]);
        for at in 0..body.len() {
            let (a, b) = body.split_at(at);
            let mut counter = MessageCounter::default();
            counter.read(&a.chain(b));
            let expected = MessageCount {
                messages: 2,
                bytes: 30,
            };
            assert_eq!(counter.count(), expected, "cut at {at}");
        }
    }
}
