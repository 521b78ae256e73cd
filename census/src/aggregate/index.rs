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
    /// The number that was inserted under this hash and that `is` the one.
    pub(crate) fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let hash = shorten(hash);
        let mut at = hash as usize;
        loop {
            // Without slots the mask is all ones, and there is nothing there.
            at &= self.slots.len().wrapping_sub(1);
            let slot = self.slots.get(at)?;
            let number = slot.number.checked_sub(1)?;
            if slot.hash == hash && is(number) {
                return Some(number);
            }
            at = at.wrapping_add(1);
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

/// The upper half: whoever has several indices chooses among them by the lower.
#[expect(clippy::cast_possible_truncation, reason = "what is left is 32 bits")]
fn shorten(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inserted_is_found_also_under_one_hash() {
        let mut index = Index::default();
        assert_eq!(index.find(0, |_| true), None);
        for number in 0..1_000_u32 {
            // Ten to each hash.
            index.insert(u64::from(number / 10) << 32, number);
        }
        for number in 0..1_000 {
            let hash = u64::from(number / 10) << 32;
            assert_eq!(index.find(hash, |found| found == number), Some(number));
        }
        assert_eq!(index.find(7 << 32, |_| false), None);
        assert_eq!(index.find(100 << 32, |_| true), None);
    }
}
