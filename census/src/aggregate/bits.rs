//! A set of numbers, with one bit for each number up to the greatest.

/// A set of numbers.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Whether the number is in the set.
    pub(super) fn contains(&self, number: usize) -> bool {
        self.group(number / 64) & bit(number) != 0
    }

    /// Adds a number. Returns whether it was not in the set.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let index = number / 64;
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        let Some(group) = self.0.get_mut(index) else {
            return false;
        };
        let is_new = *group & bit(number) == 0;
        *group |= bit(number);
        is_new
    }

    /// Takes a number out. Returns whether it was in the set.
    pub(super) fn remove(&mut self, number: usize) -> bool {
        let Some(group) = self.0.get_mut(number / 64) else {
            return false;
        };
        let was_in = *group & bit(number) != 0;
        *group &= !bit(number);
        was_in
    }

    /// The numbers from 64 times `index` on, as the bits of a word.
    pub(super) fn group(&self, index: usize) -> u64 {
        self.0.get(index).copied().unwrap_or_default()
    }
}

const fn bit(number: usize) -> u64 {
    1 << (number % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_in_the_set_from_its_insertion_to_its_removal() {
        let mut set = Bits::default();
        let numbers = [0, 1, 63, 64, 1_000];
        for number in numbers {
            assert!(!set.contains(number) && !set.remove(number));
            assert!(set.insert(number) && !set.insert(number));
        }
        assert_eq!(set.group(0), 1 << 63 | 0b11);
        assert_eq!((0..2_000).filter(|it| set.contains(*it)).count(), 5);
        assert!(set.remove(63) && !set.remove(63) && !set.contains(63));
        assert_eq!((set.group(0), set.group(100)), (0b11, 0));
    }
}
