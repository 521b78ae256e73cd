//! Tables and blocks of Markdown.

/// The line before a block.
pub(super) fn begin(name: &str) -> String {
    format!("<!-- begin: {name} -->")
}

/// The line after a block.
pub(super) fn end(name: &str) -> String {
    format!("<!-- end: {name} -->")
}

/// The text with other lines in the block, if the text has the block.
pub(super) fn replace_block(text: &str, name: &str, lines: &[String]) -> String {
    let (begin, end) = (begin(name), end(name));
    let mut result = String::new();
    let mut inside = false;
    for line in text.lines() {
        inside &= line != end;
        if !inside {
            result.push_str(line);
            result.push('\n');
        }
        if line == begin {
            inside = true;
            for line in std::iter::once("")
                .chain(lines.iter().map(String::as_str))
                .chain([""])
            {
                result.push_str(line);
                result.push('\n');
            }
        }
    }
    result
}

/// The lines of a table.
pub(super) fn table(header: &[String], rows: &[Vec<String>]) -> Vec<String> {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let rule: Vec<_> = (0..header.len())
        .map(|column| if column == 0 { "---" } else { "--:" }.to_owned())
        .collect();
    [line(header), line(&rule)]
        .into_iter()
        .chain(rows.iter().map(|row| line(row)))
        .collect()
}

/// Formats a figure: with a decimal below a hundred, and with commas from a thousand on.
pub(super) fn figure(figure: f64) -> String {
    if figure.abs() < 99.95 {
        return format!("{figure:.1}");
    }
    let digits = format!("{:.0}", figure.abs());
    let mut text = String::new();
    if figure < 0.0 {
        text.push('-');
    }
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
    use super::*;

    #[test]
    fn figures_are_short() {
        for (number, expected) in [
            (0.04, "0.0"),
            (3.04, "3.0"),
            (99.94, "99.9"),
            (99.96, "100"),
            (999.6, "1,000"),
            (-1234.0, "-1,234"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(figure(number), expected);
        }
    }

    #[test]
    fn only_the_block_is_replaced() {
        let text =
            "a\n<!-- begin: x -->\nold\n<!-- end: x -->\nb\n<!-- begin: y -->\n<!-- end: y -->\n";
        let once = replace_block(text, "x", &["new".to_owned()]);
        assert_eq!(
            once,
            "a\n<!-- begin: x -->\n\nnew\n\n<!-- end: x -->\nb\n<!-- begin: y -->\n<!-- end: y -->\n"
        );
        assert_eq!(replace_block(&once, "x", &["new".to_owned()]), once);
    }
}
