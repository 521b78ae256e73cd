//! Numbers as people read them, with the exact ones beside.

use maud::{Markup, html};

use crate::declare::{Number, TimeUnit};

/// The unit of the numbers of a view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit<'u> {
    /// A UCUM string.
    pub(super) ucum: &'u str,
}

/// A number in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// Rounded, with a unit of a fitting size.
    pub(super) rounded: String,
    /// With all digits, in the unit of the view.
    pub(super) exact: String,
}

impl Words {
    pub(super) fn markup(&self) -> Markup {
        html! { span.number title=(self.exact) { (self.rounded) } }
    }
}

/// Units of durations, each with its length in seconds, and from which length on it is used.
const DURATIONS: [(&str, f64, f64); 7] = [
    ("d", 86_400.0, 172_800.0),
    ("h", 3_600.0, 7_200.0),
    ("min", 60.0, 120.0),
    ("s", 1.0, 1.0),
    ("ms", 1e-3, 1e-3),
    ("µs", 1e-6, 1e-6),
    ("ns", 1e-9, 0.0),
];

const SIZES: [(&str, f64); 7] = [
    ("EiB", 1_152_921_504_606_846_976.0),
    ("PiB", 1_125_899_906_842_624.0),
    ("TiB", 1_099_511_627_776.0),
    ("GiB", 1_073_741_824.0),
    ("MiB", 1_048_576.0),
    ("KiB", 1_024.0),
    ("B", 1.0),
];

/// A unit of which numbers are shown in larger and smaller ones.
enum Scale {
    Seconds(f64),
    Bytes(f64),
    None,
}

impl Unit<'_> {
    /// Of counts.
    pub(super) const ONE: Unit<'static> = Unit { ucum: "1" };

    fn scale(self) -> Scale {
        match self.ucum {
            "ns" => Scale::Seconds(1e-9),
            "us" => Scale::Seconds(1e-6),
            "ms" => Scale::Seconds(1e-3),
            "s" => Scale::Seconds(1.0),
            "min" => Scale::Seconds(60.0),
            "h" => Scale::Seconds(3_600.0),
            "d" => Scale::Seconds(86_400.0),
            "By" => Scale::Bytes(1.0),
            "kBy" => Scale::Bytes(1e3),
            "MBy" => Scale::Bytes(1e6),
            "GBy" => Scale::Bytes(1e9),
            "KiBy" => Scale::Bytes(1_024.0),
            "MiBy" => Scale::Bytes(1_048_576.0),
            "GiBy" => Scale::Bytes(1_073_741_824.0),
            _ => Scale::None,
        }
    }

    /// What stands after a number: nothing for `1`, the word of an annotation like `{request}`.
    fn suffix(self) -> String {
        match self.ucum {
            "1" | "" => String::new(),
            unit => {
                let word = unit.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
                format!("\u{a0}{}", word.unwrap_or(unit))
            }
        }
    }

    /// A number of a view. Durations are shown in the view's unit where they are exact.
    pub(super) fn number(self, number: Number) -> Words {
        match (number, self.scale()) {
            (Number::U64(value), Scale::None) => self.integer(&value.to_string()),
            (Number::I64(value), Scale::None) => self.integer(&value.to_string()),
            (Number::U64(value), _) => Words {
                exact: format!("{value}{}", self.suffix()),
                ..self.float(number.as_f64())
            },
            (Number::I64(value), _) => Words {
                exact: format!("{value}{}", self.suffix()),
                ..self.float(number.as_f64())
            },
            (Number::F64(_) | Number::Duration(_), _) => self.float(self.to_float(number)),
        }
    }

    /// A number in this unit.
    pub(super) fn to_float(self, number: Number) -> f64 {
        number.in_unit(TimeUnit::from_ucum(self.ucum).unwrap_or(TimeUnit::Seconds))
    }

    /// A number that was calculated, in this unit.
    pub(super) fn float(self, value: f64) -> Words {
        let rounded = match self.scale() {
            _ if !value.is_finite() || value == 0.0 => format!("{value}{}", self.suffix()),
            Scale::Seconds(length) => {
                let seconds = value * length;
                let mut units = DURATIONS.iter();
                let unit = units.find(|(_, _, from)| seconds.abs() >= *from);
                let (name, size, _) = unit.unwrap_or(&("s", 1.0, 0.0));
                format!("{}\u{a0}{name}", rounded(seconds / size))
            }
            Scale::Bytes(size) => {
                let bytes = value * size;
                let mut units = SIZES.iter();
                let unit = units.find(|(_, size)| bytes.abs() >= *size);
                let (name, size) = unit.unwrap_or(&("B", 1.0));
                format!("{}\u{a0}{name}", rounded(bytes / size))
            }
            Scale::None => format!("{}{}", rounded(value), self.suffix()),
        };
        Words {
            rounded,
            exact: format!("{value}{}", self.suffix()),
        }
    }

    fn integer(self, digits: &str) -> Words {
        Words {
            rounded: format!("{}{}", grouped(digits), self.suffix()),
            exact: format!("{digits}{}", self.suffix()),
        }
    }
}

/// A count.
pub(super) fn count(count: u64) -> Words {
    Unit::ONE.integer(&count.to_string())
}

/// A number of rows or of declarations.
pub(super) fn length(length: usize) -> Words {
    Unit::ONE.integer(&length.to_string())
}

/// A float with three digits, or all digits before the point.
fn rounded(value: f64) -> String {
    let size = value.abs();
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}");
    }
    let decimals = match size {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        0.01.. => 4,
        0.001.. => 5,
        _ => 6,
    };
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" => grouped(whole),
            fraction => format!("{whole}.{fraction}"),
        },
        None => grouped(&text),
    }
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn numbers_have_fitting_units() {
        let duration = |nanoseconds| Number::Duration(Duration::from_nanos(nanoseconds));
        for (number, unit, rounded, exact) in [
            (Number::U64(0), "1", "0", "0"),
            (
                Number::U64(u64::MAX),
                "1",
                "18,446,744,073,709,551,615",
                "18446744073709551615",
            ),
            (Number::I64(-1234), "1", "-1,234", "-1234"),
            (Number::I64(-123), "{job}", "-123\u{a0}job", "-123\u{a0}job"),
            (Number::F64(0.5), "%", "0.5\u{a0}%", "0.5\u{a0}%"),
            (Number::F64(1234.5678), "1", "1,235", "1234.5678"),
            (Number::F64(1e300), "1", "1.00e300", &format!("{}", 1e300)),
            (Number::U64(1536), "By", "1.5\u{a0}KiB", "1536\u{a0}By"),
            (Number::U64(512), "By", "512\u{a0}B", "512\u{a0}By"),
            (Number::U64(2), "MiBy", "2\u{a0}MiB", "2\u{a0}MiBy"),
            (duration(0), "s", "0\u{a0}s", "0\u{a0}s"),
            (duration(1), "s", "1\u{a0}ns", "0.000000001\u{a0}s"),
            (duration(1_500_000), "ms", "1.5\u{a0}ms", "1.5\u{a0}ms"),
            (duration(90_000_000_000), "s", "90\u{a0}s", "90\u{a0}s"),
            (
                duration(180_000_000_000),
                "ms",
                "3\u{a0}min",
                "180000\u{a0}ms",
            ),
            (
                duration(u64::MAX),
                "s",
                "213,504\u{a0}d",
                "18446744073.709553\u{a0}s",
            ),
        ] {
            let words = Unit { ucum: unit }.number(number);
            assert_eq!(
                (words.rounded.as_str(), words.exact.as_str()),
                (rounded, exact)
            );
        }
    }
}
