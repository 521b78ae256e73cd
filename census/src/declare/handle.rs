//! A reference to a declaration that stands in a `static`, or that was made at run time. One type serves for both, so
//! that the code behind it is written once.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Weak};

/// `&'static T` or `Arc<T>`. It is public because a hidden method of a public trait returns it; nothing exports it.
#[doc(hidden)]
pub enum Handle<T: ?Sized + 'static> {
    Static(&'static T),
    Shared(Arc<T>),
}

impl<T: ?Sized> Handle<T> {
    /// Whether both refer to the same object.
    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(&raw const **self, &raw const **other)
    }
}

/// A handle that does not keep its object alive.
pub(crate) enum WeakHandle<T: ?Sized + 'static> {
    Static(&'static T),
    Shared(Weak<T>),
}

impl<T: ?Sized> Handle<T> {
    pub(crate) fn downgrade(&self) -> WeakHandle<T> {
        match self {
            Self::Static(value) => WeakHandle::Static(value),
            Self::Shared(value) => WeakHandle::Shared(Arc::downgrade(value)),
        }
    }
}

impl<T: ?Sized> WeakHandle<T> {
    /// A handle, if the object is still alive.
    pub(crate) fn upgrade(&self) -> Option<Handle<T>> {
        match self {
            Self::Static(value) => Some(Handle::Static(value)),
            Self::Shared(value) => value.upgrade().map(Handle::Shared),
        }
    }

    /// Whether it refers to this object.
    #[cfg(feature = "testing")]
    pub(crate) fn is(&self, object: &T) -> bool {
        let address = match self {
            Self::Static(value) => &raw const **value,
            Self::Shared(value) => value.as_ptr(),
        };
        std::ptr::addr_eq(address, object)
    }
}

impl<T: ?Sized> Deref for Handle<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Static(value) => value,
            Self::Shared(value) => value,
        }
    }
}

impl<T: ?Sized> Clone for Handle<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(value) => Self::Static(value),
            Self::Shared(value) => Self::Shared(Arc::clone(value)),
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
