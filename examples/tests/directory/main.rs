//! The program `directory`, on directory trees that the tests create.

#![cfg(unix)]

mod program;
mod tree;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use program::{Running, directory, error_of, finish};
use tree::{Locked, Tree};

/// One walk during a test.
const ONCE: [&str; 2] = ["--every", "3600"];

#[test]
fn files_by_kind_and_size() {
    let tree = Tree::new();
    tree.file("main.rs", 10);
    tree.file("deep/er/lib.RS", 20);
    tree.file("README", 5);
    tree.file("empty.txt", 0);
    tree.file("pictures/photo.png", 2000);
    tree.file("pictures/a \"quoted\"\nname.p\\g", 7);
    symlink("main.rs", tree.at("link.rs")).unwrap();
    symlink("nowhere", tree.at("dangling.rs")).unwrap();
    symlink("..", tree.at("deep/loop")).unwrap();
    let _socket = UnixListener::bind(tree.at("socket.rs")).unwrap();
    let mut program = Running::new(tree.path(), &ONCE);
    assert!(program.next_line().starts_with("6 files, 1.99 KiB, in "));
    let samples = program.scrape();

    assert_eq!(samples.value_with("directory_files", "kind", "source"), 2);
    assert_eq!(samples.value_with("directory_files", "kind", "text"), 1);
    assert_eq!(samples.value_with("directory_files", "kind", "image"), 1);
    assert_eq!(
        samples.value_with("directory_files", "kind", "audio/video"),
        0,
        "a kind without files has a row"
    );
    assert_eq!(samples.value_with("directory_files", "kind", "other"), 2);
    assert_eq!(samples.value_with("directory_bytes", "kind", "source"), 30);
    assert_eq!(
        samples.value_with("directory_bytes_seen_total", "kind", "other"),
        12
    );
    assert_eq!(
        samples.value(r#"directory_files_seen_total{kind="source",extension="rs"}"#),
        2
    );
    assert_eq!(
        samples.value(r#"directory_files_seen_total{kind="other",extension=""}"#),
        1
    );
    assert_eq!(
        samples.value(r#"directory_files_seen_total{kind="other",extension="p\\g"}"#),
        1
    );

    let bucket = |le| {
        samples.value(&format!(
            r#"directory_file_size_bytes_bucket{{le="{le}",kind="image"}}"#
        ))
    };
    assert_eq!(
        [
            bucket("0.0"),
            bucket("1024.0"),
            bucket("16384.0"),
            bucket("+Inf")
        ],
        [0, 0, 1, 1]
    );
    assert_eq!(
        samples.value_with("directory_file_size_bytes_sum", "kind", "image"),
        2000
    );
    assert_eq!(
        samples.value(r#"directory_file_size_bytes_bucket{le="0.0",kind="text"}"#),
        1
    );

    assert_eq!(
        samples.value_with("directory_skipped_total", "entry", "symlink"),
        3
    );
    assert_eq!(
        samples.value_with("directory_skipped_total", "entry", "special"),
        1
    );
    assert_eq!(samples.sum("directory_errors_total"), 0);
    assert_eq!(samples.value("directory_walk_duration_seconds_count"), 1);
    assert_eq!(samples.sum("census_overflowed_measurements_total"), 0);
    assert_eq!(samples.value("census_catalogue_problems"), 0);

    let size = samples.value("directory_filesystem_size_bytes");
    assert!(samples.value("directory_filesystem_avail_bytes") <= size);
    if cfg!(target_os = "linux") {
        assert!(samples.value("process_open_fds") > 3);
    }
}

/// Only some systems allow such names.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let tree = Tree::new();
    let directory = tree.at("").join(OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join(OsStr::from_bytes(b"\xff\xfe.rs")), [0; 3]).unwrap();
    fs::write(directory.join(OsStr::from_bytes(b"x.\xe9")), [0; 4]).unwrap();
    let mut program = Running::new(&directory, &ONCE);
    assert!(program.next_line().starts_with("2 files, 7 B, in "));
    let samples = program.scrape();
    assert_eq!(samples.value_with("directory_bytes", "kind", "source"), 3);
    let lossy = "directory_files_seen_total{kind=\"other\",extension=\"\u{fffd}\"}";
    assert_eq!(samples.value(lossy), 1);
}

#[test]
fn too_many_extensions_overflow() {
    let tree = Tree::new();
    for number in 0..120 {
        tree.file(&format!("file.x{number}"), 1);
    }
    let mut program = Running::new(tree.path(), &ONCE);
    program.next_line();
    let samples = program.scrape();
    let overflow = r#"directory_files_seen_total{kind="other",extension="_overflow"}"#;
    assert_eq!(samples.value(overflow), 20);
    assert_eq!(
        samples.sum("directory_files_seen_total"),
        120,
        "the sum stays exact"
    );
    assert_eq!(
        samples.value_with("census_overflowed_measurements_total", "view", "files_seen"),
        20
    );
    assert_eq!(samples.value_with("directory_files", "kind", "other"), 120);
}

#[test]
fn walk_continues_after_a_directory_without_permission() {
    let tree = Tree::new();
    tree.file("a.rs", 1);
    tree.file("locked/b.rs", 1);
    tree.file("z.rs", 1);
    let locked = Locked::new(tree.at("locked"));
    // Root can read the directory in any case. The next test applies to every user.
    let is_locked = fs::read_dir(locked.path()).is_err();
    let mut program = Running::new(tree.path(), &ONCE);
    program.next_line();
    let samples = program.scrape();
    let (files, errors) = if is_locked { (2, 1) } else { (3, 0) };
    assert_eq!(
        samples.value_with("directory_files", "kind", "source"),
        files
    );
    assert_eq!(samples.sum("directory_errors_total"), errors);
    if is_locked {
        assert_eq!(
            samples.value_with("directory_errors_total", "reason", "permission_denied"),
            1
        );
    }
}

/// The path is too long to be opened, also for root.
#[test]
fn walk_continues_after_a_directory_that_cannot_be_read() {
    let tree = Tree::new();
    tree.file("a.rs", 1);
    tree.file("z.rs", 1);
    // Each half is short enough to be created.
    let half: PathBuf = ["d".repeat(200).as_str(); 12].iter().collect();
    fs::create_dir_all(tree.at("upper").join(&half)).unwrap();
    fs::create_dir_all(tree.at("lower").join(&half)).unwrap();
    fs::rename(tree.at("lower"), tree.at("upper").join(&half).join("lower")).unwrap();
    let mut program = Running::new(tree.path(), &ONCE);
    program.next_line();
    assert!(program.next_line().starts_with("  source "));
    assert_eq!(program.next_line(), "  errors: 1 other");
    let samples = program.scrape();
    assert_eq!(samples.value_with("directory_files", "kind", "source"), 2);
    assert_eq!(
        samples.value_with("directory_errors_total", "reason", "other"),
        1
    );
}

#[test]
fn next_walk_follows_changes() {
    let tree = Tree::new();
    let inside = tree.at("inside");
    tree.file("inside/main.rs", 10);
    tree.file("inside/photo.png", 20);
    let program = Running::new(&inside, &["--every", "0.05s"]);

    let before = program.scrape_until(|samples| samples.sum("directory_files") == 2);
    fs::remove_file(inside.join("photo.png")).unwrap();
    let after = program.scrape_until(|samples| {
        let image = |name| samples.value_with(name, "kind", "image");
        image("directory_files") == 0 && image("directory_bytes") == 0
    });
    assert_eq!(after.value_with("directory_files", "kind", "source"), 1);
    let total = "directory_bytes_seen_total";
    assert!(after.value_with(total, "kind", "image") >= before.value_with(total, "kind", "image"));
    assert!(after.value_with(total, "kind", "source") > before.value_with(total, "kind", "source"));

    fs::remove_dir_all(&inside).unwrap();
    let gone = program.scrape_until(|samples| {
        samples.sum("directory_files") == 0 && samples.sum("directory_errors_total") >= 1
    });
    assert!(gone.value_with("directory_errors_total", "reason", "vanished") >= 1);
    tree.file("inside/back.rs", 1);
    program.scrape_until(|samples| samples.sum("directory_files") == 1);
}

#[test]
fn once_prints_a_summary() {
    let tree = Tree::new();
    tree.file("main.rs", 1024);
    tree.file("photo.png", 2048);
    let output = finish(directory().arg("--once").arg(tree.path()));
    assert_eq!(output.code, Some(0), "{output:?}");
    let lines: Vec<&str> = output.stdout.lines().collect();
    let [first, source, image] = lines.as_slice() else {
        panic!("{output:?}")
    };
    assert!(first.starts_with("2 files, 3.00 KiB, in "), "{first}");
    assert_eq!(*source, "  source               1      1.00 KiB");
    assert_eq!(*image, "  image                1      2.00 KiB");
    assert!(output.stderr.is_empty(), "no progress without a terminal");
}

#[test]
fn ctrl_c_frees_the_port() {
    let tree = Tree::new();
    let mut program = Running::new(tree.path(), &ONCE);
    program.next_line();
    program.scrape();
    assert_eq!(program.process().interrupt().code(), Some(0));
    TcpListener::bind(program.address()).expect("the port is free");
}

#[test]
fn root_must_be_a_directory() {
    let tree = Tree::new();
    tree.file("file", 1);
    for once in [&["--once"][..], &[]] {
        let missing = tree.at("nothing");
        let error = error_of(directory().args(once).arg(&missing), 1);
        assert!(
            error.starts_with(&format!("directory: {}: No such file", missing.display())),
            "{error}"
        );
        let file = tree.at("file");
        let error = error_of(directory().args(once).arg(&file), 1);
        assert_eq!(
            error,
            format!("directory: {}: not a directory\n", file.display())
        );
    }
}

#[test]
fn unusable_address() {
    let tree = Tree::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = error_of(directory().arg(tree.path()).args(["--listen", &address]), 1);
    assert!(
        error.starts_with(&format!("directory: cannot listen on {address}: ")),
        "{error}"
    );
    error_of(
        directory().arg(tree.path()).args(["--listen", "nonsense"]),
        1,
    );
}

#[test]
fn wrong_arguments() {
    for wrong in [
        &["--nonsense"][..],
        &[".", "."],
        &["--every", "0"],
        &["--every", "10m"],
        &["--listen"],
    ] {
        let error = error_of(directory().args(wrong), 2);
        assert!(error.starts_with("error: "), "{error}");
    }
}
