//! The names of families and labels as a scraper can read them: Prometheus, "UTF-8 metric and label name escaping
//! schemes". The rules of single characters are those of `EscapeName` in `github.com/prometheus/common/model`, which also
//! tells what the document leaves open.

use std::fmt::Write as _;

/// How the characters are written that names may not have in the legacy character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaping {
    /// Each becomes `_`.
    Underscores,
    /// They stay. In text, a name that has some is quoted.
    AllowUtf8,
    /// A dot becomes `_dot_`. Every `_` is doubled, and another character becomes `__`.
    Dots,
    /// Each becomes its code point between two `_`, every `_` is doubled, and the name begins with `U__`. A name without
    /// such characters stays as it is.
    Values,
}

/// The kinds of names, which differ in the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKind {
    /// The name of a family or a sample.
    Family,
    /// The name of a label: in the legacy character set, it has no colon.
    Label,
}

impl Escaping {
    /// All escapings. That of old scrapers is the first.
    pub(super) const ALL: [Self; 4] =
        [Self::Underscores, Self::AllowUtf8, Self::Dots, Self::Values];

    /// The value of the parameter `escaping` in a media type.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Underscores => "underscores",
            Self::AllowUtf8 => "allow-utf-8",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// The index in [`ALL`](Self::ALL).
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Underscores => 0,
            Self::AllowUtf8 => 1,
            Self::Dots => 2,
            Self::Values => 3,
        }
    }

    /// The escaped name.
    pub(super) fn escape(self, kind: NameKind, name: &str) -> String {
        let mut out = String::with_capacity(name.len());
        match self {
            // The text parser of Prometheus gives up the whole scrape on a NUL.
            Self::AllowUtf8 => return name.replace('\0', "_"),
            Self::Underscores | Self::Values if is_legacy(kind, name) => return name.to_owned(),
            Self::Values => out.push_str("U__"),
            Self::Underscores | Self::Dots => {}
        }
        for (index, c) in name.chars().enumerate() {
            match (self, c) {
                (Self::Dots | Self::Values, '_') => out.push_str("__"),
                (Self::Dots, '.') => out.push_str("_dot_"),
                (_, c) if is_legacy_char(kind, index, c) => out.push(c),
                (Self::Dots, _) => out.push_str("__"),
                (Self::Values, c) => {
                    // A string takes every write.
                    let _ = write!(out, "_{:x}_", u32::from(c));
                }
                (Self::Underscores | Self::AllowUtf8, _) => out.push('_'),
            }
        }
        out
    }
}

/// Whether a name needs no quotes: it has characters of the legacy character set only.
pub(super) fn is_legacy(kind: NameKind, name: &str) -> bool {
    let mut chars = name.chars().enumerate();
    !name.is_empty() && chars.all(|(index, c)| is_legacy_char(kind, index, c))
}

fn is_legacy_char(kind: NameKind, index: usize, c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        '0'..='9' => index > 0,
        ':' => kind == NameKind::Family,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name, and what it becomes with underscores, dots and values: the examples of
    /// `github.com/prometheus/common/model`.
    const FAMILIES: &[[&str; 4]] = &[
        [
            "no:escaping_required",
            "no:escaping_required",
            "no:escaping__required",
            "no:escaping_required",
        ],
        [
            "mysystem.prod.west.cpu.load",
            "mysystem_prod_west_cpu_load",
            "mysystem_dot_prod_dot_west_dot_cpu_dot_load",
            "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load",
        ],
        [
            "mysystem.prod.west.cpu.load_total",
            "mysystem_prod_west_cpu_load_total",
            "mysystem_dot_prod_dot_west_dot_cpu_dot_load__total",
            "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load__total",
        ],
        [
            "http.status:sum",
            "http_status:sum",
            "http_dot_status:sum",
            "U__http_2e_status:sum",
        ],
        [
            "label with \u{1f631}",
            "label_with__",
            "label__with____",
            "U__label_20_with_20__1f631_",
        ],
        ["\u{82b1}\u{706b}", "__", "____", "U___82b1__706b_"],
        [
            "label with \u{100}",
            "label_with__",
            "label__with____",
            "U__label_20_with_20__100_",
        ],
        ["1st", "_st", "__st", "U___31_st"],
    ];

    #[test]
    fn families_are_escaped_as_prometheus_escapes_them() {
        for [name, underscores, dots, values] in FAMILIES {
            for (escaping, expected) in [
                (Escaping::Underscores, underscores),
                (Escaping::Dots, dots),
                (Escaping::Values, values),
                (Escaping::AllowUtf8, name),
            ] {
                assert_eq!(escaping.escape(NameKind::Family, name), *expected);
            }
        }
    }

    #[test]
    fn escaped_names_need_no_quotes() {
        for [name, ..] in FAMILIES {
            for kind in [NameKind::Family, NameKind::Label] {
                for escaping in [Escaping::Underscores, Escaping::Dots, Escaping::Values] {
                    let escaped = escaping.escape(kind, name);
                    assert!(is_legacy(kind, &escaped), "{escaped}");
                }
            }
        }
    }

    #[test]
    fn the_index_is_that_of_the_list() {
        let indexes = Escaping::ALL.map(Escaping::index);
        assert_eq!(indexes, [0, 1, 2, 3]);
    }

    /// The name that was escaped with values, as Prometheus finds it again.
    fn unescaped(escaped: &str) -> Option<String> {
        let Some(mut rest) = escaped.strip_prefix("U__") else {
            return Some(escaped.to_owned());
        };
        let mut name = String::new();
        while let Some((plain, after)) = rest.split_once('_') {
            let (code, after) = after.split_once('_')?;
            name.push_str(plain);
            name.push(match code {
                "" => '_',
                code => char::from_u32(u32::from_str_radix(code, 16).ok()?)?,
            });
            rest = after;
        }
        name.push_str(rest);
        Some(name)
    }

    #[test]
    fn values_can_be_read_back() {
        let more = [
            "_",
            "__.",
            "._.",
            "a._b",
            "\u{10ffff}_",
            "\"\\\n",
            "7",
            "7_",
        ];
        let names = FAMILIES.iter().map(|[name, ..]| *name).chain(more);
        for name in names {
            for kind in [NameKind::Family, NameKind::Label] {
                let escaped = Escaping::Values.escape(kind, name);
                assert_eq!(unescaped(&escaped).as_deref(), Some(name), "{escaped}");
            }
        }
    }

    #[test]
    fn labels_have_no_colons() {
        let escaped = Escaping::ALL.map(|it| it.escape(NameKind::Label, "a:b"));
        assert_eq!(escaped, ["a_b", "a:b", "a__b", "U__a_3a_b"]);
    }

    #[test]
    fn a_nul_is_in_no_name() {
        for escaping in Escaping::ALL {
            let escaped = escaping.escape(NameKind::Label, "a\0");
            assert!(!escaped.contains('\0'), "{escaped:?}");
        }
    }
}
