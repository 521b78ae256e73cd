//! Between *collect* and *serve*, **pages**: what a person sees of the program. The pages know no sockets; a server, or a
//! handler of the user's, asks for a page by its path and query.
//!
//! 1. `query` reads the query string, and writes those of links; `listing` is the part of a list that it asks for. `paths`
//!    knows which page a path is.
//! 2. `render` makes a page: `home`, `statsz` (of `views` and `measures`), `view_page` or `json`. `exposed` is what the
//!    exporter tells them. `rows` selects the rows of a view that a page shows, in one pass and in bounded memory.
//! 3. `layout` is the frame of all pages, with the stylesheet. `table` has the parts that tables share. `text`, `number`,
//!    `time`, `quantile`, `histogram` and `problems` show one thing each.
//!
//! *Invariant: no text of the program or of a request is HTML.* `maud` escapes what stands in a template, only the
//! stylesheet is marked as HTML, and `text` shows what a reader could not see.

mod exposed;
mod headers;
mod histogram;
mod home;
mod json;
mod layout;
mod listing;
mod measures;
mod number;
mod page;
mod paths;
mod problems;
mod quantile;
mod query;
mod render;
mod rows;
mod sort_key;
mod statsz;
mod table;
mod text;
mod time;
mod view_facts;
mod view_page;
mod views;

pub(crate) use exposed::Exposed;
pub use page::Page;
pub(crate) use paths::{Links, PageKind};
pub(crate) use render::page;
