//! Addresses of statics, as identities that cost one comparison.

/// The address of an object that lives until the program ends, or [`NONE`](Self::NONE) for any other object.
///
/// An equal address means the same object and therefore the same content: such an object neither moves nor is freed, so
/// no other object of its type ever has its address. The opposite does not hold: two statics may have equal content.
/// Addresses of objects of different types must not be compared with each other.
///
/// `NONE` identifies nothing. Code that looks something up by address must check for it first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Address(usize);

/// How far apart the addresses of successive texts are: the size of a `&str` on most machines.
pub(crate) const ADDRESS_STEP: usize = 16;

impl Address {
    /// Not the address of a static. Zero: no object has this address.
    pub(crate) const NONE: Self = Self(0);

    /// The address of a static, or of an element of one.
    #[inline]
    pub(crate) fn of<T>(object: &'static T) -> Self {
        const {
            assert!(
                size_of::<T>() != 0,
                "zero-sized objects may share an address"
            );
        }
        Self(std::ptr::from_ref(object).addr())
    }

    /// A number in place of an address, to look up an object that is not a static. It must differ from the addresses of
    /// all statics in the same table.
    #[inline]
    pub(crate) const fn stand_in(number: usize) -> Self {
        Self(number)
    }

    /// The address as an integer: 0 for [`NONE`](Self::NONE).
    #[inline]
    pub(crate) const fn get(self) -> usize {
        self.0
    }

    /// Whether this is not [`NONE`](Self::NONE).
    #[inline]
    pub(crate) const fn is_some(self) -> bool {
        self.0 != 0
    }
}
