//! The words for UCUM units in the names of families and in `# UNIT`.

/// OpenMetrics's word for a UCUM unit; for a unit that OpenMetrics does not name, a word in the same manner (plural, no
/// abbreviation).
pub(crate) fn unit_word(ucum: &str) -> Option<&'static str> {
    Some(match ucum {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "bit" => "bits",
        "m" => "meters",
        "g" => "grams",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "Hz" => "hertz",
        "Cel" => "celsius",
        "%" => "percent",
        _ => return None,
    })
}

/// Splits a family's name that ends in the word for its unit into the rest and the word; `None` for another name.
/// OpenMetrics 1.0.0 allows `# UNIT` only for a name that ends in the unit.
#[cfg(feature = "prometheus")]
pub(crate) fn split_unit<'a>(family: &'a str, ucum: &str) -> Option<(&'a str, &'static str)> {
    let word = unit_word(ucum)?;
    let name = family.strip_suffix(word)?.strip_suffix('_')?;
    (!name.is_empty()).then_some((name, word))
}

#[cfg(all(test, feature = "prometheus"))]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_end_in_their_unit_are_split_unit() {
        assert_eq!(
            split_unit("latency_seconds", "s"),
            Some(("latency", "seconds"))
        );
        assert_eq!(split_unit("latency_milliseconds", "s"), None);
        assert_eq!(split_unit("latency", "s"), None);
        assert_eq!(split_unit("_seconds", "s"), None);
        assert_eq!(split_unit("size_bytes", "By"), Some(("size", "bytes")));
        assert_eq!(split_unit("videos_1", "1"), None);
    }
}
