//! The digits of floats that another encoder has written.

use std::ops::Range;

use crate::prometheus::value::float_digits;

/// Writes the float in a range of a line with the fewest digits. Leaves integers, and what is no number.
pub(super) fn shorten(line: &mut String, range: &Range<usize>) {
    /// The length of `0.000001`, the shortest float that has a shorter form.
    const LONG: usize = 8;
    if range.len() < LONG {
        return;
    }
    let Some(number) = line.get(range.clone()) else {
        return;
    };
    if !number.contains(['.', 'e']) {
        return;
    }
    if let Ok(value) = number.parse::<f64>() {
        let mut buffer = ryu::Buffer::new();
        let short = float_digits(&mut buffer, value);
        if short.len() < number.len() {
            line.replace_range(range.clone(), short);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(number: &str) -> String {
        let mut line = format!("a {number}\n");
        shorten(&mut line, &(2..2 + number.len()));
        let number = line.strip_prefix("a ").expect("the text before it");
        number.trim_end_matches('\n').to_owned()
    }

    #[test]
    fn floats_are_shortened_and_all_else_stays() {
        for (number, expected) in [
            ("0.0006489999999999999", "0.000649"),
            ("-0.30000000000000000", "-0.3"),
            ("10000000000000000.0", "1e16"),
            ("0.000001", "1e-6"),
        ] {
            assert_eq!(shortened(number), expected);
            assert_eq!(number.parse::<f64>(), expected.parse());
        }
        for number in [
            "18446744073709551615",
            "0.1",
            "0.30000000000000004",
            "+Inf",
            "NaN",
            "infinity",
            "one.hundred",
        ] {
            assert_eq!(shortened(number), number);
        }
    }
}
