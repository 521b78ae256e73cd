//! What an exporter tells its pages.

#[cfg(feature = "server")]
use std::net::IpAddr;

use super::Exporter;
#[cfg(feature = "server")]
use super::failure::Failure;
#[cfg(feature = "server")]
use super::scrape::Scrape;
use crate::pages::{self, Exposed, Links, Page, PageKind};

/// The formats that a scraper can ask for.
const FORMATS: &[&str] = &[
    "Prometheus text 0.0.4 and 1.0.0",
    "OpenMetrics 1.0.0",
    #[cfg(feature = "protobuf")]
    "Prometheus protobuf",
];

impl Exporter {
    /// A page for people, in the terms of any HTTP framework; `None` if there is no page at this path. With the feature
    /// `pages`.
    ///
    /// | path | page |
    /// |---|---|
    /// | `/` | what is here |
    /// | `/statsz` | every measure, also those that no view uses, and every view: columns, rows, the share of `max_series`, overflow |
    /// | `/statsz?view=NAME` | the rows of a view, with histograms |
    /// | `/catalogue.json` | what is declared |
    ///
    /// The pages need no scripts, fonts or images, and are to be sent with the [headers](Page::headers). They show tag values
    /// and places in the source, so they are for those who may read the metrics.
    ///
    /// Blocks until [observed measures](crate::Observed) are read, for
    /// [`observe_within`](super::ExporterBuilder::observe_within) at most: call it off the threads of an async runtime.
    /// A page of a view reads all its rows once, and keeps at most 10,000 of them.
    ///
    /// ```
    /// use census::prometheus::{Exporter, Page};
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let page = exporter.page("/statsz?sort=rows&order=desc").expect("a page");
    /// assert_eq!((page.status, page.content_type), (200, "text/html; charset=utf-8"));
    /// assert!(page.body.contains("function_calls"));
    /// for (name, value) in Page::headers() {
    ///     println!("{name}: {value}");
    /// }
    /// assert_eq!(exporter.page("/favicon.ico"), None);
    /// ```
    ///
    /// # The query string
    ///
    /// | parameter | value | default |
    /// |---|---|---|
    /// | `view` | the name of a view | all measures and views |
    /// | `filter` | a text that is in a column (without `view`: in a name or a description); upper and lower case of ASCII are the same | |
    /// | `tag.LABEL` | a text that is in the column of this label | |
    /// | `sort` | `tag.LABEL`; `value` or, of distributions, `count`, `sum`, `mean`, `min`, `max`, `deviation`, `p50`, `p90`, `p99`. Without `view`: `name`, `aggregation`, `measure`, `columns`, `rows`, `share`, `overflowed`, `removed` | the order of the rows or of the declarations |
    /// | `order` | `asc`, `desc` | `asc` |
    /// | `page` | from 1 | 1 |
    /// | `per_page` | 1 to 1000 | 50 |
    /// | `measures.sort` | `name`, `unit`, `type`, `views`, `refused`, `place` | the order of the declarations |
    /// | `measures.order`, `measures.page`, `measures.per_page` | as above, for the list of measures | |
    ///
    /// What is not understood is said in the page, and numbers are clamped. Of a sorted list of rows, the first 10,000 can
    /// be reached.
    ///
    /// # The catalogue
    ///
    /// The JSON has the fields of [`Catalogue`](crate::Catalogue#as-json), and of the exporter:
    ///
    /// | field | value |
    /// |---|---|
    /// | `census` | the version of the library |
    /// | `namespace`, `const_labels` | those of the exporter; a label has `name` and `value` |
    /// | `families` | the family of each registered view: `view` (the view's name), `name` (without `_total`), `type` (`counter`, `gauge` or `histogram`) |
    /// | `exporter_problems` | the exporter's problems that are not the catalogue's |
    #[must_use]
    pub fn page(&self, path_and_query: &str) -> Option<Page> {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        Some(self.page_of(PageKind::at(path)?, query, &Links::default()))
    }

    /// The same for a server with links of its own, without blocking. A thread of the library's own makes the page, one at a
    /// time.
    ///
    /// # Errors
    /// The answer without a page, if it is not made within the deadline, or if too many wait. `client` is the network of the
    /// client, if it has an address.
    #[cfg(feature = "server")]
    pub(crate) async fn page_for_server(
        &self,
        kind: PageKind,
        query: String,
        links: Links,
        client: Option<IpAddr>,
    ) -> Result<Page, Scrape> {
        let exporter = self.clone();
        let page = move || exporter.page_of(kind, &query, &links);
        let page = self.inner.threads.make_alone(client, page);
        let page = tokio::time::timeout(self.deadline(), page).await;
        page.unwrap_or(Err(Failure::Late)).map_err(Scrape::failed)
    }

    /// The same for a server that has the pages, the exposition or the health check elsewhere.
    pub(crate) fn page_of(&self, kind: PageKind, query: &str, links: &Links) -> Page {
        let threads = &self.inner.threads;
        let config = threads.config();
        let const_labels = config.const_labels.iter();
        let exposed = Exposed {
            namespace: &config.namespace,
            const_labels: const_labels
                .map(|label| (label.name.as_str(), label.value.as_str()))
                .collect(),
            formats: FORMATS,
            problems: self.problems(),
            since: self.inner.since,
            observe_within: config.observe_within,
            links,
        };
        threads
            .carried()
            .within(|| pages::page(kind, query, &exposed))
    }
}
