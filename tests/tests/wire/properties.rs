//! Properties of encoding and decoding, with arbitrary tags and with arbitrary bytes.

use std::collections::BTreeMap;

use census::{DecodeErrorKind, EncodeError, TagFilter, TagKey, TagMap, TagValue};
use census_tests::wire;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::Union;

use crate::map;

/// Tag values by the names of their keys.
type Tags = BTreeMap<String, String>;

/// Names of keys: often short and similar, sometimes of the maximal length.
fn name() -> impl Strategy<Value = String> {
    Union::new_weighted(vec![
        (4, "[ -~]{1,3}"),
        (4, "[a-c/%]{1,2}"),
        (1, "[ -~]{250,255}"),
    ])
}

/// Values that the binary format can carry: printable ASCII.
fn ascii_value() -> impl Strategy<Value = String> {
    Union::new_weighted(vec![(4, "[ -~]{0,5}"), (1, "[ -~]{120,255}")])
}

/// Any values.
fn any_value() -> impl Strategy<Value = String> {
    let any = "(?s).{0,60}".prop_filter("at most 255 bytes", |value| value.len() <= 255);
    prop_oneof![ascii_value(), any]
}

/// The size of tags as the limit of 8192 bytes counts it.
fn size(tags: &Tags) -> usize {
    tags.iter()
        .map(|(key, value)| key.len() + value.len())
        .sum()
}

/// A length as a varint, with `padding` bytes more than needed.
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
        *bytes.last_mut().expect("at least one byte") |= 128;
        bytes.push(0);
    }
    bytes
}

/// A field of the binary format: a length, which is sometimes wrong, and bytes.
fn field(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let wrong_length = Union::new_weighted(vec![
        (40, Just(None).boxed()),
        (1, any::<u64>().prop_map(Some).boxed()),
    ]);
    let padding = Union::new_weighted(vec![(10, 0..1_usize), (2, 1..9), (1, 9..12)]);
    (bytes, wrong_length, padding).prop_map(|(bytes, wrong_length, padding)| {
        let length = wrong_length.unwrap_or(bytes.len() as u64);
        [varint(length, padding), bytes].concat()
    })
}

/// Bytes that look like encoded tags: most are valid, many have one mistake.
fn almost_tags() -> impl Strategy<Value = Vec<u8>> {
    let key = prop_oneof![9 => name().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..300)];
    let value =
        prop_oneof![9 => ascii_value().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..300)];
    let id = prop_oneof![30 => Just(0_u8), 1 => any::<u8>()];
    let tag = (id, field(key), field(value))
        .prop_map(|(id, key, value)| [vec![id], key, value].concat())
        .boxed();
    let version = prop_oneof![30 => Just(0_u8), 1 => any::<u8>()];
    let tags = prop_oneof![8 => vec(tag.clone(), 0..6), 1 => vec(tag, 0..120)];
    let length = prop_oneof![4 => Just(usize::MAX), 1 => 0..100_usize];
    (version, tags, length).prop_map(|(version, tags, length)| {
        let mut bytes = [vec![version], tags.concat()].concat();
        bytes.truncate(length);
        bytes
    })
}

/// Bytes that look like a header `baggage`.
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

/// A filter in the words of OpenCensus's specification of tag propagation.
#[derive(Clone, Debug)]
struct Rule {
    include: bool,
    operator: &'static str,
    operand: String,
}

impl Rule {
    fn filter(&self) -> TagFilter<'_> {
        match (self.include, self.operator) {
            (true, "EQUAL") => TagFilter::include(&self.operand),
            (true, "NOTEQUAL") => TagFilter::include_all_but(&self.operand),
            (true, _) => TagFilter::include_prefix(&self.operand),
            (false, "EQUAL") => TagFilter::exclude(&self.operand),
            (false, "NOTEQUAL") => TagFilter::exclude_all_but(&self.operand),
            (false, _) => TagFilter::exclude_prefix(&self.operand),
        }
    }
}

