//! Pages as a browser reads them.

use census::prometheus::{Exporter, Page};
use scraper::{ElementRef, Html, Selector};

/// The elements that pages are made of.
const ELEMENTS: [&str; 53] = [
    "a", "bdi", "body", "button", "code", "dd", "desc", "details", "div", "dl", "dt", "footer",
    "form", "g", "h1", "h2", "head", "header", "html", "input", "label", "li", "link", "main",
    "meta", "nav", "p", "path", "rect", "span", "strong", "style", "summary", "svg", "table",
    "tbody", "td", "text", "th", "thead", "title", "tr", "ul", "wbr", "b", "i", "em", "small",
    "abbr", "data", "time", "section", "caption",
];

/// A page that was parsed.
pub(crate) struct Parsed {
    pub(crate) page: Page,
    pub(crate) html: Html,
}

/// The page at this path, which is there.
pub(crate) fn page(exporter: &Exporter, path: &str) -> Parsed {
    let page = exporter
        .page(path)
        .unwrap_or_else(|| panic!("there is no page {path}"));
    assert_eq!(page.content_type, "text/html; charset=utf-8", "{path}");
    let html = Html::parse_document(&page.body);
    assert_eq!(html.errors, Vec::<&str>::new(), "{path}: {}", page.body);
    let parsed = Parsed { page, html };
    parsed.check();
    parsed
}

/// The page of a view's rows, with more of a query string.
pub(crate) fn view(exporter: &Exporter, name: &str, query: &str) -> Parsed {
    page(exporter, &format!("/statsz?view={name}&{query}"))
}

impl Parsed {
    /// The elements that a selector finds.
    pub(crate) fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.html
            .select(&Selector::parse(selector).expect("a selector"))
            .collect()
    }

    /// The texts of the elements that a selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).into_iter().map(text).collect()
    }

    /// The cells of a table's rows, without drawings. The table is found by its label.
    pub(crate) fn cells(&self, table: &str) -> Vec<Vec<String>> {
        let rows = self.all(&format!("[aria-label=\"{table}\"] tbody tr"));
        let cells = Selector::parse("td, th").expect("a selector");
        let drawing = Selector::parse(".histogram").expect("a selector");
        let of_row = |row: ElementRef<'_>| {
            let cells = row.select(&cells);
            cells
                .filter(|cell| cell.select(&drawing).next().is_none())
                .map(text)
                .collect()
        };
        rows.into_iter().map(of_row).collect()
    }

    /// The first cell of each row.
    pub(crate) fn first_cells(&self, table: &str) -> Vec<String> {
        let rows = self.cells(table).into_iter();
        rows.filter_map(|row| row.into_iter().next()).collect()
    }

    /// The only text that a selector finds.
    pub(crate) fn only_text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        let [text] = texts.as_slice() else {
            panic!("{selector}: {texts:?} in {}", self.page.body);
        };
        text.clone()
    }

    /// Nothing runs, nothing comes from elsewhere, and all identifiers are different.
    fn check(&self) {
        let mut ids = Vec::new();
        for element in self.all("*") {
            let element = element.value();
            assert!(
                ELEMENTS.contains(&element.name()),
                "<{}> in {}",
                element.name(),
                self.page.body
            );
            for (name, value) in element.attrs() {
                assert!(
                    !name.starts_with("on") && name != "style" && name != "src",
                    "{name}=\"{value}\""
                );
                if name == "href" {
                    let is_ours = [
                        "./",
                        "statsz",
                        "catalogue.json",
                        "metrics",
                        "healthz",
                        "#",
                        "data:,",
                    ]
                    .iter()
                    .any(|start| value.starts_with(start));
                    assert!(is_ours, "{value}");
                }
            }
            ids.extend(element.id().map(str::to_owned));
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(
            ids.len(),
            all,
            "identifiers that are given twice: {}",
            self.page.body
        );
        assert_eq!(self.all("style").len(), 1);
        assert_eq!(self.all("h1").len(), 1);
    }
}

/// The text of an element, without the blanks at its ends.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}
