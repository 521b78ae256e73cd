//! A scrape as a server sees it.

use std::net::IpAddr;
use std::time::Duration;

use super::name_filter::NameFilter;

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScrapeRequest {
    /// The header `Accept`.
    pub(crate) accept: Option<String>,
    /// Whether the header `Accept-Encoding` asks for gzip.
    pub(crate) gzip: bool,
    /// The families of `?name[]=`.
    pub(crate) names: NameFilter,
    /// How long the scraper waits for the answer, if it says so.
    pub(crate) timeout: Option<Duration>,
    /// The network of the client, if it has an address. What is made for one client alone is shared out by it.
    pub(crate) client: Option<IpAddr>,
}
