//! Tags out of the process and back in, with arbitrary tags and with arbitrary bytes.

use std::collections::BTreeMap;

use census::{DecodeErrorKind, EncodeError, TagFilter, TagKey, TagMap, TagValue};
use census_tests::wire;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::Union;

type Texts = BTreeMap<String, String>;

/// Names of keys: often short and alike, sometimes as long as can be.
fn name() -> impl Strategy<Value = String> {
    Union::new_weighted(vec![
        (4, "[ -~]{1,3}"),
        (4, "[a-c/%]{1,2}"),
        (1, "[ -~]{250,255}"),
    ])
}

/// Values that the binary format can carry.
fn ascii() -> impl Strategy<Value = String> {
    Union::new_weighted(vec![(4, "[ -~]{0,5}"), (1, "[ -~]{120,255}")])
}

/// Any values.
fn text() -> impl Strategy<Value = String> {
    let any = "(?s).{0,60}".prop_filter("at most 255 bytes", |text| text.len() <= 255);
    prop_oneof![ascii(), any]
}

fn map(texts: &Texts) -> TagMap {
    let mut tags = TagMap::new();
    for (key, value) in texts {
        let key = TagKey::new(key.as_str()).expect("a name");
        tags.insert(&key, TagValue::new(value).expect("at most 255 bytes"));
    }
    tags
}

fn size(texts: &Texts) -> usize {
    texts
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum()
}

/// A length, sometimes in more bytes than it needs.
fn varint(len: u64, padding: usize) -> Vec<u8> {
    let low = |rest: u64| (rest % 128).to_le_bytes()[0];
    let mut bytes = Vec::new();
    let mut rest = len;
    while rest >= 128 {
        bytes.push(low(rest) | 128);
        rest /= 128;
    }
    bytes.push(low(rest));
    for _ in 0..padding {
        *bytes.last_mut().expect("one at least") |= 128;
        bytes.push(0);
    }
    bytes
}

/// A text with its length, which is sometimes wrong.
fn field(text: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let lie = Union::new_weighted(vec![
        (40, Just(None).boxed()),
        (1, any::<u64>().prop_map(Some).boxed()),
    ]);
    let padding = Union::new_weighted(vec![(10, 0..1_usize), (2, 1..9), (1, 9..12)]);
    (text, lie, padding).prop_map(|(text, lie, padding)| {
        [varint(lie.unwrap_or(text.len() as u64), padding), text].concat()
    })
}

/// Bytes that look like tags: most are, many have something wrong.
fn almost_tags() -> impl Strategy<Value = Vec<u8>> {
    let key = prop_oneof![9 => name().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..300)];
    let value =
        prop_oneof![9 => ascii().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..300)];
    let id = prop_oneof![30 => Just(0_u8), 1 => any::<u8>()];
    let tag = (id, field(key), field(value))
        .prop_map(|(id, key, value)| [vec![id], key, value].concat())
        .boxed();
    let version = prop_oneof![30 => Just(0_u8), 1 => any::<u8>()];
    let tags = prop_oneof![8 => vec(tag.clone(), 0..6), 1 => vec(tag, 0..120)];
    let cut = prop_oneof![4 => Just(usize::MAX), 1 => 0..100_usize];
    (version, tags, cut).prop_map(|(version, tags, cut)| {
        let mut bytes = [vec![version], tags.concat()].concat();
        bytes.truncate(cut);
        bytes
    })
}

/// Text that looks like a header.
fn almost_baggage() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => "[a-c]{1,2} ?= ?[a-z+]{0,3}".prop_map(String::into_bytes),
        4 => "(%[0-9A-Fa-f]{2}|[=;\\t \"\\\\%a/]){1,4}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..4),
        6 => Just(b",".to_vec()),
        1 => "[a-z]{250,260}".prop_map(String::into_bytes),
    ];
    vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

/// What OpenCensus says of filters, word for word.
#[derive(Clone, Debug)]
struct Rule {
    include: bool,
    operator: &'static str,
    text: String,
}

impl Rule {
    fn filter(&self) -> TagFilter<'_> {
        match (self.include, self.operator) {
            (true, "EQUAL") => TagFilter::include(&self.text),
            (true, "NOTEQUAL") => TagFilter::include_all_but(&self.text),
            (true, _) => TagFilter::include_prefix(&self.text),
            (false, "EQUAL") => TagFilter::exclude(&self.text),
            (false, "NOTEQUAL") => TagFilter::exclude_all_but(&self.text),
            (false, _) => TagFilter::exclude_prefix(&self.text),
        }
    }
}

