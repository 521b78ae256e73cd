//! Reading tags from arbitrary bytes allocates memory proportional to their length, and never more than a limit.
//!
//! A program of its own with one test: the allocator counts for all threads.

use census::TagMap;
use census_tests::allocations::during;

census_tests::count_allocations!();

/// The most bytes that may be allocated for a byte of input. A tag of four bytes becomes a key with its name, a value,
/// an element of the map, and an element of the list that is sorted before.
const FACTOR: usize = 50;

/// Bytes that may be allocated for any input.
const ALWAYS: usize = 512;

/// The most bytes that may be allocated for any input: the longest input that is accepted has 4096 keys of two bytes.
const LIMIT: usize = 1 << 20;

fn read_binary(bytes: &[u8]) -> bool {
    TagMap::decode(bytes).is_ok()
}

fn read_baggage(bytes: &[u8]) -> bool {
    !TagMap::from_baggage(bytes).is_empty()
}

/// A tag, with lengths below 128.
fn tag(key: &str, value: &str) -> Vec<u8> {
    let len = |text: &str| u8::try_from(text.len()).expect("short");
    [
        &[0, len(key)],
        key.as_bytes(),
        &[len(value)],
        value.as_bytes(),
    ]
    .concat()
}

/// Many tags with different keys of two bytes.
fn many(count: usize, value: &str) -> Vec<u8> {
    let keys = (' '..='~').flat_map(|a| (' '..='~').map(move |b| format!("{a}{b}")));
    let tags = keys.take(count).flat_map(|key| tag(&key, value));
    std::iter::once(0).chain(tags).collect()
}

/// Inputs that are meant to be expensive, and whether they are accepted.
fn binary_shapes() -> Vec<(&'static str, Vec<u8>, bool)> {
    let repeated = |tag: &[u8], count: usize| [&[0], tag.repeat(count).as_slice()].concat();
    let length = |tail: &[u8]| [&[0, 0], tail].concat();
    vec![
        ("nothing", vec![], false),
        ("no tags", vec![0], true),
        ("one tag", repeated(&tag("k", "v"), 1), true),
        ("the largest number of keys", many(4096, ""), true),
        ("many keys with values", many(2730, "v"), true),
        ("one key more", many(4097, ""), false),
        ("one key 8192 times", repeated(&tag("k", ""), 8192), true),
        ("one key 8193 times", repeated(&tag("k", ""), 8193), false),
        (
            "one key a million times",
            repeated(&tag("k", "v"), 1_000_000),
            false,
        ),
        (
            "a length of 2^64 - 1",
            length(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
            false,
        ),
        (
            "a length of 2^40",
            length(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x20, b'k']),
            false,
        ),
        (
            "an unknown field 100,000 times",
            repeated(&[0x80], 100_000),
            true,
        ),
        ("an endless varint", length(&vec![0x80; 100_000]), false),
        (
            "a key of ten million bytes",
            [&[0, 0, 0x80, 0xad, 0xe2, 4][..], &vec![b'k'; 10_000_000]].concat(),
            false,
        ),
        (
            "an unknown field of ten million bytes",
            [vec![0, 1], vec![0; 10_000_000]].concat(),
            true,
        ),
        ("zeros", vec![0; 1_000_000], false),
    ]
}

fn baggage_shapes() -> Vec<(&'static str, Vec<u8>, bool)> {
    let numbered = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("{n}=")).collect();
        members.join(",").into_bytes()
    };
    let long = |piece: &str, count: usize| piece.repeat(count).into_bytes();
    vec![
        ("nothing", vec![], false),
        ("one member", b"k=v".to_vec(), true),
        ("the largest number of keys", numbered(64), true),
        ("a million keys", numbered(1_000_000), true),
        ("one key a million times", long("k=v,", 1_000_000), true),
        ("commas", long(",", 10_000_000), false),
        (
            "a value of ten million bytes",
            [b"k=".to_vec(), long("v", 10_000_000)].concat(),
            false,
        ),
        (
            "a value of the maximal size",
            [b"k=".to_vec(), long("%FF", 2730)].concat(),
            false,
        ),
        (
            "a key of the maximal size",
            [long("%41", 2730), b"=".to_vec()].concat(),
            false,
        ),
        (
            "values of replacement characters",
            long(&format!("k={},", "%FF".repeat(85)), 30),
            true,
        ),
        (
            "properties",
            [b"k=v".to_vec(), long(";p=v", 2000)].concat(),
            true,
        ),
        ("blanks", [long(" ", 8000), b"k=v".to_vec()].concat(), true),
        (
            "equal signs",
            [b"k".to_vec(), long("=", 200)].concat(),
            true,
        ),
    ]
}

/// Reads an input, and returns the sum of all allocations, which is at least the memory that was held at any moment.
fn check(shape: &str, bytes: &[u8], is_accepted: bool, read: fn(&[u8]) -> bool) -> usize {
    // The first call creates the data that a program creates once.
    read(bytes);
    let (accepted, stats) = during(|| read(bytes));
    let allocated = stats.bytes_allocated;
    assert_eq!(accepted, is_accepted, "{shape}");
    let allowed = (FACTOR * bytes.len() + ALWAYS).min(LIMIT);
    assert!(
        allocated <= allowed,
        "{shape}: {allocated} bytes for {}",
        bytes.len()
    );
    assert_eq!(
        stats.bytes_deallocated, allocated,
        "{shape}: some memory was kept"
    );
    allocated
}

#[test]
fn memory_is_proportional_to_the_input() {
    let mut most = 0;
    for (shape, bytes, is_accepted) in binary_shapes() {
        most = most.max(check(shape, &bytes, is_accepted, read_binary));
        // The same for truncated input.
        for part in 1..8 {
            let truncated = &bytes[..bytes.len() * part / 8];
            check(shape, truncated, read_binary(truncated), read_binary);
        }
    }
    // The allocator counts: otherwise all numbers would be 0.
    assert!(most > 4096 * 100, "{most}");
    for (shape, bytes, is_accepted) in baggage_shapes() {
        check(shape, &bytes, is_accepted, read_baggage);
    }
}
