//! Numbers found by a hash: open addressing, eight bytes a slot.

/// Finds numbers (of rows, of tag sets) by the hash of something that lies elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// As many as a power of two, at most three quarters of them used; none at first.
    slots: Box<[Slot]>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    /// One more than the number; 0 is free.
    number: u32,
}

impl Index {
    /// The numbers that may have been inserted under this hash.
    #[inline]
    pub(crate) fn candidates(&self, hash: u64) -> Candidates<'_> {
        let hash = shorten(hash);
        Candidates {
            slots: &self.slots,
            hash,
            at: hash as usize,
        }
    }

    /// Adds a number that is not there yet.
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        if self.len * 4 >= self.slots.len() * 3 {
            let larger = vec![Slot::default(); (self.slots.len() * 2).max(4)];
            let old = std::mem::replace(&mut self.slots, larger.into());
            for slot in old {
                self.put(slot);
            }
        }
        self.len += 1;
        self.put(Slot {
            hash: shorten(hash),
            number: number.saturating_add(1),
        });
    }

    fn put(&mut self, new: Slot) {
        if new.number == 0 {
            return;
        }
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = new.hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.number == 0 {
                *slot = new;
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

/// See [`Index::candidates`].
pub(crate) struct Candidates<'a> {
    slots: &'a [Slot],
    hash: u32,
    at: usize,
}

impl Iterator for Candidates<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            // Without slots the mask is all ones, and there is nothing there.
            let at = self.at & self.slots.len().wrapping_sub(1);
            let slot = self.slots.get(at)?;
            let number = slot.number.checked_sub(1)?;
            self.at = at + 1;
            if slot.hash == self.hash {
                return Some(number);
            }
        }
    }
}

/// The upper half: whoever has several indices chooses among them by the lower.
fn shorten(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inserted_is_found_also_under_one_hash() {
        let mut index = Index::default();
        assert_eq!(index.candidates(0).count(), 0);
        for number in 0..1_000_u32 {
            // Ten to each hash.
            index.insert(u64::from(number / 10) << 32, number);
        }
        for number in 0..1_000 {
            let hash = u64::from(number / 10) << 32;
            let found: Vec<_> = index.candidates(hash).collect();
            assert!(found.contains(&number) && found.len() == 10, "{found:?}");
        }
        assert_eq!(index.candidates(100 << 32).count(), 0);
    }
}
