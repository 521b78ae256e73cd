//! The bounds, in a file that people and version control can read.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// How many times its bound a path may need. Compilers differ, and hashes have a seed of their own in each process.
pub(crate) const SLACK: f64 = 1.1;

const HEADER: &str = "\
# Instructions of one operation, by path. Written by `benches/guard/run --bless`; what they are is in src/paths.rs.
";

fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/bounds.toml"))
}

/// The bounds, by the names of the paths; none, if there is no file.
pub(crate) fn read() -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(file()).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once('='))
        .filter_map(|(name, bound)| Some((name.trim().to_owned(), bound.trim().parse().ok()?)))
        .collect()
}

/// Replaces them; returns where they are.
pub(crate) fn write<'a>(bounds: impl Iterator<Item = (&'a str, f64)>) -> std::io::Result<PathBuf> {
    let mut text = HEADER.to_owned();
    for (name, bound) in bounds {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name} = {bound:.1}");
    }
    std::fs::write(file(), text)?;
    Ok(file())
}
