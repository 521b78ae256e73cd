//! Crates outside of this workspace whose only dependency is `census`, in debug and in release: the linker's sections
//! behave differently in each.

use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::crates::{self, Crate, dependency};
use census_tests::process;

/// The first lines of every crate: no macro may need weaker lints.
const STRICT: &str = "#![forbid(unsafe_code)]\n#![deny(warnings)]\n";

/// An application of 15 lines, with the lines of [`STRICT`].
const APPLICATION: &str = r#"
use census::{Measure, TagKey, measure, prometheus::Exporter, record, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure(unit = "By")]
static VIDEO_SIZE: Measure<u64>;
view! { static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND); }

fn main() {
    record!(VIDEO_SIZE = 25, tags(FRONTEND = "ios"));
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    print!("{}", exporter.scrape(None).body);
}
"#;

#[test]
fn fifteen_lines_declare_record_and_scrape() {
    assert_eq!(
        (STRICT.lines().count() + APPLICATION.trim().lines().count()),
        15
    );
    let dependencies = dependency("census", &["prometheus"]);
    let workspace = Crates::write(
        "alone",
        &[Crate {
            name: "application",
            edition: "2024",
            dependencies: &dependencies,
            file: "main.rs",
            code: APPLICATION,
        }],
    );
    workspace.assert_prints("videos_total{frontend=\"ios\"} 1\n");
}

#[test]
fn library_records_and_application_views() {
    // A library needs no features.
    let library = dependency("census", &[]);
    let application = format!(
        "{}\nlibrary = {{ path = \"../library\" }}",
        dependency("census", &["prometheus"])
    );
    let workspace = Crates::write(
        "pair",
        &[
            Crate {
                name: "library",
                edition: "2024",
                dependencies: &library,
                file: "lib.rs",
                code: r#"
//! A library without views.
use census::{Measure, TagKey, measure, record, tag};

/// Which client the video came from.
#[tag]
pub static FRONTEND: TagKey;
/// Size of processed videos.
#[measure(unit = "By")]
pub static VIDEO_SIZE: Measure<u64>;

/// Processes a video.
pub fn process(frontend: &str) {
    record!(VIDEO_SIZE = 25, tags(FRONTEND = frontend));
}
"#,
            },
            Crate {
                name: "application",
                edition: "2024",
                dependencies: &application,
                file: "main.rs",
                code: r#"
use census::{prometheus::Exporter, view};
use library::{FRONTEND, VIDEO_SIZE};

view! {
    static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);
    static VIDEO_BYTES: Sum<VIDEO_SIZE>;
}

fn main() {
    library::process("ios");
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    print!("{}", exporter.scrape(None).body);
}
"#,
            },
        ],
    );
    workspace.assert_prints(
        "# HELP videos_total Size of processed videos.\n# TYPE videos_total counter\nvideos_total{frontend=\"ios\"} 1\n",
    );
    workspace.assert_prints("video_bytes_total 25\n");
}

#[test]
fn renamed_dependency() {
    let dependencies = dependency("metrics", &["prometheus"]);
    let workspace = Crates::write(
        "renamed",
        &[Crate {
            name: "renamed",
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
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    print!("{}", exporter.scrape(None).body);
}
"#,
        }],
    );
    workspace.assert_prints("videos_total{frontend=\"ios\"} 1\n");
}

/// The files of `ui-tests/scope`, which are compiled there in one edition and without clippy.
#[test]
fn hostile_scopes_have_no_warnings_in_any_edition() {
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
    let dependencies = dependency("census", &[]);
    for edition in ["2018", "2021", "2024"] {
        for (name, code) in FILES {
            let name = format!("{name}-{edition}");
            let workspace = Crates::write(
                "hostile",
                &[Crate {
                    name: &name,
                    edition,
                    dependencies: &dependencies,
                    file: "main.rs",
                    code,
                }],
            );
            workspace.check_lints();
        }
    }
}

/// The settings of `census/docs/lints.md`, in a program that loses its tags.
#[test]
fn lints_find_lost_tags() {
    let [cargo_toml, clippy_toml] = toml_blocks(include_str!("../../census/docs/lints.md"));
    let workspace = Crates::write(
        "lost-tags",
        &[Crate {
            name: "lost-tags",
            edition: "2024",
            dependencies: &format!("{}\n{cargo_toml}", dependency("census", &[])),
            file: "lib.rs",
            code: r#"
//! Loses tags.
#![deny(missing_docs)]
use census::{TagKey, tag, tags};

#[tag]
static ROUTE: TagKey;

/// Ends the scope at once.
pub fn not_bound() {
    let _ = tags!(ROUTE = "/").enter();
}

/// Holds the guard while it waits.
pub async fn held() {
    let _scope = tags!(ROUTE = "/").enter();
    std::future::ready(()).await;
}
"#,
        }],
    );
    let settings = workspace.program.join("clippy.toml");
    std::fs::write(settings, clippy_toml).expect("a new file");
    let ended = process::run(
        &mut workspace.cargo("clippy", &["--", "-D", "warnings"]),
        "",
    );
    assert_ne!(ended.code, Some(0));
    for error in [
        "error: non-binding let on a type that has a destructor\n  --> src/lib.rs:",
        "error: holding a disallowed type across an await point `census::Scope`\n  --> src/lib.rs:",
        "= note: other tasks of this thread would have the tags: use `future.with_tags(tags)`",
        "due to 2 previous errors",
    ] {
        assert!(ended.stderr.contains(error), "{error}:\n{}", ended.stderr);
    }
}

/// The blocks of TOML in a page.
fn toml_blocks<const N: usize>(page: &str) -> [&str; N] {
    let blocks = page.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|rest| Some(rest.split_once("```")?.0));
    let blocks: Vec<_> = blocks.collect();
    blocks.try_into().expect("so many blocks")
}

