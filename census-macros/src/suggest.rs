//! "did you mean …?": the valid word that is most similar to a misspelt one.

/// The candidate that is most similar to `word`, if it is similar enough to be what the user meant. Letter case does not
/// count.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    const MIN_SIMILARITY: f64 = 0.55;
    let word = word.to_lowercase();
    candidates
        .iter()
        .map(|candidate| {
            let similarity =
                strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
            (similarity, *candidate)
        })
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The end of a message about an unknown word: the closest candidate, or else all candidates.
pub(crate) fn help(word: &str, candidates: &[&str]) -> String {
    match closest(word, candidates) {
        Some(candidate) => format!("\nhelp: did you mean `{candidate}`?"),
        None => format!("\nhelp: write {}", alternatives(candidates)),
    }
}

/// `` `a`, `b` or `c` ``
fn alternatives(candidates: &[&str]) -> String {
    match candidates {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("`{}` or `{last}`", first.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, help};

    #[test]
    fn misspelt_word_finds_the_candidate() {
        let candidates = ["Count", "Sum", "LastValue", "Distribution"];
        for (word, meant) in [
            ("Coutn", Some("Count")),
            ("count", Some("Count")),
            ("Last_Value", Some("LastValue")),
            ("Distributon", Some("Distribution")),
            ("Percentile", None),
        ] {
            assert_eq!(closest(word, &candidates), meant, "{word}");
        }
    }

    #[test]
    fn unknown_word_gets_all_candidates() {
        assert_eq!(
            help("nmae", &["name", "local"]),
            "\nhelp: did you mean `name`?"
        );
        assert_eq!(
            help("zzz", &["name", "unit", "crate"]),
            "\nhelp: write `name`, `unit` or `crate`"
        );
    }
}
