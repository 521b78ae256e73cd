//! Programs with two copies of the library, and with a shared object between the executable and the library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::crates::{self, Crate, dependency};
use census_tests::process;

/// Where the programs are: outside of this workspace, because cargo would take it for the workspace of a copy. It is the
/// same in each run, so that cargo does not build everything again.
fn root() -> PathBuf {
    let checkout = env!("CARGO_MANIFEST_DIR").replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    std::env::temp_dir()
        .join("census-whole-programs")
        .join(checkout)
}

fn cargo(directory: &Path, command: &str, args: &[&str]) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole_programs");
    crates::cargo(directory, &target, command, args)
}

/// Copies the library's two packages, with changes of the files `Cargo.toml`. Returns the directory of `census`.
fn copy_of_the_library(name: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let copy = root().join(name);
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace");
    let _ = fs::remove_dir_all(&copy);
    for directory in ["census", "census-macros"] {
        copy_files(&workspace.join(directory), &copy.join(directory));
        let manifest = copy.join(directory).join("Cargo.toml");
        let content = fs::read_to_string(&manifest).expect("a manifest");
        fs::write(manifest, change(&content)).expect("a new file");
    }
    let manifest = fs::read_to_string(workspace.join("Cargo.toml")).expect("a manifest");
    let (_, after) = manifest
        .split_once("[workspace.package]")
        .expect("its second section");
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"census\", \"census-macros\"]\n\n[workspace.package]";
    fs::write(
        copy.join("Cargo.toml"),
        change(&format!("{members}{after}")),
    )
    .expect("a new file");
    copy.join("census")
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("a file");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a new file");
        }
    }
}

/// A program that records through the library and through a copy of it.
fn program_with_a_copy(name: &str, copy: &Path) -> PathBuf {
    let program = Crate {
        name,
        edition: "2024",
        dependencies: &format!(
            "{}\ncopy = {{ package = \"census-metrics\", path = \"{}\" }}",
            dependency("census", &[]),
            copy.display()
        ),
        file: "main.rs",
        code: r#"
use census::{Measure, measure, view};

#[measure]
static JOBS: Measure<u64>;
view! { static JOBS_DONE: Count<JOBS>; }

mod other {
    use copy::{Measure, measure, view};

    #[measure(crate = copy)]
    pub static JOBS: Measure<u64>;
    view! { pub static JOBS_DONE: Sum<JOBS>; }
}

fn main() {
    JOBS.record(5);
    other::JOBS.record(7);
    println!("{:?} {:?}", JOBS_DONE.data().rows.len(), other::JOBS_DONE.data().rows.len());
    match (census::check(), copy::check()) {
        (Ok(()), Ok(())) => println!("fine"),
        (ours, theirs) => println!("{}\n{}", ours.unwrap_err(), theirs.unwrap_err()),
    }
}
"#,
    };
    program.write(&root())
}

#[test]
fn cargo_refuses_two_copies_of_one_minor_version() {
    let copy = copy_of_the_library("copy", str::to_owned);
    let program = program_with_a_copy("refused", &copy);
    let ended = process::run(&mut cargo(&program, "check", &[]), "");
    assert_ne!(ended.code, Some(0));
    assert!(
        ended.stderr.contains("census-0-1") && ended.stderr.contains("links"),
        "{}",
        ended.stderr
    );
}

#[test]
fn two_minor_versions_are_two_libraries() {
    let copy = copy_of_the_library("next", |manifest| {
        manifest
            .replace("0.1.0", "0.2.0")
            .replace("census-0-1", "census-0-2")
    });
    let program = program_with_a_copy("both", &copy);
    for profile in ["dev", "release"] {
        let output = process::succeed(&mut cargo(&program, "run", &["--profile", profile]));
        assert_eq!(output, "1 1\nfine\n", "{profile}");
    }
}

/// As another build system may build it: nothing panics, and `check` tells.
#[test]
fn two_copies_that_are_linked_are_a_problem() {
    let copy = copy_of_the_library("fork", |manifest| {
        manifest
            .replace("0.1.0", "0.1.1")
            .replace("census-0-1", "fork")
    });
    let program = program_with_a_copy("linked", &copy);
    for profile in ["dev", "release"] {
        let output = process::succeed(&mut cargo(&program, "run", &["--profile", profile]));
        assert!(output.starts_with("0 0\n"), "{profile}: {output}");
        let problem = "the program has two copies of the library `census-metrics`";
        assert_eq!(output.matches(problem).count(), 2, "{profile}: {output}");
    }
}

/// The linker finds the declarations of the shared object, in which the library is. Those of the executable add
/// themselves when they are used; a view is added by a line.
#[test]
fn executable_declares_through_a_dylib() {
    let shared = Crate {
        name: "shared",
        edition: "2024",
        dependencies: &dependency("census", &["prometheus"]),
        file: "lib.rs",
        code: r"
pub use census;
use census::{Measure, measure, view};

#[measure]
pub static CALLS: Measure<u64>;
view! { pub static CALLS_SEEN: Count<CALLS>; }
",
    };
    let library = shared.write(&root());
    let manifest = library.join("Cargo.toml");
    let content = fs::read_to_string(&manifest).expect("a manifest");
    let content = content.replace(
        "\n[workspace]",
        "[lib]\ncrate-type = [\"dylib\"]\n\n[workspace]",
    );
    fs::write(manifest, content).expect("a new file");
    let program = Crate {
        name: "executable",
        dependencies: "shared = { path = \"../shared\" }",
        file: "main.rs",
        code: r#"
use shared::census::prometheus::Exporter;
use shared::census::{self, Measure, TagKey, View, measure, record, tag, view};

#[tag(crate = shared::census)]
static WHO: TagKey;
#[measure(crate = shared::census)]
static JOBS: Measure<u64>;
#[measure(crate = shared::census)]
static LATE: Measure<u64>;
view! { static JOBS_BY_WHO: Sum<JOBS> by (WHO); }

/// The library does not know that this key is local.
#[tag(crate = shared::census, local)]
static SECRET: TagKey;

#[measure(crate = shared::census)]
fn work() {}

fn main() -> Result<(), census::CatalogueError> {
    shared::CALLS.record(1);
    record!(JOBS = 1, tags(WHO = "early"));
    JOBS_BY_WHO.register()?;
    record!(JOBS = 5, tags(WHO = "me"));
    LATE.record(1);
    let late = View::count("late", &LATE).register()?;
    LATE.record(1);
    work();
    census::check()?;
    let received = census::TagMap::from_baggage("secret=x");
    assert!(received.get(&SECRET).is_some());
    let own = census::tags!(SECRET = "x");
    assert_eq!(own.to_baggage().as_str(), "");
    assert!(late.is_registered());
    print!("{}", Exporter::builder().build()?.scrape(None).body);
    Ok(())
}
"#,
        ..shared
    };
    let program = program.write(&root());
    for profile in ["dev", "release"] {
        let mut command = cargo(&program, "run", &["--profile", profile]);
        command.env("RUSTFLAGS", "-C prefer-dynamic");
        let output = process::succeed(&mut command);
        for line in [
            "calls_seen_total 1",
            "jobs_by_who{who=\"me\"} 5",
            "late_total 1",
            "function_calls_total{function=\"work\",module=\"executable\",result=\"ok\"} 1",
        ] {
            let line = line.replace("jobs_by_who{", "jobs_by_who_total{");
            assert!(
                output.lines().any(|it| it == line),
                "{profile}: no {line} in:\n{output}"
            );
        }
    }
}