/// The declaration of a deprecated item has no warnings. Its uses have them.
#[test]
fn deprecated_items_have_no_warnings() {
    let workspace = Crates::write(
        "deprecated",
        &[Crate {
            name: "deprecated",
            edition: "2024",
            dependencies: &dependency("census", &[]),
            file: "lib.rs",
            code: DEPRECATED,
        }],
    );
    workspace.check_lints();
}

/// All that the macros declare, deprecated, and with deprecated parts.
const DEPRECATED: &str = r#"
#![deny(warnings)]
#![forbid(deprecated)]
//! A library.
use census::{Measure, TagKey, TagValue, calls, measure, tag, view};
use std::time::Duration;

/// An enum.
#[derive(TagValue)]
#[deprecated]
pub enum Client {
    /// A variant.
    Ios,
}

/// An enum.
#[derive(TagValue)]
pub enum Method {
    /// A variant.
    Get,
    /// A variant.
    #[deprecated]
    Put,
}

/// A key.
#[tag]
#[deprecated]
pub static KEY: TagKey;

/// A measure.
#[measure]
#[deprecated(note = "…")]
pub static COUNT: Measure<u64>;

/// A measure.
#[deprecated]
#[measure]
pub static LATENCY: Measure<Duration>;

view! {
    /// A view.
    #[deprecated]
    pub static OF_CALLS: Count<calls::LATENCY> by (calls::FUNCTION);
}

/// A function.
#[measure]
#[deprecated]
pub fn plain() {}

/// A function.
#[measure(tags(calls::MODULE = "x"))]
#[deprecated]
pub async fn asynchronous() {
    std::future::ready(()).await;
}

/// A function.
///
/// # Errors
/// Never.
#[measure]
#[deprecated]
#[track_caller]
pub fn tracked() -> Result<u8, std::num::ParseIntError> {
    "1".parse()
}

/// A type.
pub struct Service;

#[measure]
impl Service {
    /// A method.
    ///
    /// # Errors
    /// Never.
    #[deprecated]
    #[track_caller]
    pub fn tracked() -> Result<u8, std::num::ParseIntError> {
        "1".parse()
    }
}
"#;

/// Crates on the disk. The last one is a program.
/// An application with one test, whose program does not compile if `census::testing` is there.
const TESTED: &str = r#"
use census::{Measure, measure, prometheus::Exporter, view};

#[measure]
static JOBS: Measure<u64>;
view! { static JOBS_DONE: Sum<JOBS>; }

#[cfg(not(test))]
mod absent {
    pub mod testing {
        pub const WORD: &str = "no census::testing";
    }
}
/// A name that two globs bring is ambiguous.
#[cfg(not(test))]
mod ambiguous {
    use super::absent::*;
    #[expect(unused_imports, reason = "it must not have the name")]
    use census::*;
    pub const WORD: &str = testing::WORD;
}

fn main() {
    JOBS.record(2);
    #[cfg(not(test))]
    println!("{}", ambiguous::WORD);
    print!("{}", Exporter::builder().build_lenient().scrape(None).body);
}

#[cfg(test)]
mod tests {
    #[test]
    fn jobs_are_counted() {
        for jobs in 1..=3 {
            let recorded = census::testing::isolate();
            super::JOBS.record(jobs);
            recorded.assert_metrics(&format!("jobs_done_total {jobs}"));
        }
        census::testing::assert_nothing("jobs_done_total");
    }
}
"#;

#[test]
fn the_feature_testing_of_a_development_dependency_is_not_in_the_program() {
    let dependencies = format!(
        "{}\n\n[dev-dependencies]\n{}",
        dependency("census", &["prometheus"]),
        dependency("census", &["testing"])
    );
    let workspace = Crates::write(
        "tested",
        &[Crate {
            name: "tested",
            edition: "2024",
            dependencies: &dependencies,
            file: "main.rs",
            code: TESTED,
        }],
    );
    workspace.assert_prints("no census::testing\n");
    for profile in ["dev", "release"] {
        let _ = process::succeed(&mut workspace.cargo("test", &["--profile", profile]));
    }
}

struct Crates {
    program: PathBuf,
    target: PathBuf,
}

impl Crates {
    /// Writes crates into a directory. It is kept from run to run with its target directory, so the next run is
    /// quicker.
    fn write(name: &str, crates: &[Crate<'_>]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("external_crates");
        let directory = root.join(name);
        let mut program = PathBuf::new();
        for it in crates {
            // The same lint twice would be a warning.
            let has_lints = it.code.contains("#![deny(");
            let strict = if has_lints { "" } else { STRICT };
            let code = format!("{strict}{}\n", it.code.trim());
            program = Crate { code: &code, ..*it }.write(&directory);
        }
        Self {
            program,
            target: root.join("target"),
        }
    }

    /// Runs clippy on the program: generated code has no warnings.
    fn check_lints(&self) {
        let lints = ["--", "-D", "clippy::all", "-D", "clippy::pedantic"];
        let _ = process::succeed(&mut self.cargo("clippy", &lints));
    }

    /// Builds and runs the program, in debug and in release, and checks its output.
    fn assert_prints(&self, expected: &str) {
        for profile in ["dev", "release"] {
            let output = process::succeed(&mut self.cargo("run", &["--profile", profile]));
            assert!(
                output.contains(expected),
                "{profile}: expected {expected:?} in:\n{output}"
            );
        }
    }

    /// A cargo command for the program.
    fn cargo(&self, command: &str, args: &[&str]) -> Command {
        crates::cargo(&self.program, &self.target, command, args)
    }
}