fn passes(rules: &[Rule], key: &str) -> bool {
    for rule in rules {
        let condition = match rule.operator {
            "EQUAL" => key == rule.text,
            "NOTEQUAL" => key != rule.text,
            _ => key.strip_prefix(rule.text.as_str()).is_some(),
        };
        if condition {
            return rule.include;
        }
    }
    rules.is_empty()
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let operator = prop_oneof![Just("EQUAL"), Just("NOTEQUAL"), Just("HAS_PREFIX")];
    let rule = (any::<bool>(), operator, "[a-c]{0,2}").prop_map(|(include, operator, text)| Rule {
        include,
        operator,
        text,
    });
    vec(rule, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_decoded_as_the_simple_decoder_does(bytes in vec(any::<u8>(), 0..100)) {
        wire::binary(&bytes);
        wire::binary(&[vec![0, 0], bytes].concat());
    }

    #[test]
    fn so_are_bytes_that_look_like_tags(bytes in almost_tags()) {
        wire::binary(&bytes);
    }

    #[test]
    fn tags_that_are_encoded_and_decoded_are_the_same(texts in btree_map(name(), ascii(), 0..20)) {
        let tags = map(&texts);
        let encoded = wire::binary_round_trip(&tags);
        prop_assert_eq!(wire::simple_decode(&encoded), Ok(texts));
    }

    #[test]
    fn what_is_not_ascii_is_left_out_and_counted(texts in btree_map(name(), text(), 0..20)) {
        let encoded = map(&texts).encode().expect("at most 8192 bytes");
        let (can_go, cannot): (Texts, Texts) = texts
            .into_iter()
            .partition(|(_, value)| value.chars().all(|c| (' '..='~').contains(&c)));
        let left_out = encoded.omitted();
        prop_assert_eq!((left_out.not_ascii, left_out.total()), (cannot.len(), cannot.len()));
        prop_assert_eq!(TagMap::decode(encoded.as_bytes()), Ok(map(&can_go)));
    }

    #[test]
    fn only_more_than_8192_bytes_are_refused(texts in btree_map("[a-z]{1,9}", "[ -~]{180,255}", 25..50)) {
        let encoded = map(&texts).encode();
        if size(&texts) <= 8192 {
            prop_assert!(encoded.is_ok());
        } else {
            let refused = matches!(encoded, Err(EncodeError { size: said, .. }) if said == size(&texts));
            prop_assert!(refused);
        }
    }

    #[test]
    fn two_messages_one_after_the_other_are_both(
        a in btree_map(name(), "[ -~]{200,255}", 0..20),
        b in btree_map(name(), "[ -~]{200,255}", 0..20),
    ) {
        let first = map(&a).encode().expect("small").into_inner();
        let second = map(&b).encode().expect("small").into_inner();
        let decoded = TagMap::decode(&[&first[..], &second[1..]].concat());
        if size(&a) + size(&b) <= 8192 {
            let mut both = a;
            both.extend(b);
            prop_assert_eq!(decoded, Ok(map(&both)));
        } else {
            prop_assert_eq!(decoded.map_err(|error| error.kind()), Err(DecodeErrorKind::TooLarge));
        }
    }

    #[test]
    fn any_bytes_are_read_as_a_header(header in vec(any::<u8>(), 0..100)) {
        wire::baggage(&header);
    }

    #[test]
    fn so_is_what_looks_like_a_header(header in almost_baggage()) {
        wire::baggage(&header);
    }

    #[test]
    fn tags_that_are_written_and_read_are_the_same(texts in btree_map(name(), text(), 0..8)) {
        let tags = map(&texts);
        prop_assert_eq!(&wire::baggage_round_trip(&tags, 0), &tags);
        prop_assert_eq!(wire::texts(&tags), texts);
    }

    #[test]
    fn what_has_no_room_is_left_out_and_counted(texts in btree_map("[a-zA-Z]{1,9}", text(), 50..80)) {
        let tags = map(&texts);
        let written = tags.to_baggage();
        let over_limit = written.omitted().over_limit;
        let again = wire::baggage_round_trip(&tags, over_limit);
        // Nothing was left out that had room.
        let smallest = tags.iter().filter(|(key, _)| again.get(key).is_none()).map(|(key, value)| {
            let mut one = TagMap::new();
            one.insert(key, value.clone());
            one.to_baggage().len()
        }).min();
        let is_full = |smallest| again.len() == 64 || written.len() + ",".len() + smallest > 8192;
        prop_assert!(smallest.is_none_or(is_full));
    }

    #[test]
    fn percent_encoding_is_what_others_take_it_for(key in "[a-z]{1,3}", value in text()) {
        let written = map(&Texts::from([(key.clone(), value.clone())])).to_baggage();
        let (_, encoded) = written.as_str().split_once('=').expect("a member");
        prop_assert_eq!(percent_decode_str(encoded).decode_utf8().expect("UTF-8"), value.as_str());

        let theirs = format!("{key}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
        prop_assert_eq!(wire::texts(&TagMap::from_baggage(theirs)), Texts::from([(key, value)]));
    }

    #[test]
    fn any_escapes_are_read_as_others_read_them(value in "([a-z%]|%[0-9a-fA-F]{2}){0,40}") {
        let expected = percent_decode_str(&value).decode_utf8_lossy().into_owned();
        let read = wire::texts(&TagMap::from_baggage(format!("k={value}")));
        prop_assert_eq!(read, Texts::from([("k".to_owned(), expected)]));
    }

    #[test]
    fn filters_do_what_opencensus_says(texts in btree_map("[a-c]{1,3}", "[a-c]{0,2}", 0..9), rules in rules()) {
        let filters: Vec<TagFilter> = rules.iter().map(Rule::filter).collect();
        let tags = map(&texts);
        let passed: Texts = texts.into_iter().filter(|(key, _)| passes(&rules, key)).collect();
        prop_assert_eq!(tags.outgoing(&filters), map(&passed));
        prop_assert_eq!(tags.incoming(&filters), map(&passed));

        // Local tags do not leave, whatever the filters say.
        let mut with_local = TagMap::new();
        with_local.insert(&TagKey::new_local("a_local_one").expect("a name"), TagValue::new("").expect("short"));
        prop_assert!(with_local.outgoing(&filters).is_empty());
        prop_assert_eq!(with_local.incoming(&filters).len(), usize::from(passes(&rules, "a_local_one")));
    }
}
