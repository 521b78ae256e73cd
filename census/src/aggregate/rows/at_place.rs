//! What is kept of the chunks at each place.

use crate::id::ChunkId;

/// What is kept of chunks, one thing for each place. At first, all chunks of the first generation are there, with nothing.
///
/// *Invariant:* the generation at a place never falls. So what is late, because its chunk is gone, neither finds nor replaces
/// anything.
#[derive(Debug)]
pub(super) struct AtPlaces<T>(Vec<AtPlace<T>>);

#[derive(Debug)]
struct AtPlace<T> {
    /// That of the chunk or, if it is gone, the next one.
    generation: u32,
    content: T,
}

impl<T> Default for AtPlaces<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> AtPlaces<T> {
    /// What is kept of a chunk, if something is.
    pub(super) fn get(&self, chunk: ChunkId) -> Option<&T> {
        let at_place = self.0.get(chunk.place as usize)?;
        (at_place.generation == chunk.generation).then_some(&at_place.content)
    }

    /// Whether a chunk is gone.
    pub(super) fn is_gone(&self, chunk: ChunkId) -> bool {
        let at_place = self.0.get(chunk.place as usize);
        at_place.is_some_and(|it| it.generation > chunk.generation)
    }

    /// As [`get`](Self::get).
    pub(super) fn get_mut(&mut self, chunk: ChunkId) -> Option<&mut T> {
        let at_place = self.0.get_mut(chunk.place as usize)?;
        (at_place.generation == chunk.generation).then_some(&mut at_place.content)
    }

    /// From now on, a chunk is there, with nothing at first, unless it is gone. Returns whether earlier chunks at this place
    /// were there until now. What was kept of them is dropped.
    pub(super) fn begin(&mut self, chunk: ChunkId) -> bool {
        self.advance(chunk.place, chunk.generation).is_some()
    }

    /// From now on, a chunk is gone. Returns what was kept of it, or of an earlier one; `None` if it was gone before.
    pub(super) fn end(&mut self, chunk: ChunkId) -> Option<T> {
        self.advance(chunk.place, chunk.generation.saturating_add(1))
    }

    /// Raises the generation at a place, if it is less. Returns what was kept there.
    fn advance(&mut self, place: u32, generation: u32) -> Option<T> {
        let place = place as usize;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || AtPlace {
                generation: 0,
                content: T::default(),
            });
        }
        match self.0.get_mut(place) {
            Some(at_place) if at_place.generation < generation => {
                at_place.generation = generation;
                Some(std::mem::take(&mut at_place.content))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_neither_finds_nor_replaces_anything() {
        let chunk = |generation| ChunkId {
            place: 3,
            generation,
        };
        let mut kept: AtPlaces<Vec<u8>> = AtPlaces::default();
        assert_eq!(kept.get(chunk(0)), None);
        assert!(!kept.is_gone(chunk(0)));
        assert!(!kept.begin(chunk(0)));
        kept.get_mut(chunk(0)).expect("it is there").push(1);
        assert_eq!(kept.get(chunk(0)), Some(&vec![1]));
        assert_eq!(kept.end(chunk(0)), Some(vec![1]));
        assert!(kept.is_gone(chunk(0)) && !kept.is_gone(chunk(1)));
        assert!(!kept.begin(chunk(0)) && kept.get_mut(chunk(0)).is_none());
        // The next but one comes before the next, which then is late.
        assert!(kept.begin(chunk(2)));
        kept.get_mut(chunk(2)).expect("it is there").push(2);
        assert_eq!(kept.end(chunk(1)), None);
        assert!(!kept.begin(chunk(1)) && kept.get_mut(chunk(1)).is_none());
        assert_eq!(kept.get(chunk(2)), Some(&vec![2]));
        assert!(!kept.is_gone(chunk(2)));
    }
}
