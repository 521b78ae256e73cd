//! The page has the rows that the command would write.

use super::*;

/// Figures of which none is missing.
struct AllFigures;

impl Figures for AllFigures {
    fn median(&self, _: &str, _: &str, _: usize) -> Option<f64> {
        Some(1.0)
    }

    fn instructions(&self, _: &str) -> Option<f64> {
        Some(1.0)
    }

    fn circumstances(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The lines of a block of the page, without the empty ones.
fn lines_of<'a>(page: &'a Page, name: &str) -> Vec<&'a str> {
    page.text
        .lines()
        .skip_while(|line| *line != begin(name))
        .skip(1)
        .take_while(|line| *line != end(name))
        .filter(|line| !line.is_empty())
        .collect()
}

fn cells(line: &str) -> Vec<&str> {
    line.split(" | ").collect()
}

#[test]
fn the_page_has_the_tables_that_the_command_writes() {
    let page = Page::read().unwrap();
    for block in blocks() {
        let written = lines_of(&page, block.name);
        let expected = block.lines(&AllFigures).unwrap();
        if block.name == "circumstances" {
            assert!(written.iter().any(|line| line.starts_with("Written on 2")));
            continue;
        }
        assert_eq!(written.len(), expected.len(), "{}", block.name);
        // The heading and the rule.
        assert_eq!(written[..2], expected[..2], "{}", block.name);
        for (written, expected) in written.into_iter().zip(&expected) {
            let (written, expected) = (cells(written), cells(expected));
            assert_eq!(written[0], expected[0], "{}", block.name);
            assert_eq!(
                written.len(),
                expected.len(),
                "{}: {}",
                block.name,
                expected[0]
            );
        }
    }
}

#[test]
fn the_page_has_no_other_blocks_and_they_are_in_order() {
    let page = Page::read().unwrap();
    let markers = page.text.lines().filter(|line| line.starts_with("<!--"));
    let expected = blocks()
        .into_iter()
        .flat_map(|block| [begin(block.name), end(block.name)]);
    assert_eq!(markers.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn the_guard_has_the_instructions_of_the_page() {
    let page = Page::read().unwrap();
    let block = blocks()
        .into_iter()
        .find(|block| block.name == "instructions");
    let mut report = Report::default();
    let run = Run {
        report: &report,
        bounds: &page.bounds,
        effort: Effort::Full,
    };
    let lines = block.unwrap().lines(&run).unwrap();
    assert!(lines.len() > 5);
    // A run without figures does not write the page.
    let error = page.write(&report, Effort::Full).unwrap_err();
    assert!(error.contains("counter, census, 16"), "{error}");
    report = Report::default();
    assert!(report.disturbed_groups().is_empty());
}
