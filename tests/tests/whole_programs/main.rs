//! Programs that are built on the spot, because they have what no program of this workspace has: two copies of the library,
//! shared objects, signal handlers.

mod copies;
mod shared_objects;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod signal_handlers;

use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::crates;

/// Where the programs are: outside of this workspace, because cargo would take it for the workspace of a copy. It is the
/// same in each run, so that cargo does not build everything again.
fn root() -> PathBuf {
    let checkout = env!("CARGO_MANIFEST_DIR").replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    std::env::temp_dir()
        .join("census-whole-programs")
        .join(checkout)
}

/// The directory in which cargo builds them.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole_programs")
}

fn cargo(directory: &Path, command: &str, args: &[&str]) -> Command {
    crates::cargo(directory, &target(), command, args)
}
