//! Groups that measure each case in child processes, so that the heap of one case does not disturb another.

pub(crate) mod http;
pub(crate) mod insert;
pub(crate) mod memory;
pub(crate) mod observed;
pub(crate) mod process;
pub(crate) mod scrape;
pub(crate) mod tasks;
