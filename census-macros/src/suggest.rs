//! "did you mean …?": the known word that a misspelt one comes closest to.

/// The candidate nearest to `word`, if it is near enough to be what the user meant. Letter case does not count.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    const NEAR: f64 = 0.55;
    let word = word.to_lowercase();
    candidates
        .iter()
        .map(|candidate| {
            let likeness = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
            (likeness, *candidate)
        })
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The end of a message about an unknown word: what was meant, or else all that there is.
pub(crate) fn help(word: &str, candidates: &[&str]) -> String {
    match closest(word, candidates) {
        Some(candidate) => format!("\nhelp: did you mean `{candidate}`?"),
        None => format!("\nhelp: write {}", listed(candidates)),
    }
}

/// `` `a`, `b` or `c` ``
fn listed(candidates: &[&str]) -> String {
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
    fn misspelt_words_are_found() {
        let known = ["Count", "Sum", "LastValue", "Distribution"];
        for (word, meant) in [
            ("Coutn", Some("Count")),
            ("count", Some("Count")),
            ("Last_Value", Some("LastValue")),
            ("Distributon", Some("Distribution")),
            ("Percentile", None),
        ] {
            assert_eq!(closest(word, &known), meant, "{word}");
        }
    }

    #[test]
    fn what_resembles_nothing_gets_the_whole_list() {
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
