//! The bounds, which are stored in `bounds.toml`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// A path may take this many times its bound, because compilers differ and each process has its own seed for hashes.
pub(crate) const SLACK: f64 = 1.1;

const HEADER: &str = "\
# Instructions of one operation, by path. Written by `benches/guard/run --bless`; src/paths.rs defines the paths.
";

/// The path of the file.
fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/bounds.toml"))
}

/// The bounds by the names of the paths. Without the file, there are none.
pub(crate) fn read() -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(file()).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once('='))
        .filter_map(|(name, bound)| Some((name.trim().to_owned(), bound.trim().parse().ok()?)))
        .collect()
}

/// Replaces all bounds; returns the path of the file.
pub(crate) fn write<'a>(bounds: impl Iterator<Item = (&'a str, f64)>) -> std::io::Result<PathBuf> {
    let mut text = HEADER.to_owned();
    for (name, bound) in bounds {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name} = {bound:.1}");
    }
    std::fs::write(file(), text)?;
    Ok(file())
}
