//! Tags while a thread ends: destructors of thread-locals open scopes, in whatever order they run.

use std::cell::{Cell, RefCell};
use std::sync::mpsc::{Sender, channel};

use census::{Scope, TagKey, TagMap, TagValue, WithTags as _, tag, tags};
use census_tests::polling::poll_once;
use census_tests::threads::on_new_thread;

#[tag]
static PLACE: TagKey;

/// Sends the tags of scopes that it opens when it is dropped.
struct OpensScopes(Sender<Vec<Option<String>>>);

fn place() -> Option<String> {
    TagMap::current().get(&PLACE).map(TagValue::to_string)
}

impl Drop for OpensScopes {
    fn drop(&mut self) {
        let before = place();
        let in_scope = tags!(PLACE = "scope").scope(place);
        let entered = {
            let _scope = tags!(PLACE = "entered").enter();
            place()
        };
        let mut polled = None;
        let future = async { polled = place() }.with_tags(tags!(PLACE = "future"));
        assert!(poll_once(future).is_ready());
        self.0
            .send(vec![before, in_scope, entered, polled, place()])
            .expect("the test waits");
    }
}

thread_local! {
    static FIRST: Cell<Option<OpensScopes>> = const { Cell::new(None) };
    static SECOND: Cell<Option<OpensScopes>> = const { Cell::new(None) };
}

#[test]
fn scopes_have_their_tags_in_destructors_of_thread_locals() {
    let (sender, receiver) = channel();
    on_new_thread(|| {
        // The first one is made before the thread's first scope, the second one after it.
        FIRST.set(Some(OpensScopes(sender.clone())));
        assert_eq!(
            tags!(PLACE = "thread").scope(place).as_deref(),
            Some("thread")
        );
        SECOND.set(Some(OpensScopes(sender)));
    });
    let all: Vec<_> = receiver.iter().collect();
    let expected = [None, Some("scope"), Some("entered"), Some("future"), None];
    let expected = expected.map(|it| it.map(str::to_owned));
    assert_eq!(all, [expected.to_vec(), expected.to_vec()]);
}

/// Keeps a scope open until it is dropped, and sends its tags then.
struct HoldsAScope {
    sender: Sender<Option<String>>,
    _scope: Scope,
}

impl Drop for HoldsAScope {
    fn drop(&mut self) {
        self.sender.send(place()).expect("the test waits");
    }
}

thread_local! {
    static HOLDS_BEFORE: RefCell<Option<HoldsAScope>> = const { RefCell::new(None) };
    static HOLDS_AFTER: RefCell<Option<HoldsAScope>> = const { RefCell::new(None) };
}

#[test]
fn scope_that_a_thread_local_holds_is_open_until_its_destructor() {
    for holder in [&HOLDS_BEFORE, &HOLDS_AFTER] {
        let (sender, receiver) = channel();
        on_new_thread(|| {
            // The destructor of the thread-local that is used first runs first or last, depending on the system.
            HOLDS_BEFORE.with(|_| ());
            let held = HoldsAScope {
                sender,
                _scope: tags!(PLACE = "held").enter(),
            };
            holder.with(|holder| *holder.borrow_mut() = Some(held));
        });
        let held: Vec<_> = receiver.iter().collect();
        assert_eq!(held, [Some("held".to_owned())]);
    }
}
