//! An index from hashes to values of 32 bits: open addressing, eight bytes a slot.

/// Finds values, such as the ids of rows, by the hash of a key that is stored elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// A power of two of slots, at most three quarters of them in use, and at least an eighth; none at first.
    slots: Box<[Slot]>,
    len: usize,
}

const MIN_SLOTS: usize = 4;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
            self.resize((self.slots.len() * 2).max(MIN_SLOTS));
        }
        self.len += 1;
        self.put(Slot {
            hash: shorten(hash),
            value_plus_one: value.saturating_add(1),
        });
    }

    /// Takes out a value that was inserted under this hash. Returns whether it was there.
    pub(crate) fn remove(&mut self, hash: u64, value: u32) -> bool {
        let mask = self.slots.len().wrapping_sub(1);
        let removed = Slot {
            hash: shorten(hash),
            value_plus_one: value.saturating_add(1),
        };
        let mut free = removed.hash as usize & mask;
        loop {
            match self.slots.get(free) {
                Some(slot) if *slot == removed => break,
                Some(slot) if slot.value_plus_one != 0 => free = (free + 1) & mask,
                _ => return false,
            }
        }
        // A search ends at a free slot. So each later slot up to the next free one moves into the free one, unless its search
        // begins after that.
        let mut position = free;
        loop {
            position = (position + 1) & mask;
            let slot = self.slots.get(position).copied().unwrap_or_default();
            if slot.value_plus_one == 0 {
                break;
            }
            let from_home = position.wrapping_sub(slot.hash as usize) & mask;
            let from_free = position.wrapping_sub(free) & mask;
            if from_home >= from_free {
                self.store(free, slot);
                free = position;
            }
        }
        self.store(free, Slot::default());
        self.len -= 1;
        if self.len * 8 < self.slots.len() && self.slots.len() > MIN_SLOTS {
            self.resize(self.slots.len() / 2);
        }
        true
    }

    fn store(&mut self, position: usize, content: Slot) {
        if let Some(slot) = self.slots.get_mut(position) {
            *slot = content;
        }
    }

    fn resize(&mut self, slots: usize) {
        let new = vec![Slot::default(); slots];
        let old = std::mem::replace(&mut self.slots, new.into());
        for slot in old {
            self.put(slot);
        }
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

    #[test]
    fn what_is_removed_is_not_found_and_everything_else_is() {
        let hash = |value: u32| u64::from(value % 37) << 32;
        let mut index = Index::default();
        let mut present: Vec<u32> = Vec::new();
        let mut next = 0;
        for step in 0..4_000_usize {
            // First more values come, and then fewer.
            if step < 2_000 && step % 3 != 0 || present.is_empty() {
                index.insert(hash(next), next);
                present.push(next);
                next += 1;
            } else {
                let removed = present.swap_remove(step * 31 % present.len());
                assert!(index.remove(hash(removed), removed));
                assert!(!index.remove(hash(removed), removed));
            }
            if step % 100 == 0 {
                for value in 0..next {
                    let is_found = index.candidates(hash(value)).any(|it| it == value);
                    assert_eq!(is_found, present.contains(&value), "{value} in step {step}");
                }
            }
        }
        assert_eq!(index.len, present.len());
        for value in present {
            assert!(index.remove(hash(value), value));
        }
        assert_eq!(index.slots.len(), MIN_SLOTS);
    }
}
