//! The source files keep the order that ARCHITECTURE.md prints, and form no circles.

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use self::sources::{Crate, Reference};

fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("a workspace").to_owned()
}

fn root_of(package: &str) -> PathBuf {
    workspace().join(package).join("src/lib.rs")
}

/// The module directly under the root that a file belongs to.
fn module_of(file: &Path) -> String {
    let first = file.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The table of ARCHITECTURE.md: for each module the modules that it may use.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(workspace().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| module | may use |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let names = |cell: &str| -> Vec<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    };
    rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(names);
        let module = cells.next().and_then(|names| names.into_iter().next());
        let others = cells.next().unwrap_or_default();
        (module.expect("a module"), others.into_iter().collect())
    })
    .collect()
}

#[test]
fn modules_use_only_what_the_architecture_allows() {
    let allowed = allowed();
    assert!(allowed.len() > 8, "the table was not found: {allowed:?}");
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Reference { from, to } in Crate::read(&root_of("census")).references() {
        let (module, other) = (module_of(&from), module_of(&to));
        if module == other || module == "lib" {
            continue;
        }
        let is_allowed = allowed.get(&module).is_some_and(|all| all.contains(&other));
        assert!(
            is_allowed,
            "{} uses {}, and `{module}` may not use `{other}` (ARCHITECTURE.md)",
            from.display(),
            to.display()
        );
        used.entry(module).or_default().insert(other);
    }
    for (module, others) in allowed {
        let unused: Vec<_> = others
            .iter()
            .filter(|other| !used.get(&module).is_some_and(|used| used.contains(*other)))
            .collect();
        assert!(
            unused.is_empty(),
            "`{module}` does not use {unused:?} any more"
        );
    }
}

#[test]
fn the_allowed_order_has_no_circle_but_one_re_export() {
    let mut allowed = allowed();
    // `census::prometheus::serve` stands beside `Exporter`.
    assert!(
        allowed
            .get_mut("prometheus")
            .is_some_and(|all| all.remove("server"))
    );
    let references = allowed.iter().flat_map(|(from, others)| {
        others.iter().map(move |to| Reference {
            from: from.into(),
            to: to.into(),
        })
    });
    assert_eq!(circles(&references.collect()), Vec::<Vec<PathBuf>>::new());
}

#[test]
fn paths_from_the_root_begin_with_a_module() {
    let names = Crate::read(&root_of("census")).names_of_root();
    // Macros of the crate's own, which its root exports.
    let macros = ["__census_default_name", "__census_outcome"].map(str::to_owned);
    let others: Vec<_> = names.difference(&BTreeSet::from(macros)).cloned().collect();
    assert!(others.is_empty(), "write the module's path of {others:?}");
}

/// The circles of files that remain. Each file must name the others in its first comment, and say why.
const DEFENDED: [&[&str]; 1] = [&["aggregate/chunk.rs", "aggregate/rows.rs"]];

#[test]
fn files_form_no_circles_that_they_do_not_defend() {
    for package in ["census", "census-macros", "benches"] {
        let root = root_of(package);
        let found = circles(&Crate::read(&root).references());
        for circle in found {
            let is_defended = DEFENDED.iter().any(|defended| {
                defended.len() == circle.len()
                    && circle
                        .iter()
                        .all(|file| defended.iter().any(|it| file == Path::new(it)))
            });
            assert!(is_defended, "a circle of files in {package}: {circle:?}");
            for file in &circle {
                let text = fs::read_to_string(root.with_file_name(file)).expect("a file");
                let comment: String = text
                    .lines()
                    .take_while(|line| line.starts_with("//!"))
                    .collect();
                let others = circle.iter().filter(|other| *other != file);
                for other in others {
                    let name = other.file_name().expect("a name").to_string_lossy();
                    assert!(
                        comment.contains(&*name),
                        "{file:?} does not defend its use of {name}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_circle_is_found() {
    let reference = |(from, to): (&str, &str)| Reference {
        from: from.into(),
        to: to.into(),
    };
    let edges = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")].map(reference);
    let circle = vec![PathBuf::from("b"), PathBuf::from("c")];
    assert_eq!(circles(&BTreeSet::from(edges)), [circle]);
}

/// The largest sets of files of which each reaches all others.
fn circles(references: &BTreeSet<Reference>) -> Vec<Vec<PathBuf>> {
    let mut closure: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for Reference { from, to } in references {
        closure.entry(from).or_default().insert(to);
    }
    loop {
        let before: usize = closure.values().map(BTreeSet::len).sum();
        let files: Vec<&Path> = closure.keys().copied().collect();
        for file in files {
            let direct = closure.get(file).cloned().unwrap_or_default();
            let further = direct
                .iter()
                .filter_map(|other| closure.get(other))
                .flatten();
            let further: BTreeSet<&Path> = further.copied().collect();
            closure.entry(file).or_default().extend(further);
        }
        if closure.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    let reaches = |from: &Path, to: &Path| closure.get(from).is_some_and(|all| all.contains(to));
    let mut circles: BTreeSet<Vec<PathBuf>> = BTreeSet::new();
    for file in closure.keys().filter(|file| reaches(file, file)) {
        let others = closure
            .keys()
            .filter(|other| reaches(file, other) && reaches(other, file));
        circles.insert(others.map(|other| other.to_path_buf()).collect());
    }
    circles.into_iter().collect()
}
