//! New crates, as users make them: outside of this workspace, with `census` as their one dependency, in debug and in
//! release, because the linker's sections behave differently there.

use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::process;

/// A crate to make: its dependencies and its one file of code.
struct Crate<'a> {
    name: &'a str,
    edition: &'a str,
    dependencies: &'a str,
    file: &'a str,
    code: &'a str,
}

/// What every crate begins with: no macro may ask its user to weaken these.
const STRICT: &str = "#![forbid(unsafe_code)]\n#![deny(warnings)]\n";

/// The application of the tests with one crate.
const APPLICATION: &str = r#"
use census::{Measure, TagKey, measure, prometheus::Exporter, record, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure(unit = "By")]
static VIDEO_SIZE: Measure<u64>;
view! { static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND); }

fn main() {
    record!(VIDEO_SIZE = 25, tags(FRONTEND = "ios"));
    let exporter = Exporter::builder().build().expect("a sound catalogue");
    print!("{}", exporter.scrape(None).body);
}
"#;

#[test]
fn a_program_of_fifteen_lines_declares_records_and_scrapes() {
    assert_eq!(
        (STRICT.lines().count() + APPLICATION.trim().lines().count()),
        15
    );
    let dependencies = format!(
        "census = {{ package = \"census-metrics\", path = {:?}, features = [\"prometheus\"] }}",
        census()
    );
    let workspace = NewCrates::make(
        "alone",
        &[Crate {
            name: "newcomer",
            edition: "2024",
            dependencies: &dependencies,
            file: "main.rs",
            code: APPLICATION,
        }],
    );
    workspace.prints("videos_total{frontend=\"ios\"} 1\n");
}

#[test]
fn a_library_records_what_an_application_views() {
    // Without features: all that a library needs.
    let library = format!(
        "census = {{ package = \"census-metrics\", path = {:?} }}",
        census()
    );
    let application = format!(
        "census = {{ package = \"census-metrics\", path = {:?}, features = [\"prometheus\"] }}\nnewlib = {{ path = \"../newlib\" }}",
        census()
    );
    let workspace = NewCrates::make(
        "pair",
        &[
            Crate {
                name: "newlib",
                edition: "2024",
                dependencies: &library,
                file: "lib.rs",
                code: r#"
//! A library, which knows nothing of views.
use census::{Measure, TagKey, measure, record, tag};

/// Which client the video came from.
#[tag]
pub static FRONTEND: TagKey;
/// Size of processed videos.
#[measure(unit = "By")]
pub static VIDEO_SIZE: Measure<u64>;

/// Does its work.
pub fn process(frontend: &str) {
    record!(VIDEO_SIZE = 25, tags(FRONTEND = frontend));
}
"#,
            },
            Crate {
                name: "newapp",
                edition: "2024",
                dependencies: &application,
                file: "main.rs",
                code: r#"
use census::{prometheus::Exporter, view};
use newlib::{FRONTEND, VIDEO_SIZE};

view! {
    static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);
    static VIDEO_BYTES: Sum<VIDEO_SIZE>;
}

fn main() {
    newlib::process("ios");
    let exporter = Exporter::builder().build().expect("a sound catalogue");
    print!("{}", exporter.scrape(None).body);
}
"#,
            },
        ],
    );
    workspace.prints(
        "# HELP videos_total Size of processed videos.\n# TYPE videos_total counter\nvideos_total{frontend=\"ios\"} 1\n",
    );
    workspace.prints("video_bytes_total 25\n");
}

#[test]
fn the_dependency_may_have_another_name() {
    let dependencies = format!(
        "metrics = {{ package = \"census-metrics\", path = {:?}, features = [\"prometheus\"] }}",
        census()
    );
    let workspace = NewCrates::make(
        "renamed",
        &[Crate {
            name: "newcomer-renamed",
            edition: "2024",
            dependencies: &dependencies,
            file: "main.rs",
            code: r#"
use metrics::{Measure, TagKey, TagValue, measure, prometheus::Exporter, record, tag, view};

#[tag(crate = metrics)]
static FRONTEND: TagKey;
#[measure(crate = metrics)]
static VIDEO_SIZE: Measure<u64>;
view! { static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND); }

#[derive(TagValue)]
#[tag_value(crate = metrics)]
enum Client {
    Ios,
}

fn main() {
    record!(VIDEO_SIZE = 25, tags(FRONTEND = Client::Ios));
    let exporter = Exporter::builder().build().expect("a sound catalogue");
    print!("{}", exporter.scrape(None).body);
}
"#,
        }],
    );
    workspace.prints("videos_total{frontend=\"ios\"} 1\n");
}

