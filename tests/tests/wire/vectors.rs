//! The program `tag_vectors`: the vectors of the binary format agree, and the program finds mistakes in vectors.

use std::path::Path;
use std::process::Command;

use census_tests::process::{self, Ended};
use serde_json::{Value, json};

fn compare(file: &Path) -> Ended {
    process::run(
        Command::new(env!("CARGO_BIN_EXE_tag_vectors")).arg(file),
        "",
    )
}

/// Runs the program on a file with these vectors.
fn compare_vectors(vectors: &Value) -> Ended {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("vectors.json");
    std::fs::write(&file, vectors.to_string()).expect("a file");
    compare(&file)
}

fn encode(tags: &Value, result: &Value) -> Ended {
    compare_vectors(&json!({"encode": [{"tags": tags, "result": result}]}))
}

fn decode(hex: &str, result: &Value) -> Ended {
    compare_vectors(&json!({"decode": [{"hex": hex, "result": result}]}))
}

#[test]
fn all_vectors_agree() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/tag_vectors.json");
    let ended = compare(&file);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{}",
        ended.stdout
    );
    assert_eq!(ended.stdout, "44 vectors, 0 differences\n");
}

#[test]
fn every_form_of_a_vector_can_be_read() {
    let ab = json!([["a", "1"], ["b", "2"]]);
    for (tags, result) in [
        (
            &ab,
            json!({"hex": "00 00 01 61 01 31 00 01 62 01 32".replace(' ', "")}),
        ),
        // Tags may be in any order.
        (
            &ab,
            json!({"hex": "00 00 01 62 01 32 00 01 61 01 31".replace(' ', "")}),
        ),
        (
            &json!({"a": "1", "b": "2"}),
            json!({"hex": "00000161013100016201 32".replace(' ', ""), "left_out": 0}),
        ),
        (
            &json!([["a", "1", 0], ["b", "\n"], ["c", "", true]]),
            json!({"hex": "00", "left_out": 3}),
        ),
        // A later tag replaces the value, and whether the tag is local.
        (
            &json!([["a", "1"], ["a", "2", 0]]),
            json!({"hex": "00", "left_out": 1}),
        ),
        (
            &json!([["a", "1", 0], ["a", "1", -1]]),
            json!({"hex": "000001610131"}),
        ),
        (&json!([["", "1"]]), json!({"error": "key"})),
        (&json!([["a", "x".repeat(256)]]), json!({"error": "value"})),
    ] {
        let ended = encode(tags, &result);
        assert_eq!(
            ended.code,
            Some(0),
            "{tags} {result}: {}{}",
            ended.stdout,
            ended.stderr
        );
    }
    let tags = json!({"tags": [["a", "1"]]});
    assert_eq!(decode("000001610131", &tags).code, Some(0));
}

#[test]
fn every_difference_is_found() {
    let one = json!([["a", "1"]]);
    for (tags, result) in [
        (&one, json!({"hex": "000001610132"})),
        (&one, json!({"hex": "00"})),
        // A length with a padding byte.
        (&one, json!({"hex": "00008100610131"})),
        // An unknown field after the tag.
        (&one, json!({"hex": "000001610131ff"})),
        (&one, json!({"error": "size"})),
        (&one, json!({"hex": "000001610131", "left_out": 1})),
        (&json!([["a", "1", 0]]), json!({"hex": "000001610131"})),
    ] {
        let ended = encode(tags, &result);
        assert_eq!(
            ended.code,
            Some(1),
            "{tags} {result}: {}{}",
            ended.stdout,
            ended.stderr
        );
        assert!(ended.stdout.contains("encode 0, "), "{}", ended.stdout);
    }
    for (hex, result) in [
        ("000001610131", json!({"tags": {}})),
        ("000001610131", json!({"tags": {"a": "2"}})),
        ("000001610131", json!({"tags": {"a": "1", "b": ""}})),
        ("000001610131", json!({"error": "truncated"})),
        ("0000016101", json!({"error": "varint"})),
        ("0000016101", json!({"tags": {"a": "1"}})),
    ] {
        let ended = decode(hex, &result);
        assert_eq!(
            ended.code,
            Some(1),
            "{hex} {result}: {}{}",
            ended.stdout,
            ended.stderr
        );
        assert!(
            ended.stdout.ends_with("1 vectors, 1 differences\n"),
            "{}",
            ended.stdout
        );
    }
}

#[test]
fn malformed_vectors_are_reported() {
    let hex = json!({"hex": "00"});
    for ended in [
        compare(Path::new("/no/such/file")),
        compare_vectors(&json!([])),
        compare_vectors(&json!({})),
        compare_vectors(&json!({"decode": [{"hex": "00"}]})),
        encode(&json!([["a"]]), &hex),
        encode(&json!([["a", 1]]), &hex),
        decode("0", &json!({"tags": {}})),
        decode("+0", &json!({"tags": {}})),
        decode("00", &json!({})),
        decode("00", &json!({"tags": {}, "error": "size"})),
    ] {
        assert_eq!(ended.code, Some(2), "{}", ended.stdout);
        assert!(!ended.stderr.is_empty());
    }
    // The other vectors are compared, and each malformed one is reported.
    let good = json!({"hex": "00", "result": {"tags": {}}});
    let wrong = json!({"title": "wrong", "hex": "00", "result": {"error": "empty"}});
    let bad = json!({"title": "bad", "hex": "00", "result": {"tags": 7}});
    let ended = compare_vectors(&json!({"decode": [good, bad, wrong]}));
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stdout.contains("decode 2, \"wrong\""),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.ends_with("3 vectors, 1 differences\n"));
    assert!(
        ended.stderr.contains("decode 1, \"bad\""),
        "{}",
        ended.stderr
    );

    let unknown = decode("00", &json!({"tags": {}, "offset": 1}));
    assert_eq!(unknown.code, Some(0));
    assert!(unknown.stderr.contains("`offset`"), "{}", unknown.stderr);
}
