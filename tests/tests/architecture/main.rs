//! The source files keep to the table of ARCHITECTURE.md, and form no cycles.

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
        let is_allowed = allowed
            .get(&module)
            .is_some_and(|others| others.contains(&other));
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
fn table_has_no_cycle_except_one_re_export() {
    let mut allowed = allowed();
    // `census::prometheus::serve` stands beside `Exporter`.
    assert!(
        allowed
            .get_mut("prometheus")
            .is_some_and(|others| others.remove("server"))
    );
    let references = allowed.iter().flat_map(|(from, others)| {
        others.iter().map(move |to| Reference {
            from: from.into(),
            to: to.into(),
        })
    });
    assert_eq!(cycles(&references.collect()), Vec::<Vec<PathBuf>>::new());
}

#[test]
fn paths_from_the_root_begin_with_a_module() {
    let names = Crate::read(&root_of("census")).names_of_root();
    // Macros of the crate's own, which its root exports.
    let macros = [
        "__census_default_name",
        "__census_element",
        "__census_first_paragraph",
        "__census_literal",
        "__census_outcome",
    ]
    .map(str::to_owned);
    let others: Vec<_> = names.difference(&BTreeSet::from(macros)).cloned().collect();
    assert!(others.is_empty(), "write the module's path of {others:?}");
}

/// The cycles of files that are allowed. The first comment of each file must name the other files, and say why.
const ALLOWED_CYCLES: [&[&str]; 1] = [&["aggregate/chunk.rs", "aggregate/rows.rs"]];

#[test]
fn files_form_no_unexplained_cycles() {
    for package in ["census", "census-macros", "benches", "integrations/http"] {
        let root = root_of(package);
        for cycle in cycles(&Crate::read(&root).references()) {
            let is_allowed = ALLOWED_CYCLES.iter().any(|allowed| {
                allowed.len() == cycle.len()
                    && cycle
                        .iter()
                        .all(|file| allowed.iter().any(|name| file == Path::new(name)))
            });
            assert!(is_allowed, "a cycle of files in {package}: {cycle:?}");
            for file in &cycle {
                let text = fs::read_to_string(root.with_file_name(file)).expect("a file");
                let comment: String = text
                    .lines()
                    .take_while(|line| line.starts_with("//!"))
                    .collect();
                let others = cycle.iter().filter(|other| *other != file);
                for other in others {
                    let name = other.file_name().expect("a name").to_string_lossy();
                    assert!(
                        comment.contains(&*name),
                        "the first comment of {file:?} does not name {name}"
                    );
                }
            }
        }
    }
}

#[test]
fn cycle_is_found() {
    let reference = |(from, to): (&str, &str)| Reference {
        from: from.into(),
        to: to.into(),
    };
    let edges = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")].map(reference);
    let cycle = vec![PathBuf::from("b"), PathBuf::from("c")];
    assert_eq!(cycles(&BTreeSet::from(edges)), [cycle]);
}

/// The largest sets of files of which each reaches all others.
fn cycles(references: &BTreeSet<Reference>) -> Vec<Vec<PathBuf>> {
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
    let reaches =
        |from: &Path, to: &Path| closure.get(from).is_some_and(|files| files.contains(to));
    let mut cycles: BTreeSet<Vec<PathBuf>> = BTreeSet::new();
    for file in closure.keys().filter(|file| reaches(file, file)) {
        let others = closure
            .keys()
            .filter(|other| reaches(file, other) && reaches(other, file));
        cycles.insert(others.map(|other| other.to_path_buf()).collect());
    }
    cycles.into_iter().collect()
}
