//! The table of the peers that read values at each scrape.

use crate::names::{CENSUS, PROMETHEUS_CLIENT};
use crate::observed::{ReadingKind, Scrape};
use crate::peers::{census, opentelemetry, prometheus_client};

/// Makes a peer's metrics; returns what scrapes them.
type Make = fn(ReadingKind) -> Scrape;

/// What takes the values of `census` without encoding them.
const SNAPSHOT: &str = "census, snapshot";
const COLLECT_ONLY: &str = "opentelemetry, collect only";

/// The peers, by the names of their cases.
pub(crate) const OBSERVED_PEERS: [(&str, Make); 4] = [
    (CENSUS, census::observed::scrape),
    (SNAPSHOT, census::observed::snapshot),
    (PROMETHEUS_CLIENT, prometheus_client::observed::scrape),
    (COLLECT_ONLY, opentelemetry::observed::collect),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::{COUNT, POOLS};

    #[test]
    fn every_peer_reads_every_value() {
        let _rows = census::ROWS.lock().unwrap();
        for kind in ReadingKind::ALL {
            for (case, make) in OBSERVED_PEERS {
                let scrape = make(kind);
                let found = scrape();
                // A body has at least the name and the value of each pool.
                let expected = match case {
                    SNAPSHOT | COLLECT_ONLY => COUNT..COUNT + 1,
                    _ => COUNT * (POOLS[0].name.len() + 4)..COUNT * 300,
                };
                assert!(
                    expected.contains(&found),
                    "{case}, {}: {found}",
                    kind.name()
                );
                // The body of `census` also counts the scrapes.
                let again = scrape();
                assert!(
                    again.abs_diff(found) < 1_000,
                    "{case}, {}: {found}, {again}",
                    kind.name()
                );
            }
        }
    }
}
