//! What bytes from a stranger may cost: memory of the order of their length, and never more than a limit.

use std::alloc::System;

use census::TagMap;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes allocated for a byte of input, at most: a tag of four bytes becomes a key with its name, a value, and a place
/// in the map and in what was read before it.
const FACTOR: usize = 50;

/// Bytes allocated whatever the input is.
const ALWAYS: usize = 512;

/// Bytes allocated for input of any length: 4096 keys of two bytes are the most that is let in.
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

/// Many tags with different keys, as short as can be.
fn many(count: usize, value: &str) -> Vec<u8> {
    let keys = (' '..='~').flat_map(|a| (' '..='~').map(move |b| format!("{a}{b}")));
    let tags = keys.take(count).flat_map(|key| tag(&key, value));
    std::iter::once(0).chain(tags).collect()
}

/// What is meant to cost much, and whether it is read at all.
fn binary_shapes() -> Vec<(&'static str, Vec<u8>, bool)> {
    let repeated = |tag: &[u8], count: usize| [&[0], tag.repeat(count).as_slice()].concat();
    let length = |tail: &[u8]| [&[0, 0], tail].concat();
    vec![
        ("nothing", vec![], false),
        ("no tags", vec![0], true),
        ("one tag", repeated(&tag("k", "v"), 1), true),
        ("as many keys as there may be", many(4096, ""), true),
        ("with values", many(2730, "v"), true),
        ("one key more", many(4097, ""), false),
        ("one key 8192 times", repeated(&tag("k", ""), 8192), true),
        ("and once more", repeated(&tag("k", ""), 8193), false),
        (
            "a million times",
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
        ("a varint without end", length(&vec![0x80; 100_000]), false),
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
        ("as many keys as are read", numbered(64), true),
        ("a million keys", numbered(1_000_000), true),
        ("one key a million times", long("k=v,", 1_000_000), true),
        ("commas", long(",", 10_000_000), false),
        (
            "a value of ten million bytes",
            [b"k=".to_vec(), long("v", 10_000_000)].concat(),
            false,
        ),
        (
            "a value that fills the room",
            [b"k=".to_vec(), long("%FF", 2730)].concat(),
            false,
        ),
        (
            "a key that fills the room",
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

/// Reads an input, and says what that allocated, all in all. (No less than it ever held at once.)
fn check(shape: &str, bytes: &[u8], is_read: bool, read: fn(&[u8]) -> bool) -> usize {
    // What is made once in a program is made before.
    read(bytes);
    let region = Region::new(ALLOCATOR);
    let found = read(bytes);
    let change = region.change();
    let allocated = change.bytes_allocated;
    assert_eq!(found, is_read, "{shape}");
    let allowed = (FACTOR * bytes.len() + ALWAYS).min(LIMIT);
    assert!(
        allocated <= allowed,
        "{shape}: {allocated} bytes for {}",
        bytes.len()
    );
    assert_eq!(
        change.bytes_deallocated, allocated,
        "{shape}: something was kept"
    );
    allocated
}

/// One test alone: the allocator counts what all threads do.
#[test]
fn memory_is_of_the_order_of_the_input() {
    let mut most = 0;
    for (shape, bytes, is_read) in binary_shapes() {
        most = most.max(check(shape, &bytes, is_read, read_binary));
        // Nor may it matter where it ends.
        for part in 1..8 {
            let cut = &bytes[..bytes.len() * part / 8];
            check(shape, cut, read_binary(cut), read_binary);
        }
    }
    // That the allocator counts.
    assert!(most > 4096 * 100, "{most}");
    for (shape, bytes, is_read) in baggage_shapes() {
        check(shape, &bytes, is_read, read_baggage);
    }
}
