//! Observed measures: with a function each, or with one function that says all values.

use census::prometheus::Exporter;
use census::{Observation, Observed, TagKey, View, measure, tag, tags, view};

use crate::observed::{POOLS, Pool, ReadingKind, Scrape};

#[tag]
static POOL: TagKey;

/// Connections, by pool.
#[measure]
static POOL_SIZE: Observed<u64>;

view! {
    /// Connections, by pool.
    #[optional]
    static POOL_SIZES: LastValue<POOL_SIZE> by (POOL) { max_series: 2000 }
}

/// The observations, with their views, which are there as long as these are kept.
fn observe(kind: ReadingKind) -> Vec<Observation> {
    match kind {
        ReadingKind::Metrics => {
            let observe = |pool: &'static Pool| {
                let size = Observed::<u64>::builder(format!("bench/{}", pool.name))
                    .register()
                    .expect("a name of its own");
                View::last_value(pool.name.clone(), &size)
                    .description("Connections.")
                    .register()
                    .expect("a name of its own");
                size.observe(|seen| seen.record(pool.size(), tags!()))
            };
            POOLS.iter().map(observe).collect()
        }
        ReadingKind::Values => {
            POOL_SIZES.register().expect("a name of its own");
            let observation = POOL_SIZE.observe(|seen| {
                for pool in POOLS.iter() {
                    seen.record(pool.size(), tags!(POOL = pool.name.as_str()));
                }
            });
            vec![observation]
        }
    }
}

pub(crate) fn scrape(kind: ReadingKind) -> Scrape {
    let observations = observe(kind);
    let exporter = Exporter::builder().build().expect("no problems");
    Box::new(move || {
        let _kept = &observations;
        let scrape = exporter.scrape(Some("application/openmetrics-text; version=1.0.0"));
        assert_eq!(scrape.status, 200);
        scrape.body.len()
    })
}

/// The rows as plain data.
pub(crate) fn snapshot(kind: ReadingKind) -> Scrape {
    let observations = observe(kind);
    Box::new(move || {
        let _kept = &observations;
        let snapshot = census::snapshot();
        let rows = snapshot
            .views()
            .filter(|view| view.name().starts_with("pool"));
        rows.map(|view| view.data.rows.len()).sum()
    })
}
