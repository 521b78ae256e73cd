//! Tags on their way out of the process and back in: what leaves, what is let in, what is left out.

use census::{
    CatalogueError, Measure, TagFilter, TagKey, TagMap, TagValue, measure, tag, tags, view,
};

#[tag(local)]
static SESSION: TagKey;
#[tag(name = "myorg/tenant")]
static TENANT: TagKey;
#[tag]
static METHOD: TagKey;
#[measure]
static BYTES: Measure<u64>;

view! {
    static SENT: Sum<BYTES> by (TENANT, SESSION);
}

/// What is in a map, as text.
fn texts(tags: &TagMap) -> Vec<(&str, &str)> {
    tags.iter()
        .map(|(key, value)| (key.name(), value.as_str()))
        .collect()
}

#[test]
fn what_was_received_labels_views() {
    let received = TagMap::from_baggage("myorg%2Ftenant=acme,session=s,other=x");
    received.scope(|| BYTES.record(7));
    let labelled = tags!(TENANT = "acme", SESSION = "s");
    assert_eq!(SENT.data().get(&labelled), Some(&7_u64.into()));
}

#[test]
fn local_tags_never_leave_not_even_received_ones() {
    let local_only = tags!(SESSION = "secret");
    let encoded = local_only.encode().expect("small");
    assert_eq!((encoded.as_bytes(), encoded.omitted().local), (&[0][..], 1));
    assert_eq!(local_only.to_baggage().as_str(), "");

    for received in [
        TagMap::from_baggage("session=from-outside,method=GET"),
        TagMap::decode(b"\0\0\x07session\x01x\0\x06method\x03GET").expect("tags"),
    ] {
        // It is there, by the program's own key,
        assert!(received.get(&SESSION).is_some());
        // and stays.
        assert_eq!(received.to_baggage().as_str(), "method=GET");
        assert_eq!(received.encode().expect("small").omitted().local, 1);
        assert_eq!(received.outgoing(&[]), tags!(METHOD = "GET"));
        assert_eq!(received.incoming(&[]).len(), 2);
    }
}

#[test]
fn so_with_local_keys_made_at_run_time() -> Result<(), CatalogueError> {
    let header = "made_local=x,made=y";
    let leaves = |received: TagMap| received.to_baggage().into_inner();
    assert_eq!(leaves(TagMap::from_baggage(header)), "made=y,made_local=x");
    let local = TagKey::new_local("made_local")?;
    let plain = TagKey::new("made")?;
    assert_eq!(leaves(TagMap::from_baggage(header)), "made=y");
    drop(local);
    // The last handle is gone, so this program says nothing of the name any more.
    assert_eq!(leaves(TagMap::from_baggage(header)), "made=y,made_local=x");
    drop(plain);
    Ok(())
}

#[test]
fn what_is_said_to_stay_stays_also_by_other_keys_of_the_name() -> Result<(), CatalogueError> {
    mod elsewhere {
        use census::{TagKey, tag};

        /// A mistake, which `check` tells.
        #[tag(name = "session")]
        pub static NOT_LOCAL: TagKey;
    }
    let not_local = tags!(elsewhere::NOT_LOCAL = "secret");
    // Received before the key was made.
    let received = TagMap::from_baggage("made_later=secret");
    let _made_later = TagKey::new_local("made_later")?;
    for tags in [not_local, received] {
        assert_eq!(tags.len(), 1);
        assert_eq!(tags.to_baggage().as_str(), "");
        assert_eq!(tags.encode().expect("small").as_bytes(), [0]);
        assert_eq!(tags.to_baggage().omitted().local, 1);
        assert!(tags.outgoing(&[]).is_empty());
    }
    Ok(())
}

#[test]
fn received_keys_register_nothing() -> Result<(), CatalogueError> {
    let received = TagMap::from_baggage("only_received=x");
    let (key, _) = received.iter().next().expect("a tag");
    assert_eq!((key.origin().file(), key.is_local()), ("<received>", false));
    // If it were registered as a key that is not local, this would be refused.
    let local = TagKey::new_local("only_received")?;
    assert_eq!(received.get(&local).map(TagValue::as_str), Some("x"));
    Ok(())
}

#[test]
fn the_first_filter_that_meets_decides() {
    let tags = TagMap::from_baggage("a=1,ab=2,b=3,session=4");
    let names = |filters: &[TagFilter]| {
        let (outgoing, incoming) = (tags.outgoing(filters), tags.incoming(filters));
        let names = |tags: &TagMap| {
            texts(tags)
                .iter()
                .map(|(key, _)| *key)
                .collect::<Vec<_>>()
                .join(" ")
        };
        (names(&outgoing), names(&incoming))
    };
    let both = |all: &str| (all.to_owned(), all.to_owned());
    assert_eq!(names(&[]), ("a ab b".into(), "a ab b session".into()));
    assert_eq!(names(&[TagFilter::include("ab")]), both("ab"));
    assert_eq!(names(&[TagFilter::include_prefix("a")]), both("a ab"));
    assert_eq!(names(&[TagFilter::exclude("a")]), both(""));
    let all_but_b = [TagFilter::exclude("b"), TagFilter::include_prefix("")];
    assert_eq!(names(&all_but_b), ("a ab".into(), "a ab session".into()));
    assert_eq!(
        names(&[TagFilter::include_all_but("a")]),
        ("ab b".into(), "ab b session".into())
    );
    let only_b = [
        TagFilter::exclude_all_but("b"),
        TagFilter::include_prefix(""),
    ];
    assert_eq!(names(&only_b), both("b"));
    let shadowed = [TagFilter::include_prefix("a"), TagFilter::exclude("ab")];
    assert_eq!(names(&shadowed), both("a ab"));
    let nothing = [TagFilter::exclude_prefix(""), TagFilter::include("a")];
    assert_eq!(names(&nothing), both(""));
}