fn passes(rules: &[Rule], key: &str) -> bool {
    for rule in rules {
        let condition = match rule.operator {
            "EQUAL" => key == rule.operand,
            "NOTEQUAL" => key != rule.operand,
            _ => key.strip_prefix(rule.operand.as_str()).is_some(),
        };
        if condition {
            return rule.include;
        }
    }
    rules.is_empty()
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let operator = prop_oneof![Just("EQUAL"), Just("NOTEQUAL"), Just("HAS_PREFIX")];
    let rule =
        (any::<bool>(), operator, "[a-c]{0,2}").prop_map(|(include, operator, operand)| Rule {
            include,
            operator,
            operand,
        });
    vec(rule, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_decoded_as_by_the_simple_decoder(bytes in vec(any::<u8>(), 0..100)) {
        wire::check_binary(&bytes);
        wire::check_binary(&[vec![0, 0], bytes].concat());
    }

    #[test]
    fn almost_valid_bytes_are_decoded_as_by_the_simple_decoder(bytes in almost_tags()) {
        wire::check_binary(&bytes);
    }

    #[test]
    fn binary_round_trip(tags in btree_map(name(), ascii_value(), 0..20)) {
        let encoded = wire::check_binary_round_trip(&map(&tags));
        prop_assert_eq!(wire::simple_decode(&encoded), Ok(tags));
    }

    #[test]
    fn values_that_are_not_ascii_are_omitted_and_counted(tags in btree_map(name(), any_value(), 0..20)) {
        let encoded = map(&tags).encode().expect("at most 8192 bytes");
        let (ascii, not_ascii): (Tags, Tags) = tags
            .into_iter()
            .partition(|(_, value)| value.chars().all(|c| (' '..='~').contains(&c)));
        let omitted = encoded.omitted();
        prop_assert_eq!((omitted.not_ascii, omitted.total()), (not_ascii.len(), not_ascii.len()));
        prop_assert_eq!(TagMap::decode(&encoded.into_inner()), Ok(map(&ascii)));
    }

    #[test]
    fn more_than_8192_bytes_are_rejected(tags in btree_map("[a-z]{1,9}", "[ -~]{180,255}", 25..50)) {
        let encoded = map(&tags).encode();
        let expected = size(&tags);
        if expected <= 8192 {
            prop_assert!(encoded.is_ok());
        } else {
            let rejected = matches!(encoded, Err(EncodeError { size, .. }) if size == expected);
            prop_assert!(rejected);
        }
    }

    #[test]
    fn concatenated_messages_are_merged(
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
    fn arbitrary_bytes_are_read_as_a_header(header in vec(any::<u8>(), 0..100)) {
        wire::check_baggage(&header);
    }

    #[test]
    fn almost_valid_bytes_are_read_as_a_header(header in almost_baggage()) {
        wire::check_baggage(&header);
    }

    #[test]
    fn baggage_round_trip(tags in btree_map(name(), any_value(), 0..8)) {
        let as_map = map(&tags);
        prop_assert_eq!(&wire::check_baggage_round_trip(&as_map, 0), &as_map);
        prop_assert_eq!(wire::values_by_name(&as_map), tags);
    }

    #[test]
    fn tags_over_the_limit_are_omitted_and_counted(tags in btree_map("[a-zA-Z]{1,9}", any_value(), 50..80)) {
        let tags = map(&tags);
        let written = tags.to_baggage();
        let over_limit = written.omitted().over_limit;
        let again = wire::check_baggage_round_trip(&tags, over_limit);
        // No tag was omitted that would fit.
        let smallest = tags.iter().filter(|(key, _)| again.get(key).is_none()).map(|(key, value)| {
            let mut one = TagMap::new();
            one.insert(key, value.clone());
            one.to_baggage().into_inner().len()
        }).min();
        let length = written.into_inner().len();
        let is_full = |smallest| again.len() == 64 || length + ",".len() + smallest > 8192;
        prop_assert!(smallest.is_none_or(is_full));
    }

    #[test]
    fn percent_encoding_is_compatible(key in "[a-z]{1,3}", value in any_value()) {
        let written = map([(&key, &value)]).to_baggage().into_inner();
        let (_, encoded) = written.split_once('=').expect("a member");
        prop_assert_eq!(percent_decode_str(encoded).decode_utf8().expect("UTF-8"), value.as_str());

        let theirs = format!("{key}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
        prop_assert_eq!(wire::values_by_name(&TagMap::from_baggage(theirs)), Tags::from([(key, value)]));
    }

    #[test]
    fn percent_decoding_is_compatible(value in "([a-z%]|%[0-9a-fA-F]{2}){0,40}") {
        let expected = percent_decode_str(&value).decode_utf8_lossy().into_owned();
        let read = wire::values_by_name(&TagMap::from_baggage(format!("k={value}")));
        prop_assert_eq!(read, Tags::from([("k".to_owned(), expected)]));
    }

    #[test]
    fn filters_are_those_of_opencensus(values in btree_map("[a-c]{1,3}", "[a-c]{0,2}", 0..9), rules in rules()) {
        let filters: Vec<TagFilter> = rules.iter().map(Rule::filter).collect();
        let tags = map(&values);
        let passed: Tags = values.into_iter().filter(|(key, _)| passes(&rules, key)).collect();
        prop_assert_eq!(tags.outgoing(&filters), map(&passed));
        prop_assert_eq!(tags.incoming(&filters), map(&passed));

        // Filters do not let local tags leave.
        let mut with_local = TagMap::new();
        with_local.insert(&TagKey::new_local("a_local_one").expect("a name"), TagValue::new("").expect("short"));
        prop_assert!(with_local.outgoing(&filters).is_empty());
        prop_assert_eq!(with_local.incoming(&filters).len(), usize::from(passes(&rules, "a_local_one")));
    }
}
