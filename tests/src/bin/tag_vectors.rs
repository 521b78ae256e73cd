//! `tag_vectors FILE.json`: encodes and decodes the vectors of a file, prints each difference, and exits with 0 when
//! there is none, 1 when there are some, 2 when it cannot read the file, or a vector of it. The others are compared.
//!
//! `tests/conformance/README.md` describes the file. Any order of tags is right on the wire.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's output"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::process::ExitCode;

use census::{DecodeErrorKind, TagKey, TagMap, TagValue};
use census_tests::wire;
use serde::Deserialize;
use serde_json::Value;

/// A file of vectors, each of which is read by itself.
#[derive(Deserialize)]
struct Vectors {
    #[serde(default)]
    encode: Vec<Value>,
    #[serde(default)]
    decode: Vec<Value>,
}

#[derive(Deserialize)]
struct Encode {
    tags: Option<Tags>,
    result: Expected,
}

#[derive(Deserialize)]
struct Decode {
    hex: Option<String>,
    result: Expected,
}

/// Tags in order, or by key.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    InOrder(Vec<Tag>),
    ByKey(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Tag {
    Plain(String, String),
    /// With a third element, that marks a local tag: its TTL (0: local, -1: not), or whatever else it is.
    Marked(String, String, Value),
}

/// What a vector must become: `hex` or `tags`, or an error of a kind.
#[derive(Deserialize)]
struct Expected {
    hex: Option<String>,
    tags: Option<Tags>,
    error: Option<String>,
    /// How many tags must be left out on encoding.
    left_out: Option<usize>,
    /// What this program knows nothing of.
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

impl Default for Tags {
    fn default() -> Self {
        Self::InOrder(Vec::new())
    }
}

impl Tags {
    /// Keys, values, and whether they are local.
    fn iter(&self) -> Box<dyn Iterator<Item = (&str, &str, bool)> + '_> {
        match self {
            Self::InOrder(tags) => Box::new(tags.iter().map(|tag| match tag {
                Tag::Plain(key, value) => (key.as_str(), value.as_str(), false),
                Tag::Marked(key, value, mark) => (key.as_str(), value.as_str(), is_local(mark)),
            })),
            Self::ByKey(tags) => {
                Box::new(tags.iter().map(|(key, value)| (&**key, &**value, false)))
            }
        }
    }
}

fn is_local(mark: &Value) -> bool {
    !matches!(mark, Value::Null | Value::Bool(false)) && mark.as_i64() != Some(-1)
}

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [file] = files.as_slice() else {
        eprintln!("usage: tag_vectors FILE.json");
        return ExitCode::from(2);
    };
    match run(file) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all agree; an error if not all can be read.
fn run(file: &str) -> Result<bool, Box<dyn Error>> {
    let vectors: Vectors = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let count = vectors.encode.len() + vectors.decode.len();
    if count == 0 {
        return Err("it has no vectors, neither `encode` nor `decode`".into());
    }
    let (mut different, mut unreadable) = (0, 0);
    let encode = vectors.encode.iter().map(|case| ("encode", case));
    let decode = vectors.decode.iter().map(|case| ("decode", case));
    for (number, (what, case)) in encode.enumerate().chain(decode.enumerate()) {
        let title = case.get("title").unwrap_or(&Value::Null);
        let compared = match what {
            "encode" => compare_encoded(case),
            _ => compare_decoded(case),
        };
        match compared {
            Ok((expected, found)) if expected == found => {}
            Ok((expected, found)) => {
                different += 1;
                println!("{what} {number}, {title}:\n  expected {expected}\n  found    {found}");
            }
            Err(error) => {
                unreadable += 1;
                eprintln!("{what} {number}, {title}: cannot be read: {error}");
            }
        }
    }
    println!("{count} vectors, {different} differences");
    match unreadable {
        0 => Ok(different == 0),
        _ => Err(format!("{unreadable} vectors cannot be read").into()),
    }
}

/// What tags must become, and what they become.
fn compare_encoded(case: &Value) -> Result<(String, String), Box<dyn Error>> {
    let Encode { tags, result } = Encode::deserialize(case)?;
    let mut expected = result.text()?;
    let mut found = encode(&tags.unwrap_or_default());
    match result.left_out {
        Some(left_out) => write!(expected, ", {left_out} left out")?,
        None => found.left_out = None,
    }
    Ok((expected, found.to_string()))
}

/// What bytes must become, and what they become.
fn compare_decoded(case: &Value) -> Result<(String, String), Box<dyn Error>> {
    let Decode { hex, result } = Decode::deserialize(case)?;
    let bytes = from_hex(&hex.unwrap_or_default())?;
    Ok((result.text()?, decode(&bytes)))
}

impl Expected {
    /// As [`encode`] and [`decode`] say what they found.
    fn text(&self) -> Result<String, String> {
        for unknown in self.unknown.keys() {
            eprintln!("note: nothing is known of a result's `{unknown}`, it is not compared");
        }
        match (&self.hex, &self.tags, &self.error) {
            (Some(hex), None, None) => Ok(in_any_order(&from_hex(hex)?)),
            (None, Some(tags), None) => {
                let tags = tags
                    .iter()
                    .map(|(key, value, _)| (key.to_owned(), value.to_owned()));
                Ok(format!("tags {:?}", tags.collect::<BTreeMap<_, _>>()))
            }
            (None, None, Some(kind)) => Ok(format!("error {kind}")),
            _ => Err("a result is one of `hex`, `tags` and `error`".to_owned()),
        }
    }
}

/// What became of tags.
struct Encoded {
    text: String,
    left_out: Option<usize>,
}

impl fmt::Display for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.left_out {
            Some(left_out) => write!(f, ", {left_out} left out"),
            None => Ok(()),
        }
    }
}

