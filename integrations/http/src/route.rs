//! The route of a request.

use std::borrow::Cow;
use std::cell::RefCell;

use census::{AsTagValue, TagValueRef};
use http::request::Parts;

/// A route, as a pattern such as `/users/{id}`.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    Text(Cow<'static, str>),
    /// Shares the router's text.
    #[cfg(feature = "axum")]
    Matched(axum::extract::MatchedPath),
}

impl Route {
    /// The route that a router has put into the request's extensions.
    pub(crate) fn matched(request: &Parts) -> Option<Self> {
        #[cfg(feature = "axum")]
        return request.extensions.get().cloned().map(Self::Matched);
        #[cfg(not(feature = "axum"))]
        {
            let _ = request;
            None
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            #[cfg(feature = "axum")]
            Self::Matched(path) => path.as_str(),
        }
    }
}

impl AsTagValue for Route {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::borrowed(self.as_str())
    }
}

/// The route of the request that this thread is working on at present.
enum Slot {
    /// No layer is polling.
    NoRequest,
    Request(Option<Route>),
}

thread_local! {
    static SLOT: RefCell<Slot> = const { RefCell::new(Slot::NoRequest) };
}

/// Says which route the request has that is being handled, where no router does: in a handler of a server whose
/// [`ServerLayer`](crate::ServerLayer) does not see what was matched. Replaces what the layer knows.
///
/// A route is a pattern, such as `/users/{id}`. A path of the request's own would make a row for each path that a client can
/// think of.
///
/// Returns whether a layer is measuring the request. It is not in a task that the handler has spawned, nor on another
/// thread: the layer knows only what runs within its own polls.
///
/// ```
/// assert!(!census_http::set_route("/users/{id}")); // outside of a request
/// ```
pub fn set_route(route: impl Into<Cow<'static, str>>) -> bool {
    let route = route.into();
    let set = |slot: &RefCell<Slot>| match &mut *slot.borrow_mut() {
        Slot::NoRequest => false,
        Slot::Request(current) => {
            *current = Some(Route::Text(route));
            true
        }
    };
    SLOT.try_with(set).unwrap_or(false)
}

/// Calls `f`, in which [`set_route`] replaces this route.
pub(crate) fn with_route<R>(route: &mut Option<Route>, f: impl FnOnce() -> R) -> R {
    let _current = Current {
        outer: replace(Slot::Request(route.take())),
        route,
    };
    f()
}

fn replace(slot: Slot) -> Slot {
    // A thread whose thread-locals are gone sets no routes.
    SLOT.try_with(|current| current.replace(slot))
        .unwrap_or(Slot::NoRequest)
}

/// Takes the route back at the end, also of a panic.
struct Current<'a> {
    outer: Slot,
    route: &'a mut Option<Route>,
}

impl Drop for Current<'_> {
    fn drop(&mut self) {
        let outer = std::mem::replace(&mut self.outer, Slot::NoRequest);
        if let Slot::Request(route) = replace(outer) {
            *self.route = route;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_within_another_has_a_route_of_its_own() {
        let (mut outer, mut inner) = (None, None);
        with_route(&mut outer, || {
            assert!(set_route("/outer"));
            with_route(&mut inner, || assert!(set_route("/inner")));
            assert!(set_route("/outer/again"));
        });
        assert!(!set_route("/nowhere"));
        assert_eq!(outer.as_ref().map(Route::as_str), Some("/outer/again"));
        assert_eq!(inner.as_ref().map(Route::as_str), Some("/inner"));
    }

    #[test]
    fn a_panic_keeps_the_route() {
        let mut route = None;
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            with_route(&mut route, || {
                set_route("/set");
                panic!("on purpose");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(route.as_ref().map(Route::as_str), Some("/set"));
        assert!(!set_route("/nowhere"));
    }
}
