//! Makes the pages.

use super::exposed::Exposed;
use super::page::Page;
use super::paths::PageKind;
use super::query::Query;
use super::{home, json, statsz, view_page};

/// Makes a page. Blocks while what is observed is read.
pub(crate) fn page(kind: PageKind, query: &str, exposed: &Exposed<'_>) -> Page {
    match kind {
        PageKind::Home => home::page(exposed),
        PageKind::Statsz => {
            let query = Query::parse(query);
            match query.view.clone() {
                Some(view) => view_page::page(&view, query, exposed),
                None => statsz::page(query, exposed),
            }
        }
        PageKind::Catalogue => json::page(exposed),
    }
}
