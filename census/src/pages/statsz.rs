//! The page of all measures and views.

use maud::html;

use super::exposed::Exposed;
use super::page::Page;
use super::paths::PageKind;
use super::query::Query;
use super::{layout, measures, problems, table, views};
use crate::collect::Collection;
use crate::register;

pub(super) fn page(mut query: Query, exposed: &Exposed<'_>) -> Page {
    query.keep_columns(|_| false);
    let collection = Collection::of_all(exposed.observe_within);
    let catalogue = register::catalogue();
    let views = views::views(&mut query, &collection, exposed);
    let measures = measures::measures(&mut query, &catalogue, &collection, exposed);
    let offered = views::offered(&catalogue.views);
    let statsz = exposed.links.statsz();
    let content = html! {
        h1 { "Measures and views" }
        (layout::notices(query.notices()))
        (table::filter_form(&query, &statsz, "Names and descriptions with", &html! {}))
        h2 #views { "Views" }
        (views)
        h2 #measures { "Measures" }
        (measures)
        (offered)
        (problems::problems(&exposed.problems))
    };
    layout::page(
        200,
        PageKind::Statsz,
        "Measures and views",
        exposed,
        &content,
    )
}
