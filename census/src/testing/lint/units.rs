//! The words for units in the names of families, as Prometheus's naming conventions have them.

/// Base units, each with its UCUM unit.
const BASE_UNITS: &[(&str, &str)] = &[
    ("amperes", "A"),
    ("bytes", "By"),
    ("celsius", "Cel"),
    ("grams", "g"),
    ("joules", "J"),
    ("kelvin", "K"),
    ("meters", "m"),
    ("metres", "m"),
    ("seconds", "s"),
    ("volts", "V"),
];

/// Other units, each with the base unit to use instead.
const OTHER_UNITS: &[(&str, &str)] = &[
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("weeks", "seconds"),
    ("kelvins", "kelvin"),
    ("fahrenheit", "celsius"),
    ("rankine", "celsius"),
    ("inches", "meters"),
    ("yards", "meters"),
    ("miles", "meters"),
    ("bits", "bytes"),
    ("calories", "joules"),
    ("pounds", "grams"),
    ("ounces", "grams"),
];

/// What stands before a unit. `promtool` knows `mibi`, and does not know `mebi`: see [`Unit::is_known_to_promtool`].
const PREFIXES: &[&str] = &[
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mibi", "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

/// Abbreviations of units, each with the base unit to write instead. Of `m`, it is that of UCUM.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("s", "seconds"),
    ("ms", "seconds"),
    ("us", "seconds"),
    ("ns", "seconds"),
    ("sec", "seconds"),
    ("h", "seconds"),
    ("d", "seconds"),
    ("b", "bytes"),
    ("kb", "bytes"),
    ("mb", "bytes"),
    ("gb", "bytes"),
    ("tb", "bytes"),
    ("pb", "bytes"),
    ("m", "meters"),
];

/// A unit that a name says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit<'n> {
    pub(super) word: &'n str,
    /// The word for its base unit, which may be the same.
    pub(super) base: &'static str,
}

impl<'n> Unit<'n> {
    /// The unit that a word is.
    pub(super) fn of_word(word: &'n str) -> Option<Self> {
        let base = if word == "percent" {
            Some("ratio")
        } else {
            let mut rests = PREFIXES
                .iter()
                .filter_map(|prefix| word.strip_prefix(prefix));
            base_unit(word).or_else(|| rests.find_map(base_unit))
        };
        base.map(|base| Self { word, base })
    }

    /// The first unit in a name that is not a base unit, unless a base unit comes before it: `bits_per_seconds`, but not
    /// `seconds_per_bits`. `promtool` looks at the first unit only.
    pub(super) fn to_replace(name: &'n str) -> Option<Self> {
        let units = name.split('_').filter_map(Self::of_word);
        let first = units.clone().find(|unit| unit.is_known_to_promtool());
        let rest = units.filter(|unit| !unit.is_known_to_promtool());
        let mut candidates = first.into_iter().chain(rest);
        candidates.find(|unit| !unit.is_base())
    }

    pub(super) fn is_base(self) -> bool {
        self.word == self.base
    }

    /// `promtool` knows most units, but not `percent` and `mebibytes`, whose base units the conventions name, too.
    fn is_known_to_promtool(self) -> bool {
        !(self.word == "percent" || self.word.starts_with("mebi"))
    }
}

fn base_unit(word: &str) -> Option<&'static str> {
    let base = BASE_UNITS.iter().find(|(base, _)| *base == word);
    base.map(|(base, _)| *base)
        .or_else(|| look_up(OTHER_UNITS, word))
}

/// The base unit for which a word is an abbreviation.
pub(super) fn of_abbreviation(word: &str) -> Option<&'static str> {
    look_up(ABBREVIATIONS, word)
}

/// Whether a name of these words says a unit.
pub(super) fn says_unit(words: &[&str], unit: &str) -> bool {
    let mut words = words.iter();
    // The exporter's word is American.
    words.any(|word| *word == unit || (*word == "metres" && unit == "meters"))
}

/// The UCUM unit of a base unit; none for `ratio`.
pub(super) fn ucum(base: &str) -> Option<&'static str> {
    look_up(BASE_UNITS, base)
}

fn look_up(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let entry = table.iter().find(|(key, _)| *key == word);
    entry.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_to_replace_is_the_first_unit_or_one_that_promtool_does_not_know() {
        let to_replace = |name| Unit::to_replace(name).map(|unit| (unit.word, unit.base));
        for (name, unit) in [
            ("wait_minutes_total", Some(("minutes", "seconds"))),
            ("wait_nanoseconds", Some(("nanoseconds", "seconds"))),
            ("bits_per_seconds", Some(("bits", "bytes"))),
            ("seconds_per_bits", None),
            ("volts_percent", Some(("percent", "ratio"))),
            ("percent_of_minutes", Some(("minutes", "seconds"))),
            ("size_mebibytes", Some(("mebibytes", "bytes"))),
            ("length_millimetres", Some(("millimetres", "metres"))),
            ("thermometers", None),
            ("kilo_grams", None),
            ("wait_Minutes", None),
            ("daily_jobs", None),
        ] {
            assert_eq!(to_replace(name), unit, "{name}");
        }
    }

    #[test]
    fn the_tables_fit_together_and_the_words_of_the_exporter() {
        for (base, unit) in BASE_UNITS {
            let word = crate::declare::unit_word(unit);
            let is_same = word.is_none_or(|word| says_unit(&[base], word));
            assert!(is_same, "{base} {word:?}");
        }
        for (_, base) in OTHER_UNITS.iter().chain(ABBREVIATIONS) {
            assert!(ucum(base).is_some(), "{base}");
        }
        assert_eq!(ucum("ratio"), None);
    }
}