/// The files of `ui-tests/scope`, where there is one edition and no clippy.
#[test]
fn hostile_scopes_are_clean_in_every_edition() {
    const FILES: [(&str, &str); 5] = [
        (
            "declarations",
            include_str!("../../ui-tests/scope/pass/hostile_declarations.rs"),
        ),
        (
            "functions",
            include_str!("../../ui-tests/scope/pass/hostile_functions.rs"),
        ),
        (
            "inside-of-functions",
            include_str!("../../ui-tests/scope/pass/inside_of_functions.rs"),
        ),
        (
            "made-by-macros",
            include_str!("../../ui-tests/scope/pass/made_by_macros.rs"),
        ),
        (
            "methods-of-the-same-names",
            include_str!("../../ui-tests/scope/pass/methods_of_the_same_names.rs"),
        ),
    ];
    let dependencies = format!(
        "census = {{ package = \"census-metrics\", path = {:?} }}",
        census()
    );
    for edition in ["2018", "2021", "2024"] {
        for (name, code) in FILES {
            let name = format!("{name}-{edition}");
            let workspace = NewCrates::make(
                "hostile",
                &[Crate {
                    name: &name,
                    edition,
                    dependencies: &dependencies,
                    file: "main.rs",
                    code,
                }],
            );
            workspace.is_clean();
        }
    }
}

fn census() -> PathBuf {
    workspace().join("census")
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package is in a workspace")
}

/// Crates on the disk, the last of which is a program.
struct NewCrates {
    program: PathBuf,
    target: PathBuf,
}

impl NewCrates {
    /// Makes them, in a directory that stays from run to run, as their target directory does: the next run is quicker.
    fn make(name: &str, crates: &[Crate<'_>]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer");
        let directory = root.join(name);
        let mut program = PathBuf::new();
        for Crate {
            name,
            edition,
            dependencies,
            file,
            code,
        } in crates
        {
            program = directory.join(name);
            let write = |file: &str, content: &str| {
                std::fs::write(program.join(file), content).expect("a new file");
            };
            std::fs::create_dir_all(program.join("src")).expect("a new directory");
            // To say it twice would be reported.
            let is_strict = code.contains("#![deny(");
            let strict = if is_strict { "" } else { STRICT };
            write(
                &format!("src/{file}"),
                &format!("{strict}{}\n", code.trim()),
            );
            // [workspace]: the directory may be inside of this workspace, and a newcomer's is not.
            let package =
                format!("[package]\nname = {name:?}\nedition = {edition:?}\n\n[workspace]\n");
            write(
                "Cargo.toml",
                &format!("{package}\n[dependencies]\n{dependencies}\n"),
            );
        }
        // The versions that this workspace is tested with, which are there already.
        std::fs::copy(workspace().join("Cargo.lock"), program.join("Cargo.lock"))
            .expect("Cargo.lock");
        Self {
            program,
            target: root.join("target"),
        }
    }

    /// Has clippy look at the program: what the crate denies, nothing generated does.
    fn is_clean(&self) {
        let mut clippy = self.cargo(&["clippy", "--quiet", "--offline"]);
        clippy.args(["--", "-D", "clippy::all", "-D", "clippy::pedantic"]);
        let _ = process::succeed(&mut clippy);
    }

    /// Builds and runs the program, in debug and in release.
    fn prints(&self, expected: &str) {
        for profile in ["dev", "release"] {
            let args = ["run", "--quiet", "--offline", "--profile", profile];
            let printed = process::succeed(&mut self.cargo(&args));
            assert!(
                printed.contains(expected),
                "{profile}: expected {expected:?} in:\n{printed}"
            );
        }
    }

    /// A command about the program.
    fn cargo(&self, args: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        let mut command = Command::new(cargo);
        command.args(args).arg("--target-dir").arg(&self.target);
        command.current_dir(&self.program);
        command
    }
}
