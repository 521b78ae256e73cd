//! `census::catalogue`: what it says of the measures, tag keys and views of a program.

use census::testing::isolate;
use census::{CatalogueError, CatalogueView, Measure, View, ViewState, measure, view};

#[measure]
static REQUESTS: Measure<u64>;

// Not in the order of their names.
view! {
    static ZERO: Count<REQUESTS> { name: "z" }
    #[optional]
    static ON_REQUEST: Count<REQUESTS> { name: "on_request" }
    #[optional]
    static CLASHES: Sum<REQUESTS> { name: "z" }
    static REJECTED: Sum<REQUESTS> { name: "z" }
    static EQUAL: Count<REQUESTS> { name: "z" }
}

/// The views whose places are in this file.
fn listed() -> Vec<CatalogueView> {
    let mut views = census::catalogue().views;
    views.retain(|view| view.origin.file() == file!());
    views
}

#[test]
fn catalogue_tells_the_views_and_their_states() -> Result<(), CatalogueError> {
    use ViewState::{Optional, Registered, Rejected, Unregistered};
    let _isolated = isolate();
    let assert_states = |expected: &[(&str, bool, ViewState)]| {
        let views = listed();
        let states: Vec<_> = views
            .iter()
            .map(|view| (view.name.as_str(), view.optional, view.state))
            .collect();
        assert_eq!(states, expected);
    };
    assert_states(&[
        ("z", false, Registered),
        ("on_request", true, Optional),
        ("z", true, Optional),
        ("z", false, Rejected),
        ("z", false, Registered),
    ]);
    let origins: Vec<_> = listed().iter().map(|view| view.origin).collect();
    let declared = [
        ZERO.origin(),
        ON_REQUEST.origin(),
        CLASHES.origin(),
        REJECTED.origin(),
        EQUAL.origin(),
    ];
    assert_eq!(origins, declared);

    // What changes, changes in its place. A rejected optional view stays optional.
    ON_REQUEST.register()?;
    assert!(CLASHES.register().is_err());
    assert!(ZERO.unregister());
    assert_states(&[
        ("z", false, Unregistered),
        ("on_request", true, Registered),
        ("z", true, Optional),
        ("z", false, Rejected),
        ("z", false, Unregistered),
    ]);

    // The name is free, so the optional view takes it. The rejected one is rejected again.
    CLASHES.register()?;
    assert!(ZERO.register().is_err());
    assert!(ON_REQUEST.unregister());
    // `REJECTED` has the definition of `CLASHES`, so it is the same view.
    assert_states(&[
        ("z", false, Unregistered),
        ("on_request", true, Optional),
        ("z", true, Registered),
        ("z", false, Registered),
        ("z", false, Unregistered),
    ]);

    // Views that are made at run time are listed while they are registered. Their places have no crate: they come first.
    let built = View::count("b", &REQUESTS).build()?;
    let [later, earlier] = ["y", "x"].map(|name| View::count(name, &REQUESTS).register());
    let (later, earlier) = (later?, earlier?);
    assert_eq!(later.origin(), earlier.origin());
    let names = || listed().into_iter().map(|view| view.name).take(3);
    assert!(names().eq(["x", "y", "z"]));
    built.register()?;
    assert!(names().eq(["b", "x", "y"]));
    let first = &listed()[0];
    assert_eq!(first.origin, built.origin());
    assert_eq!((first.optional, first.state), (false, Registered));
    assert!(built.unregister());
    assert!(names().eq(["x", "y", "z"]));
    Ok(())
}

#[test]
fn built_in_views_are_listed() {
    let _isolated = isolate();
    let catalogue = census::catalogue();
    let mut views = catalogue.views.iter();
    let calls = census::calls::CALLS.origin();
    let calls = views.find(|view| view.origin == calls);
    assert_eq!(
        calls.map(|view| view.name.as_str()),
        Some("function_calls_total")
    );
}

#[test]
fn rejected_declarations_are_problems_and_the_others_are_listed() {
    let _isolated = isolate();
    let catalogue = census::catalogue();
    let problems = census::check().expect_err("this program has mistakes");
    assert_eq!(catalogue.problems, problems.problems());
    // Of `mistakes`: three declarations, of which two are equal.
    let measures = catalogue.measures.iter();
    assert_eq!(measures.filter(|measure| measure.name == "n").count(), 2);
    let keys = catalogue.tag_keys.iter().filter(|key| key.name == "kind");
    let sets: Vec<_> = keys.map(|key| key.values.clone()).collect();
    assert_eq!(sets, [Some(vec!["large".to_owned(), "small".to_owned()])]);
    let local = catalogue.tag_keys.iter().find(|key| key.name == "a");
    assert_eq!(local.map(|key| key.local), Some(false));
    let is_rejected = |problem: &census::Problem| {
        let places = catalogue.measures.iter().map(|measure| measure.origin);
        let keys = catalogue.tag_keys.iter().map(|key| key.origin);
        places
            .chain(keys)
            .any(|place| place == problem.rejected_at())
    };
    assert!(!catalogue.problems.iter().any(is_rejected));
}
