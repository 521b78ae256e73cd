//! Greetings in several languages. This module measures what is said, and knows nothing of gRPC or of callers.

use census::{Measure, TagKey, measure, record, tag};

/// The language of a phrase.
#[tag]
pub(crate) static LANGUAGE: TagKey;

/// Phrases that were said.
#[measure(unit = "{phrase}")]
pub(crate) static SAID: Measure<u64>;

/// The languages, and how one greets in them.
const PHRASES: [(&str, &str); 4] = [
    ("de", "Guten Tag"),
    ("en", "Good day"),
    ("fi", "Hyvää päivää"),
    ("fr", "Bonjour"),
];

/// All languages.
pub(crate) fn languages() -> impl Iterator<Item = &'static str> + Send {
    PHRASES.into_iter().map(|(language, _)| language)
}

/// A greeting, or `None` in a language that is not known.
pub(crate) fn greet(name: &str, language: &str) -> Option<String> {
    let (language, phrase) = PHRASES.into_iter().find(|(known, _)| *known == language)?;
    // The language is one of the list, so no caller makes rows.
    record!(SAID = 1, tags(LANGUAGE = language));
    Some(format!("{phrase}, {name}!"))
}
