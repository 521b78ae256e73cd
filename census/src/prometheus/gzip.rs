//! Compression of an exposition with gzip (RFC 1952).

use std::io::{self, Write};
use std::mem;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::body::Body;
use super::chunk::{CHUNK, Chunk};

/// The level. Of 16 MB of text, level 2 leaves 5 % in 50 ms. Higher levels take several times as long, and leave 4 %.
const LEVEL: Compression = Compression::new(2);

/// The exposition, compressed. It is in chunks, as the exposition is.
pub(super) fn compressed(body: &Body) -> Body {
    let mut encoder = GzEncoder::new(Chunks::default(), LEVEL);
    let written = body.chunks().try_for_each(|chunk| encoder.write_all(chunk));
    let chunks = written.and_then(|()| encoder.finish());
    // Unreachable: a write to memory does not fail.
    chunks.map_or_else(|_| Body::default(), Chunks::into_body)
}

/// Puts bytes into chunks.
#[derive(Default)]
struct Chunks {
    full: Vec<Chunk>,
    rest: Vec<u8>,
}

impl Chunks {
    fn into_body(mut self) -> Body {
        if !self.rest.is_empty() {
            // The compressed exposition is often much smaller than a chunk, and a slow reader may keep it.
            self.rest.shrink_to_fit();
            self.full.push(Chunk::new(self.rest));
        }
        Body::from_chunks(self.full)
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = CHUNK - self.rest.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.rest.extend_from_slice(taken);
        if self.rest.len() == CHUNK {
            self.full.push(Chunk::new(mem::take(&mut self.rest)));
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn decompressed(body: &Body) -> Vec<u8> {
        let mut bytes = Vec::new();
        GzDecoder::new(body.as_bytes())
            .read_to_end(&mut bytes)
            .expect("it is gzip");
        bytes
    }

    #[test]
    fn bodies_of_all_sizes_are_the_same_after_decompression() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 40 * CHUNK + 17] {
            // Numbers that do not compress well, so that there are several chunks.
            let bytes: Vec<u8> = (0..len)
                .map(|index| (index.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0])
                .collect();
            let compressed = compressed(&bytes.clone().into());
            assert!(compressed.chunks().all(|chunk| chunk.len() <= CHUNK));
            assert!(compressed.chunks().all(|chunk| !chunk.is_empty()));
            assert_eq!(decompressed(&compressed), bytes);
        }
    }

    #[test]
    fn an_exposition_is_much_smaller() {
        let lines = (0..10_000).map(|row| format!("requests_total{{path=\"/{row}\"}} {row}\n"));
        let body: Body = lines.collect::<String>().into();
        assert!(compressed(&body).len() * 5 < body.len());
    }
}
