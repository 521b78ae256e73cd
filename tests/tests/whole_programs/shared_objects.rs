//! Programs with a shared object between the executable and the library, and with shared objects that are loaded later.

use std::fs;
use std::path::Path;

use census_tests::crates::{Crate, dependency};
use census_tests::process;

use super::{cargo, root, target};

/// A crate that is a shared object, and through which others use the library.
const SHARED: Crate<'_> = Crate {
    name: "shared",
    edition: "2024",
    dependencies: "",
    file: "lib.rs",
    code: r"
pub use census;
use census::{Measure, measure, view};

#[measure]
pub static CALLS: Measure<u64>;
view! { pub static CALLS_SEEN: Count<CALLS>; }
",
};

/// Writes this crate. Each test has one of its own, because tests run at the same time.
fn write_shared(name: &str) {
    let shared = Crate {
        name,
        dependencies: &dependency("census", &["prometheus"]),
        ..SHARED
    };
    add_to_manifest(&shared.write(&root()), "[lib]\ncrate-type = [\"dylib\"]");
}

/// Adds a section to the manifest of a crate.
fn add_to_manifest(directory: &Path, section: &str) {
    let manifest = directory.join("Cargo.toml");
    let content = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(manifest, format!("{content}\n{section}\n")).expect("a new file");
}

/// The linker finds the declarations of the shared object, in which the library is. Those of the executable add
/// themselves when they are used; a view is added by a line.
#[test]
fn executable_declares_through_a_dylib() {
    write_shared("shared");
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
        ..SHARED
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

/// The limit of the documentation: the catalogue refers to the declarations of the shared object.
#[cfg(target_os = "linux")]
#[test]
fn shared_object_that_has_declared_something_must_stay_loaded() {
    write_shared("shared-by-plugin");
    let program = Crate {
        name: "loader",
        dependencies: "shared = { package = \"shared-by-plugin\", path = \"../shared-by-plugin\" }\nlibc = \"0.2\"",
        file: "main.rs",
        code: r#"
use std::ffi::CString;

use shared::census;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = CString::new(arguments[0].as_str()).unwrap();
    let object = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) };
    if object.is_null() {
        println!("cannot load");
        return;
    }
    let run = unsafe { libc::dlsym(object, c"run".as_ptr()) };
    assert!(!run.is_null());
    let run: extern "C" fn() = unsafe { std::mem::transmute(run) };
    run();
    println!("recorded");
    if arguments.len() > 1 {
        unsafe { libc::dlclose(object) };
        let mapped = std::fs::read_to_string("/proc/self/maps").unwrap();
        println!("{}", if mapped.contains("libplugin") { "stays" } else { "unloaded" });
    }
    println!("{} views", census::catalogue().views.len());
}
"#,
        ..SHARED
    };
    let program = program.write(&root());
    let plugin = r#"
use shared::census::{self, Measure, measure, view};

#[measure(crate = shared::census)]
static JOBS: Measure<u64>;
view! { static JOBS_DONE: Count<JOBS>; }

#[unsafe(no_mangle)]
pub extern "C" fn run() {
    JOBS_DONE.register().unwrap();
    JOBS.record(1);
    assert_eq!(JOBS_DONE.data().get(&census::TagMap::new()), Some(&1));
}
"#;
    let examples = program.join("examples");
    fs::create_dir_all(&examples).expect("a new directory");
    fs::write(examples.join("plugin.rs"), plugin).expect("a new file");
    add_to_manifest(
        &program,
        "[[example]]\nname = \"plugin\"\ncrate-type = [\"dylib\"]",
    );
    let run = |command: &str, args: &[&str]| {
        let mut command = cargo(&program, command, args);
        command.env("RUSTFLAGS", "-C prefer-dynamic");
        process::run(&mut command, "")
    };
    let built = run("build", &["--example", "plugin"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let plugin = target().join("debug/examples/libplugin.so");
    let plugin = plugin.to_str().expect("a path in UTF-8");
    let stays = run("run", &["--", plugin]);
    if stays.stdout == "cannot load\n" {
        eprintln!("no shared object can be loaded here, so the limit is not tested");
        return;
    }
    assert!(
        stays.stdout.ends_with(" views\n"),
        "{}\n{}",
        stays.stdout,
        stays.stderr
    );
    let unloaded = run("run", &["--", plugin, "unload"]);
    if unloaded.stdout.starts_with("recorded\nstays\n") {
        eprintln!("no shared object is ever unloaded here, so the limit is not tested");
        return;
    }
    assert_ne!(unloaded.code, Some(0));
    assert_eq!(
        unloaded.stdout, "recorded\nunloaded\n",
        "{}",
        unloaded.stderr
    );
}
