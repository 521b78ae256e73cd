//! Crates outside of this workspace, as a user has them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate with one file.
#[derive(Clone, Copy, Debug)]
pub struct Crate<'a> {
    /// The name of the crate, and of its directory.
    pub name: &'a str,
    /// The edition of Rust.
    pub edition: &'a str,
    /// The lines of `[dependencies]`.
    pub dependencies: &'a str,
    /// `lib.rs` or `main.rs`.
    pub file: &'a str,
    /// The content of the file.
    pub code: &'a str,
}

impl Crate<'_> {
    /// Writes the crate into a directory of its own in `parent`, which is returned. A crate that was there is
    /// overwritten, and what cargo has built of it stays.
    #[must_use]
    pub fn write(&self, parent: &Path) -> PathBuf {
        let Self {
            name,
            edition,
            dependencies,
            file,
            code,
        } = self;
        let directory = parent.join(name);
        fs::create_dir_all(directory.join("src")).expect("a new directory");
        // [workspace]: the directory may be inside of this workspace, and the crate must not belong to it.
        let manifest = format!(
            "[package]\nname = {name:?}\nedition = {edition:?}\n\n[workspace]\n\n[dependencies]\n{dependencies}\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest).expect("a new file");
        fs::write(directory.join("src").join(file), code).expect("a new file");
        // The versions that this workspace is tested with, which are on this machine already.
        fs::copy(workspace().join("Cargo.lock"), directory.join("Cargo.lock")).expect("Cargo.lock");
        directory
    }
}

/// A line of `[dependencies]`: the library under a name.
#[must_use]
pub fn dependency(name: &str, features: &[&str]) -> String {
    let path = workspace().join("census").display().to_string();
    format!("{name} = {{ package = \"census-metrics\", path = {path:?}, features = {features:?} }}")
}

/// A command of cargo for a crate. It downloads nothing.
#[must_use]
pub fn cargo(directory: &Path, target: &Path, command: &str, args: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").expect("cargo sets this variable");
    let mut cargo = Command::new(cargo);
    cargo.args([command, "--quiet", "--offline", "--target-dir"]);
    cargo.arg(target).args(args).current_dir(directory);
    cargo
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package is in a workspace")
}
