//! Programs with two copies of the library.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use census_tests::crates::{Crate, dependency};
use census_tests::process;

use super::{cargo, root};

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
    if std::env::args().len() > 1 {
        println!("registers {:?}", JOBS_DONE.register().is_ok());
        let late = census::Measure::<u64>::builder("late").register().unwrap();
        let seen = census::View::count("late", &late).register().unwrap();
        JOBS.record(5);
        late.record(1);
        println!("{:?} {:?}", JOBS_DONE.data().rows.len(), seen.data().rows.len());
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

/// A program with a copy that cargo does not recognize, as another build system may build it. Several tests run it.
static LINKED: LazyLock<PathBuf> = LazyLock::new(|| {
    let copy = copy_of_the_library("fork", |manifest| {
        manifest
            .replace("0.1.0", "0.1.1")
            .replace("census-0-1", "fork")
    });
    program_with_a_copy("linked", &copy)
});

/// Nothing panics, and `check` tells.
#[test]
fn two_copies_that_are_linked_are_a_problem() {
    for profile in ["dev", "release"] {
        let output = process::succeed(&mut cargo(&LINKED, "run", &["--profile", profile]));
        assert!(output.starts_with("0 0\n"), "{profile}: {output}");
        let problem = "the program has two copies of the library `census-metrics`";
        assert_eq!(output.matches(problem).count(), 2, "{profile}: {output}");
    }
}

/// What is made at run time is in no list of the linker's, and a view that registers itself is not either.
#[test]
fn what_registers_itself_counts_beside_a_copy() {
    let output = process::succeed(&mut cargo(&LINKED, "run", &["register"]));
    assert!(output.starts_with("0 0\n"), "{output}");
    assert!(output.ends_with("registers true\n1 1\n"), "{output}");
}

/// The library cannot tell a copy but by a panic of `linkme`.
#[test]
fn program_that_aborts_on_panic_ends_if_two_copies_are_linked() {
    let mut command = cargo(&LINKED, "run", &[]);
    command.env("CARGO_PROFILE_DEV_PANIC", "abort");
    let ended = process::run(&mut command, "");
    assert_ne!(ended.code, Some(0));
    let message = "duplicate #[distributed_slice] with name \"CENSUS_0_1_";
    assert!(ended.stderr.contains(message), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}
