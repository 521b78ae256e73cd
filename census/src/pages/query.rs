//! The query string of a page: what is filtered, how lists are sorted, and which part of them is shown.
//!
//! A request may have anything there, and never fails for it: what is not understood is said in a notice.

use form_urlencoded::Serializer;

use super::listing::Listing;
use super::text;
use crate::tags::truncate;

/// How many parameters are read.
const MAX_PARAMETERS: usize = 64;

/// How many notices are shown.
const MAX_NOTICES: usize = 8;

/// What stands before a column in the name of a parameter, and in the name of an order.
pub(super) const COLUMN: &str = "tag.";

/// What stands before the parameters of the list of measures.
const MEASURES: &str = "measures.";

/// What a query string asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The view whose rows are shown.
    pub(super) view: Option<String>,
    /// A text that is in one of the columns.
    pub(super) filter: String,
    /// Texts that are in the columns of these labels.
    pub(super) column_filters: Vec<(String, String)>,
    /// The list of views, or of rows.
    pub(super) list: Listing,
    /// The list of measures.
    pub(super) measures: Listing,
    /// What was not understood.
    notices: Vec<String>,
}

impl Query {
    /// The first page of a view's rows.
    pub(super) fn of_view(name: &str) -> Self {
        Self {
            view: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// The same without filters, from the first page on.
    pub(super) fn unfiltered(&self) -> Self {
        let mut query = self.clone();
        query.filter = String::new();
        query.column_filters = Vec::new();
        query.list.page = 1;
        query.measures.page = 1;
        query
    }

    pub(super) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        let mut parameters = form_urlencoded::parse(text.as_bytes());
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in parameters.by_ref().take(MAX_PARAMETERS) {
            let value = truncate(&value);
            if seen.iter().any(|other| **other == *name) {
                query.notice(&format!(
                    "the parameter `{name}` is given twice: the first one counts"
                ));
            } else if !value.is_empty() {
                // A form sends its empty fields, too.
                query.set(&name, value);
                seen.push(name.into_owned());
            }
        }
        if parameters.next().is_some() {
            query.notice(&format!(
                "only the first {MAX_PARAMETERS} parameters are read"
            ));
        }
        query
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "view" => self.view = Some(value.to_owned()),
            "filter" => value.clone_into(&mut self.filter),
            _ => {
                if let Some(label) = name.strip_prefix(COLUMN) {
                    let filter = (truncate(label).to_owned(), value.to_owned());
                    self.column_filters.push(filter);
                    return;
                }
                let (list, parameter) = match name.strip_prefix(MEASURES) {
                    Some(parameter) => (&mut self.measures, parameter),
                    None => (&mut self.list, name),
                };
                if let Some(notice) = list.set(name, parameter, value) {
                    self.notice(&notice);
                }
            }
        }
    }

    /// Adds a notice. It may have any text.
    pub(super) fn notice(&mut self, notice: &str) {
        if self.notices.len() < MAX_NOTICES {
            self.notices.push(text::plain(notice));
        }
    }

    /// The notices, in which everything is visible.
    pub(super) fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Takes the filters of columns that there are not, with a notice for each.
    pub(super) fn keep_columns(&mut self, has_label: impl Fn(&str) -> bool) {
        let filters = std::mem::take(&mut self.column_filters);
        for (label, text) in filters {
            if has_label(&label) {
                self.column_filters.push((label, text));
            } else {
                self.notice(&format!("there is no column `{label}` to filter by"));
            }
        }
    }

    /// The text that the column of this label is filtered by.
    pub(super) fn column_filter(&self, label: &str) -> &str {
        let mut filters = self.column_filters.iter();
        filters
            .find(|(other, _)| other == label)
            .map_or("", |(_, text)| text)
    }

    /// Whether anything is filtered.
    pub(super) fn is_filtered(&self) -> bool {
        !self.filter.is_empty() || !self.column_filters.is_empty()
    }

    /// The names and values of the parameters that differ from the default, without filters.
    pub(super) fn parameters_without_filters(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        let mut add = |name: String, value: &str| parameters.push((name, value.to_owned()));
        if let Some(view) = &self.view {
            add("view".to_owned(), view);
        }
        self.list.parameters("", &mut add);
        self.measures.parameters(MEASURES, &mut add);
        parameters
    }

    /// The link to a page with this query.
    pub(super) fn link(&self, page: &str) -> String {
        let mut link = Serializer::new(String::new());
        link.extend_pairs(self.parameters_without_filters());
        if !self.filter.is_empty() {
            link.append_pair("filter", &self.filter);
        }
        for (label, text) in &self.column_filters {
            link.append_pair(&format!("{COLUMN}{label}"), text);
        }
        match link.finish() {
            query if query.is_empty() => page.to_owned(),
            query => format!("{page}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::listing::MAX_PER_PAGE;
    use super::*;

    #[test]
    fn parameters_are_read_and_written() {
        let text = "view=a%2Fb&sort=tag.path&order=desc&page=3&per_page=20&measures.sort=name&filter=x%26y&tag.path=%3Cb%3E";
        let query = Query::parse(text);
        assert_eq!(query.notices(), &[] as &[String]);
        assert_eq!(query.view.as_deref(), Some("a/b"));
        assert_eq!((query.list.offset(), query.list.descending), (40, true));
        assert_eq!(query.list.pages(41), 3);
        assert_eq!(query.column_filter("path"), "<b>");
        assert_eq!(query.link("statsz"), format!("statsz?{text}"));
        assert_eq!(Query::parse("").link("statsz"), "statsz");
        assert_eq!(Query::parse("filter=&page=&tag.a="), Query::default());
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let query = Query::parse(
            "page=0&per_page=5000&measures.page=-1&order=up&sort=a&sort=b&nothing=%00&measures.per_page=99999999999999999999999",
        );
        let expected = [
            "`page` is from 1 to 18446744073709551615: 1 is shown",
            "`per_page` is from 1 to 1000: 1000 is shown",
            "`measures.page` is a number, and not `-1`",
            "`order` is `asc` or `desc`, and not `up`",
            "the parameter `sort` is given twice: the first one counts",
            "there is no parameter `nothing`",
            "`measures.per_page` is from 1 to 1000: 1000 is shown",
        ];
        assert_eq!(query.notices(), expected);
        assert_eq!(query.list.sort.as_deref(), Some("a"));
        let many = Query::parse(&"x=1&".repeat(10_000));
        assert_eq!(many.notices().len(), MAX_NOTICES);
        let highest = Query::parse("page=18446744073709551615");
        assert_eq!(highest.list.offset(), usize::MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn links_say_the_same_again(text in any::<String>(), value in any::<String>()) {
            let pair = Serializer::new(String::new()).append_pair("filter", &value).append_pair("view", &value).finish();
            for text in [text.clone(), format!("page={text}&per_page={value}"), pair] {
                let query = Query::parse(&text);
                prop_assert!((1..=MAX_PER_PAGE).contains(&query.list.per_page));
                let link = query.link("statsz");
                let again = Query::parse(link.strip_prefix("statsz").unwrap_or_default().trim_start_matches('?'));
                prop_assert_eq!(Query { notices: Vec::new(), ..again }, Query { notices: Vec::new(), ..query });
            }
        }
    }
}
