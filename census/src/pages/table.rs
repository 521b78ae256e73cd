//! The parts that tables share: headings that sort, pages, and lists that are sorted as a whole.

use maud::{Markup, html};

use super::listing::Listing;
use super::number;
use super::query::Query;

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// The name of the order; `None` for a column that nothing is sorted by.
    pub(super) sort: Option<String>,
    pub(super) text: Markup,
    /// Whether the column has numbers, of which the largest ones come first at the first click.
    pub(super) is_number: bool,
    pub(super) title: &'static str,
    /// Stands below the text.
    pub(super) note: &'static str,
}

impl Heading {
    pub(super) fn of_text(sort: &str, text: &str) -> Self {
        Self {
            sort: Some(sort.to_owned()),
            text: html! { (text) },
            is_number: false,
            title: "",
            note: "",
        }
    }

    pub(super) fn of_number(sort: &str, text: &str) -> Self {
        Self {
            is_number: true,
            ..Self::of_text(sort, text)
        }
    }

    pub(super) fn unsorted(text: &str) -> Self {
        Self {
            sort: None,
            ..Self::of_text("", text)
        }
    }

    pub(super) fn with_title(self, title: &'static str) -> Self {
        Self { title, ..self }
    }

    pub(super) fn with_note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// The heading as a cell. `link` is the link to another listing of the same list.
    pub(super) fn cell(&self, list: &Listing, link: impl Fn(Listing) -> String) -> Markup {
        let is_sorted = self.sort.is_some() && self.sort == list.sort;
        let descending = if is_sorted {
            !list.descending
        } else {
            self.is_number
        };
        let direction = is_sorted.then_some(if list.descending {
            "descending"
        } else {
            "ascending"
        });
        html! {
            th scope="col" .number-heading[self.is_number] aria-sort=[direction] title=[(!self.title.is_empty()).then_some(self.title)] {
                @if let Some(sort) = &self.sort {
                    a href=(link(list.sorted_by(sort, descending))) {
                        (self.text)
                        @if is_sorted {
                            span aria-hidden="true" { @if list.descending { "\u{a0}▼" } @else { "\u{a0}▲" } }
                        }
                    }
                } @else {
                    (self.text)
                }
                @if !self.note.is_empty() { div.note { (self.note) } }
            }
        }
    }
}

/// A table that scrolls within the page, if it is wider.
pub(super) fn scrolled(label: &str, table: &Markup) -> Markup {
    html! {
        div.scroll role="region" aria-label=(label) tabindex="0" { (table) }
    }
}

/// Says which entries are shown of how many, with links to the other pages.
pub(super) fn pages(
    what: &str,
    list: &Listing,
    matches: usize,
    reachable: usize,
    link: impl Fn(Listing) -> String,
) -> Markup {
    let page_count = list.pages(reachable);
    let first_shown = list.offset().saturating_add(1);
    let last_shown = list.offset().saturating_add(list.per_page).min(reachable);
    html! {
        nav.pages aria-label={ "pages of " (what) } {
            span {
                @if matches == 0 { "no " (what) }
                @else if matches == 1 { "1 " (what.trim_end_matches('s')) }
                @else if page_count == 1 && list.page == 1 { (number::length(matches).rounded) " " (what) }
                @else if first_shown > last_shown {
                    "page " (list.page) " is empty: there are " (number::length(page_count).rounded) " pages"
                }
                @else {
                    (number::length(first_shown).rounded) "–" (number::length(last_shown).rounded)
                    " of " (number::length(matches).rounded) " " (what)
                }
            }
            @if list.page > 1 {
                a href=(link(list.at_page(1))) { "first" }
                a rel="prev" href=(link(list.at_page((list.page - 1).min(page_count)))) { "previous" }
            }
            @if list.page < page_count {
                a rel="next" href=(link(list.at_page(list.page + 1))) { "next" }
                a href=(link(list.at_page(page_count))) { "last" }
            }
        }
    }
}

/// What an entry of a short list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) enum Key<'k> {
    Text(&'k str),
    Number(f64),
}

impl Key<'_> {
    /// A number, rounded.
    #[expect(clippy::cast_precision_loss, reason = "for sorting only")]
    pub(super) const fn of(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

/// Sorts a list that is in memory as the query says, and returns those of the page. An order that there is not is said in a
/// notice.
pub(super) fn sorted_page<T>(
    entries: &mut Vec<T>,
    list: &Listing,
    key: impl for<'t> Fn(&'t T, &str) -> Option<Key<'t>>,
) -> Option<String> {
    let mut notice = None;
    if let Some(sort) = &list.sort {
        if entries.iter().any(|entry| key(entry, sort).is_none()) {
            notice = Some(format!("there is no order `{sort}`"));
        } else {
            entries.sort_by(|a, b| {
                let order = key(a, sort).partial_cmp(&key(b, sort));
                let order = order.unwrap_or(std::cmp::Ordering::Equal);
                if list.descending {
                    order.reverse()
                } else {
                    order
                }
            });
        }
    }
    entries.drain(..list.offset().min(entries.len()));
    entries.truncate(list.per_page);
    notice
}

/// The form of the filters. `fields` are further ones.
pub(super) fn filter_form(query: &Query, page: &str, label: &str, fields: &Markup) -> Markup {
    let unfiltered = query.unfiltered();
    html! {
        form.filter action=(page) method="get" role="search" {
            @for (name, value) in unfiltered.parameters_without_filters() {
                input type="hidden" name=(name) value=(value);
            }
            label { (label) " " input type="search" name="filter" value=(query.filter) maxlength="255" autocomplete="off"; }
            button type="submit" { "Filter" }
            @if query.is_filtered() { a href=(unfiltered.link(page)) { "show all" } }
            (fields)
        }
    }
}

/// The query as a list of rows or of measures is changed.
pub(super) fn link_of<'q>(
    query: &'q Query,
    page: &'q str,
    set: fn(&mut Query) -> &mut Listing,
) -> impl Fn(Listing) -> String + 'q {
    move |listing| {
        let mut query = query.clone();
        *set(&mut query) = listing;
        query.link(page)
    }
}

/// The identifier of a measure's row, to which links jump.
pub(super) fn measure_id(name: &str) -> String {
    let escaped = name.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        byte => format!("-{byte:02x}"),
    });
    format!("m-{}", escaped.collect::<String>())
}

/// Whether a text of an entry has the text of the filter.
pub(super) fn is_wanted(query: &Query, texts: &[&str]) -> bool {
    let wanted = query.filter.to_ascii_lowercase();
    let mut texts = texts.iter();
    texts.any(|text| text.to_ascii_lowercase().contains(&wanted))
}
