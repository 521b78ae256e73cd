//! `tag_vectors FILE.json`: encodes and decodes the vectors of a file, and prints each difference. The exit code is 0
//! if there is none, 1 if there are some, and 2 if the file or one of its vectors cannot be read; the other vectors are
//! compared in any case.
//!
//! `tests/conformance/README.md` describes the file. Tags may be in any order on the wire.

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

/// A file of vectors. Each vector is parsed on its own, so that a malformed one does not hide the others.
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

/// Tags in the order of a list, or by key.
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
    /// With a third element that says whether the tag is local: a TTL (0: local, -1: not local) or a boolean.
    Marked(String, String, Value),
}

/// The expected result of a vector: `hex`, `tags`, or an error of a kind.
#[derive(Deserialize)]
struct Expected {
    hex: Option<String>,
    tags: Option<Tags>,
    error: Option<String>,
    /// How many tags must be omitted on encoding.
    left_out: Option<usize>,
    /// Fields that this program does not know.
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

/// Returns whether all vectors agree, or an error if some cannot be read.
fn run(file: &str) -> Result<bool, Box<dyn Error>> {
    let vectors: Vectors = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let count = vectors.encode.len() + vectors.decode.len();
    if count == 0 {
        return Err("the file has no vectors, neither `encode` nor `decode`".into());
    }
    let (mut different, mut unreadable) = (0, 0);
    let encode = vectors.encode.iter().map(|case| ("encode", case));
    let decode = vectors.decode.iter().map(|case| ("decode", case));
    for (index, (operation, case)) in encode.enumerate().chain(decode.enumerate()) {
        let title = case.get("title").unwrap_or(&Value::Null);
        let compared = match operation {
            "encode" => compare_encoded(case),
            _ => compare_decoded(case),
        };
        match compared {
            Ok((expected, actual)) if expected == actual => {}
            Ok((expected, actual)) => {
                different += 1;
                println!(
                    "{operation} {index}, {title}:\n  expected {expected}\n  actual   {actual}"
                );
            }
            Err(error) => {
                unreadable += 1;
                eprintln!("{operation} {index}, {title}: cannot be read: {error}");
            }
        }
    }
    println!("{count} vectors, {different} differences");
    match unreadable {
        0 => Ok(different == 0),
        _ => Err(format!("{unreadable} vectors cannot be read").into()),
    }
}

/// The expected and the actual result of encoding.
fn compare_encoded(case: &Value) -> Result<(String, String), Box<dyn Error>> {
    let Encode { tags, result } = Encode::deserialize(case)?;
    let mut expected = result.describe()?;
    let mut actual = encode(&tags.unwrap_or_default());
    match result.left_out {
        Some(omitted) => write!(expected, ", {omitted} omitted")?,
        None => actual.omitted = None,
    }
    Ok((expected, actual.to_string()))
}

/// The expected and the actual result of decoding.
fn compare_decoded(case: &Value) -> Result<(String, String), Box<dyn Error>> {
    let Decode { hex, result } = Decode::deserialize(case)?;
    let bytes = from_hex(&hex.unwrap_or_default())?;
    Ok((result.describe()?, decode(&bytes)))
}

impl Expected {
    /// Describes the result in the same words as [`encode`] and [`decode`] do.
    fn describe(&self) -> Result<String, String> {
        for unknown in self.unknown.keys() {
            eprintln!("note: the field `{unknown}` of a result is unknown, and not compared");
        }
        match (&self.hex, &self.tags, &self.error) {
            (Some(hex), None, None) => Ok(describe_bytes(&from_hex(hex)?)),
            (None, Some(tags), None) => {
                let tags = tags
                    .iter()
                    .map(|(key, value, _)| (key.to_owned(), value.to_owned()));
                Ok(format!("tags {:?}", tags.collect::<BTreeMap<_, _>>()))
            }
            (None, None, Some(kind)) => Ok(format!("error {kind}")),
            _ => Err("a result must be one of `hex`, `tags` and `error`".to_owned()),
        }
    }
}

/// The result of encoding.
struct Encoded {
    description: String,
    omitted: Option<usize>,
}

impl fmt::Display for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        match self.omitted {
            Some(omitted) => write!(f, ", {omitted} omitted"),
            None => Ok(()),
        }
    }
}

fn encode(tags: &Tags) -> Encoded {
    let mut map = TagMap::new();
    let error = |kind: &str| Encoded {
        description: format!("error {kind}"),
        omitted: None,
    };
    for (name, value, local) in tags.iter() {
        // The newest tag replaces the key, too. A local and a plain key of one name cannot exist at the same time.
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
            omitted: Some(encoded.omitted().total()),
            description: describe_bytes(&encoded.into_inner()),
        },
        Err(_) => error("size"),
    }
}

fn decode(bytes: &[u8]) -> String {
    match TagMap::decode(bytes) {
        Ok(tags) => format!("tags {:?}", wire::values_by_name(&tags)),
        Err(error) => format!("error {}", kind_name(error.kind())),
    }
}

/// The name of an error in the files.
fn kind_name(kind: DecodeErrorKind) -> &'static str {
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

/// Describes encoded tags by their number of bytes and by the sorted tags, so that the order of the tags does not
/// count.
fn describe_bytes(bytes: &[u8]) -> String {
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
        // Infallible: it writes to a string.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
