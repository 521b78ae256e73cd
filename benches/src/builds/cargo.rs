//! Packages that cargo builds, and what that costs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::children::process::{cargo, target_dir};
use crate::processor::seconds_of_children;

/// A package whose program is one file.
pub(crate) struct Package {
    name: String,
    directory: PathBuf,
    source: String,
    target_dir: PathBuf,
}

/// A line of a manifest that depends on `census`, with these features.
pub(super) fn census_dependency(features: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../census");
    format!(
        "census = {{ package = \"census-metrics\", path = \"{}\", features = [{features}] }}",
        path.display()
    )
}

/// What a build cost.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds of the processor, of cargo and all that it started. NaN if the system does not tell.
    pub(crate) processor: f64,
    /// Seconds on the wall.
    pub(crate) wall: f64,
    /// How many crates were compiled.
    pub(crate) crates: f64,
}

impl Package {
    /// Writes the package, and fetches what it depends on. `dependencies` are lines of its manifest. Packages with the same
    /// `group` share what was built.
    pub(crate) fn write(group: &str, name: &str, dependencies: &str, source: String) -> Self {
        let builds = target_dir().join("builds").join(group);
        let directory = builds.join("packages").join(name);
        std::fs::create_dir_all(directory.join("src")).expect("the target directory is writable");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n"
        );
        std::fs::write(directory.join("Cargo.toml"), manifest)
            .expect("the target directory is writable");
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        std::fs::copy(lock, directory.join("Cargo.lock")).expect("the workspace has a lock file");
        let package = Self {
            name: name.to_owned(),
            directory,
            source,
            target_dir: builds.join("target"),
        };
        package.write_source();
        package.cargo(&["fetch"]);
        package
    }

    fn write_source(&self) {
        std::fs::write(self.directory.join("src/main.rs"), &self.source)
            .expect("the target directory is writable");
    }

    /// Runs cargo with the command.
    pub(crate) fn build(&self, command: &[&str]) {
        self.cargo(command);
    }

    /// Runs cargo with the command, which has been run before: the cost is that of the package alone, without what it
    /// depends on.
    pub(crate) fn cost_alone(&self, command: &[&str]) -> Cost {
        // The file is new to cargo, though its text is the same.
        self.write_source();
        self.cargo(command)
    }

    /// Runs cargo with the command when nothing has been built yet.
    pub(crate) fn cost_from_nothing(&self, command: &[&str]) -> Cost {
        // It may not exist.
        let _ = std::fs::remove_dir_all(&self.target_dir);
        self.cargo(command)
    }

    /// The program of a release build.
    pub(crate) fn release_program(&self) -> PathBuf {
        self.target_dir.join("release").join(&self.name)
    }

    fn cargo(&self, command: &[&str]) -> Cost {
        let mut cargo = cargo();
        cargo
            .args(command)
            .arg("--manifest-path")
            .arg(self.directory.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &self.target_dir)
            .env("CARGO_TERM_COLOR", "never")
            // What was compiled before must not make the second time faster.
            .env("CARGO_INCREMENTAL", "0")
            .current_dir(&self.directory)
            .stdout(Stdio::null());
        let processor_before = seconds_of_children();
        let begun = Instant::now();
        let output = cargo.output().expect("cargo exists");
        let wall = begun.elapsed().as_secs_f64();
        let processor = seconds_of_children() - processor_before;
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{cargo:?}: {messages}");
        let is_compiled = |line: &&str| line.trim_start().starts_with("Compiling ");
        Cost {
            processor,
            wall,
            crates: messages.lines().filter(is_compiled).count() as f64,
        }
    }
}

/// The bytes of a program that `size` calls text: code, constants, tables for unwinding, and relocations. `None` if there
/// is no `size`.
pub(crate) fn text(program: &Path) -> Option<f64> {
    let output = Command::new("size").arg(program).output().ok()?;
    let table = String::from_utf8(output.stdout).ok()?;
    table
        .lines()
        .nth(1)?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}
