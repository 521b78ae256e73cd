//! Which tags leave the process and which come in: local keys, and filters.

use census::{
    CatalogueError, Measure, TagFilter, TagKey, TagMap, TagValue, measure, tag, tags, view,
};
use census_tests::rows::row;

use crate::pairs;

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

#[test]
fn received_tags_label_rows() {
    let received = TagMap::from_baggage("myorg%2Ftenant=acme,session=s,other=x");
    received.scope(|| BYTES.record(7));
    let labels = tags!(TENANT = "acme", SESSION = "s");
    assert_eq!(row(&SENT, &labels), Some(7_u64.into()));
}

#[test]
fn local_tags_do_not_leave() {
    let local_only = tags!(SESSION = "secret");
    let encoded = local_only.encode().expect("small");
    assert_eq!(encoded.omitted().local, 1);
    assert_eq!(encoded.into_inner(), [0]);
    assert_eq!(local_only.to_baggage().into_inner(), "");

    for received in [
        TagMap::from_baggage("session=from-outside,method=GET"),
        TagMap::decode(b"\0\0\x07session\x01x\0\x06method\x03GET").expect("tags"),
    ] {
        // A received tag of a local key can be read, and does not leave either.
        assert!(received.get(&SESSION).is_some());
        assert_eq!(received.to_baggage().into_inner(), "method=GET");
        assert_eq!(received.encode().expect("small").omitted().local, 1);
        assert_eq!(received.outgoing(&[]), tags!(METHOD = "GET"));
        assert_eq!(received.incoming(&[]).len(), 2);
    }
}

#[test]
fn local_keys_made_at_run_time() -> Result<(), CatalogueError> {
    let header = "made_local=x,made=y";
    let forwarded = || TagMap::from_baggage(header).to_baggage().into_inner();
    assert_eq!(forwarded(), "made=y,made_local=x");
    let local = TagKey::new_local("made_local")?;
    let plain = TagKey::new("made")?;
    assert_eq!(forwarded(), "made=y");
    // With its last handle, the key is gone.
    drop(local);
    assert_eq!(forwarded(), "made=y,made_local=x");
    drop(plain);
    Ok(())
}

#[test]
fn local_key_blocks_same_name() -> Result<(), CatalogueError> {
    mod elsewhere {
        use census::{TagKey, tag};

        /// A mistake that `census::check` reports: elsewhere the key of this name is local.
        #[tag(name = "session")]
        pub static NOT_LOCAL: TagKey;
    }
    let not_local = tags!(elsewhere::NOT_LOCAL = "secret");
    // These tags are received before the key is made.
    let received = TagMap::from_baggage("made_later=secret");
    let _made_later = TagKey::new_local("made_later")?;
    for tags in [not_local, received] {
        assert_eq!(tags.len(), 1);
        assert_eq!(tags.to_baggage().into_inner(), "");
        assert_eq!(tags.encode().expect("small").into_inner(), [0]);
        assert_eq!(tags.to_baggage().omitted().local, 1);
        assert!(tags.outgoing(&[]).is_empty());
    }
    Ok(())
}

#[test]
fn received_keys_are_not_registered() -> Result<(), CatalogueError> {
    let received = TagMap::from_baggage("only_received=x");
    let (key, _) = received.iter().next().expect("a tag");
    assert_eq!((key.origin().file(), key.is_local()), ("<received>", false));
    // A registered key that is not local would be a conflict.
    let local = TagKey::new_local("only_received")?;
    assert_eq!(received.get(&local).map(TagValue::as_str), Some("x"));
    Ok(())
}

#[test]
fn first_matching_filter_decides() {
    let tags = TagMap::from_baggage("a=1,ab=2,b=3,session=4");
    let names = |filters: &[TagFilter]| {
        let (outgoing, incoming) = (tags.outgoing(filters), tags.incoming(filters));
        let names = |tags: &TagMap| {
            pairs(tags)
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
