//! The frame of all pages.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::exposed::Exposed;
use super::page::Page;
use super::paths::PageKind;
use super::text;

/// The only text that is marked as HTML. `headers` has its hash, by which a browser allows it.
pub(super) const STYLE: &str = include_str!("style.css");

/// A whole page. `title` and `content` stand in the frame.
pub(super) fn page(
    status: u16,
    kind: PageKind,
    title: &str,
    exposed: &Exposed<'_>,
    content: &Markup,
) -> Page {
    let links = exposed.links;
    let current = |page| (kind == page).then_some("page");
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex, nofollow";
                title { (title) }
                // No favicon is asked for.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    strong { (program()) }
                    nav aria-label="pages" {
                        a href=(links.home()) aria-current=[current(PageKind::Home)] { "What is here" }
                        a href=(links.statsz()) aria-current=[current(PageKind::Statsz)] { "Measures and views" }
                        a href=(links.catalogue()) { "Catalogue" }
                        @if let Some(metrics) = &links.metrics { a href=(metrics) { "Metrics" } }
                    }
                }
                main { (content) }
                footer {
                    "Made by census " (env!("CARGO_PKG_VERSION")) ". The page shows the moment at which it was loaded."
                }
            }
        }
    };
    Page::html(status, document.into_string())
}

/// The name of the program's file, with everything visible.
pub(super) fn program() -> String {
    let program = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&program).file_name();
    match name {
        Some(name) if !name.is_empty() => text::plain(&name.to_string_lossy()),
        _ => "This program".to_owned(),
    }
}

/// Sentences about the request that the reader should see.
pub(super) fn notices(notices: &[String]) -> Markup {
    html! {
        @if !notices.is_empty() {
            div.notice role="status" {
                ul { @for notice in notices { li { bdi { (notice) } } } }
            }
        }
    }
}
