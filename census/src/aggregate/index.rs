//! An index from hashes to values of 32 bits: open addressing, eight bytes a slot.

/// Finds values, such as the ids of rows, by the hash of a key that is stored elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// A power of two of slots, at most three quarters of them in use; none at first.
    slots: Box<[Slot]>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    /// One more than the value; 0 if the slot is free.
    value_plus_one: u32,
}

impl Index {
    /// The values that were inserted under this hash, and maybe some of other hashes.
    #[inline]
    pub(crate) fn candidates(&self, hash: u64) -> Candidates<'_> {
        let hash = shorten(hash);
        Candidates {
            slots: &self.slots,
            hash,
            position: hash as usize,
        }
    }

    /// Adds a value that is not in the index yet.
    pub(crate) fn insert(&mut self, hash: u64, value: u32) {
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
            value_plus_one: value.saturating_add(1),
        });
    }

    fn put(&mut self, new: Slot) {
        if new.value_plus_one == 0 {
            return;
        }
        let mask = self.slots.len().wrapping_sub(1);
        let mut position = new.hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(position) {
            if slot.value_plus_one == 0 {
                *slot = new;
                return;
            }
            position = (position + 1) & mask;
        }
    }
}

/// See [`Index::candidates`].
pub(crate) struct Candidates<'a> {
    slots: &'a [Slot],
    hash: u32,
    position: usize,
}

impl Iterator for Candidates<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            // Without slots the mask has all bits set, and `get` finds nothing.
            let position = self.position & self.slots.len().wrapping_sub(1);
            let slot = self.slots.get(position)?;
            let value = slot.value_plus_one.checked_sub(1)?;
            self.position = position + 1;
            if slot.hash == self.hash {
                return Some(value);
            }
        }
    }
}

/// The upper half of a hash. A table with several indices chooses among them by the lower half.
fn shorten(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_equal_hashes_are_all_found() {
        let mut index = Index::default();
        assert_eq!(index.candidates(0).count(), 0);
        for value in 0..1_000_u32 {
            // Ten to each hash.
            index.insert(u64::from(value / 10) << 32, value);
        }
        for value in 0..1_000 {
            let hash = u64::from(value / 10) << 32;
            let candidates: Vec<_> = index.candidates(hash).collect();
            assert!(
                candidates.contains(&value) && candidates.len() == 10,
                "{candidates:?}"
            );
        }
        assert_eq!(index.candidates(100 << 32).count(), 0);
    }
}