fn encode(tags: &Tags) -> Encoded {
    let mut map = TagMap::new();
    let error = |kind: &str| Encoded {
        text: format!("error {kind}"),
        left_out: None,
    };
    for (name, value, local) in tags.iter() {
        // The newest tag replaces the key, too, and keys of one name must agree on being local while they are there.
        let former = map
            .iter()
            .map(|(key, _)| key)
            .find(|key| key.name() == name);
        if let Some(former) = former.cloned() {
            map.delete(&former);
        }
        let key = if local {
            TagKey::new_local(name)
        } else {
            TagKey::new(name)
        };
        match (key, TagValue::new(value)) {
            (Ok(key), Ok(value)) => map.upsert(&key, value),
            (Err(_), _) => return error("key"),
            (_, Err(_)) => return error("value"),
        }
    }
    match map.encode() {
        Ok(encoded) => Encoded {
            text: in_any_order(encoded.as_bytes()),
            left_out: Some(encoded.omitted().total()),
        },
        Err(_) => error("size"),
    }
}

fn decode(bytes: &[u8]) -> String {
    match TagMap::decode(bytes) {
        Ok(tags) => format!("tags {:?}", wire::texts(&tags)),
        Err(error) => format!("error {}", kind(error.kind())),
    }
}

/// What the files call it.
fn kind(kind: DecodeErrorKind) -> &'static str {
    match kind {
        DecodeErrorKind::Empty => "empty",
        DecodeErrorKind::UnknownVersion => "version",
        DecodeErrorKind::Truncated => "truncated",
        DecodeErrorKind::InvalidLength => "varint",
        DecodeErrorKind::InvalidKey => "key",
        DecodeErrorKind::InvalidValue => "value",
        DecodeErrorKind::TooLarge => "size",
        _ => "unknown",
    }
}

/// Bytes as text that does not depend on the order of the tags, but on all else: their tags, sorted, and how many bytes
/// they are.
fn in_any_order(bytes: &[u8]) -> String {
    match wire::simple_decode(bytes) {
        Ok(tags) => format!("{} bytes {tags:?}", bytes.len()),
        Err(_) => format!("no tags: {}", to_hex(bytes)),
    }
}

fn from_hex(hex: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2));
    let digits = digits.ok_or_else(|| format!("{hex:?} is not hexadecimal"))?;
    let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte * 16 + digit);
    let bytes: Result<_, _> = digits
        .chunks(2)
        .map(|pair| u8::try_from(byte(pair)))
        .collect();
    bytes.map_err(|error| error.to_string())
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
