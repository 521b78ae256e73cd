//! What a UCUM unit is called in a family's name, and so in `# UNIT`.

/// The word that OpenMetrics has for a UCUM unit, or that follows its manner (plural, no abbreviation).
pub(super) fn word(ucum: &str) -> Option<&'static str> {
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

/// A family's name without its unit, and the unit, where the name ends in it: only there may `# UNIT` be written.
pub(super) fn split<'a>(family: &'a str, ucum: &str) -> Option<(&'a str, &'static str)> {
    let word = word(ucum)?;
    let name = family.strip_suffix(word)?.strip_suffix('_')?;
    (!name.is_empty()).then_some((name, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_ends_in_its_unit_has_one() {
        assert_eq!(split("latency_seconds", "s"), Some(("latency", "seconds")));
        assert_eq!(split("latency_milliseconds", "s"), None);
        assert_eq!(split("latency", "s"), None);
        assert_eq!(split("_seconds", "s"), None);
        assert_eq!(split("size_bytes", "By"), Some(("size", "bytes")));
        assert_eq!(split("videos_1", "1"), None);
    }
}
