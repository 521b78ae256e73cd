//! Carries tags into tasks, threads, blocking calls and parallel iterators.
//!
//! A new task or thread has no tags, so each module hands them over in its own way. All the work is for one tenant,
//! which only `main` names. The program prints the text that Prometheus would get.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

mod blocking;
mod parallel;
mod tasks;
mod threads;

use std::error::Error;

use census::prometheus::Exporter;
use census::{Measure, TagKey, WithTags as _, measure, record, tag, tags, view};

/// The tenant that the work is for.
#[tag]
static TENANT: TagKey;
/// Where the work is done.
#[tag]
static PLACE: TagKey;

/// Units of work.
#[measure]
static WORK: Measure<u64>;

view! {
    /// Work done, by place and tenant.
    static WORK_DONE: Sum<WORK> by (PLACE, TENANT);
}

/// Does one unit of work. It does not know the tenant: the tag comes from the caller's scope.
fn work(place: &str) {
    record!(WORK = 1, tags(PLACE = place));
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let acme = tags!(TENANT = "acme");
    tasks::run().with_tags(acme.clone()).await?;
    blocking::run().with_tags(acme.clone()).await?;
    acme.scope(|| {
        threads::run();
        parallel::run();
    });
    print!("{}", Exporter::builder().build()?.scrape(None).body);
    Ok(())
}
