//! The problems of declarations.

use maud::{Markup, html};

use super::{table, text};
use crate::register::Problem;

/// The problems of declarations, if there are any, with both places.
pub(super) fn problems(problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            h2 #problems { "Problems" }
            p { "These declarations were rejected. All others work." }
            (table::scrolled("problems", &html! {
                table {
                    thead { tr {
                        th scope="col" { "Problem" }
                        th scope="col" { "Rejected" }
                        th scope="col" { "Kept" }
                    } }
                    tbody {
                        @for problem in problems {
                            tr {
                                th.text-cell scope="row" { bdi { (text::shown(problem.message())) } }
                                td.place-cell { (text::shown(&problem.rejected_at().to_string())) }
                                td.place-cell {
                                    @match problem.kept_at() {
                                        Some(kept) => (text::shown(&kept.to_string())),
                                        None => "–",
                                    }
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}
