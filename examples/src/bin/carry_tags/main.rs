//! How tags get to where the work is done: into tasks, threads, blocking calls and parallel iterators.
//!
//! A new task or thread has no tags, so each of the modules hands them over. All the work is for one tenant, who is named
//! here and nowhere else; the program prints what Prometheus would see.

#![expect(clippy::print_stdout, reason = "a program's output")]

mod blocking;
mod parallel;
mod tasks;
mod threads;

use std::error::Error;

use census::prometheus::Exporter;
use census::{Measure, TagKey, WithTags as _, measure, record, tag, tags, view};

/// Whom the work is for.
#[tag]
static TENANT: TagKey;
/// Where it is done.
#[tag]
static PLACE: TagKey;

/// Work, in units.
#[measure]
static WORK: Measure<u64>;

view! {
    /// Work done, by place and tenant.
    static WORK_DONE: Sum<WORK> by (PLACE, TENANT);
}

/// Does some work. It has no idea for whom.
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
