//! The program `directory`, run on trees that are made here.

#![cfg(unix)]

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use support::program::{Running, directory, finish, refusal};
use support::tree::{Locked, Tree};

/// In which time there is one walk.
const ONCE: [&str; 2] = ["--every", "3600"];

#[test]
fn a_known_tree_is_counted() {
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
    let program = Running::new(tree.path(), &ONCE);
    assert!(program.line().starts_with("6 files, 1.99 KiB, in "));
    let seen = program.scrape();

    assert_eq!(seen.of("directory_files", "kind", "source"), 2);
    assert_eq!(seen.of("directory_files", "kind", "text"), 1);
    assert_eq!(seen.of("directory_files", "kind", "image"), 1);
    assert_eq!(
        seen.of("directory_files", "kind", "audio/video"),
        0,
        "told, though there are none"
    );
    assert_eq!(seen.of("directory_files", "kind", "other"), 2);
    assert_eq!(seen.of("directory_bytes", "kind", "source"), 30);
    assert_eq!(seen.of("directory_bytes_seen_total", "kind", "other"), 12);
    assert_eq!(
        seen.value(r#"directory_files_seen_total{kind="source",extension="rs"}"#),
        2
    );
    assert_eq!(
        seen.value(r#"directory_files_seen_total{kind="other",extension=""}"#),
        1
    );
    assert_eq!(
        seen.value(r#"directory_files_seen_total{kind="other",extension="p\\g"}"#),
        1
    );

    let bucket = |le| {
        seen.value(&format!(
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
        seen.of("directory_file_size_bytes_sum", "kind", "image"),
        2000
    );
    assert_eq!(
        seen.value(r#"directory_file_size_bytes_bucket{le="0.0",kind="text"}"#),
        1
    );

    assert_eq!(seen.of("directory_skipped_total", "entry", "symlink"), 3);
    assert_eq!(seen.of("directory_skipped_total", "entry", "special"), 1);
    assert_eq!(seen.sum("directory_errors_total"), 0);
    assert_eq!(seen.value("directory_walk_duration_seconds_count"), 1);
    assert_eq!(seen.sum("census_overflowed_measurements_total"), 0);
    assert_eq!(seen.value("census_catalogue_problems"), 0);
}

/// Not every system's names may be like this; Linux's may.
#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let tree = Tree::new();
    let directory = tree.at("").join(OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join(OsStr::from_bytes(b"\xff\xfe.rs")), [0; 3]).unwrap();
    fs::write(directory.join(OsStr::from_bytes(b"x.\xe9")), [0; 4]).unwrap();
    let program = Running::new(&directory, &ONCE);
    assert!(program.line().starts_with("2 files, 7 B, in "));
    let seen = program.scrape();
    assert_eq!(seen.of("directory_bytes", "kind", "source"), 3);
    let lossy = "directory_files_seen_total{kind=\"other\",extension=\"\u{fffd}\"}";
    assert_eq!(seen.value(lossy), 1);
}

#[test]
fn more_extensions_than_there_are_rows_overflow() {
    let tree = Tree::new();
    for number in 0..120 {
        tree.file(&format!("file.x{number}"), 1);
    }
    let program = Running::new(tree.path(), &ONCE);
    program.line();
    let seen = program.scrape();
    let overflow = r#"directory_files_seen_total{kind="_overflow",extension="_overflow"}"#;
    assert_eq!(seen.value(overflow), 20);
    assert_eq!(
        seen.sum("directory_files_seen_total"),
        120,
        "the sum stays right"
    );
    assert_eq!(
        seen.of("census_overflowed_measurements_total", "view", "files_seen"),
        20
    );
    assert_eq!(seen.of("directory_files", "kind", "other"), 120);
}

#[test]
fn a_directory_that_may_not_be_read_is_an_error_and_the_walk_goes_on() {
    let tree = Tree::new();
    tree.file("a.rs", 1);
    tree.file("locked/b.rs", 1);
    tree.file("z.rs", 1);
    let locked = Locked::new(tree.at("locked"));
    // Permission does not apply to root; the next test is for everyone.
    let applies = fs::read_dir(locked.path()).is_err();
    let program = Running::new(tree.path(), &ONCE);
    program.line();
    let seen = program.scrape();
    let (files, errors) = if applies { (2, 1) } else { (3, 0) };
    assert_eq!(seen.of("directory_files", "kind", "source"), files);
    assert_eq!(seen.sum("directory_errors_total"), errors);
    if applies {
        assert_eq!(
            seen.of("directory_errors_total", "reason", "permission_denied"),
            1
        );
    }
}

/// A path that is too long to be opened, which is so for root too.
#[test]
fn a_directory_that_cannot_be_read_is_an_error_and_the_walk_goes_on() {
    let tree = Tree::new();
    tree.file("a.rs", 1);
    tree.file("z.rs", 1);
    // Neither half is too long to be made.
    let half: PathBuf = ["d".repeat(200).as_str(); 12].iter().collect();
    fs::create_dir_all(tree.at("upper").join(&half)).unwrap();
    fs::create_dir_all(tree.at("lower").join(&half)).unwrap();
    fs::rename(tree.at("lower"), tree.at("upper").join(&half).join("lower")).unwrap();
    let program = Running::new(tree.path(), &ONCE);
    program.line();
    assert!(program.line().starts_with("  source "));
    assert_eq!(program.line(), "  errors: 1 other");
    let seen = program.scrape();
    assert_eq!(seen.of("directory_files", "kind", "source"), 2);
    assert_eq!(seen.of("directory_errors_total", "reason", "other"), 1);
}

#[test]
fn walks_follow_what_happens() {
    let tree = Tree::new();
    let inside = tree.at("inside");
    tree.file("inside/main.rs", 10);
    tree.file("inside/photo.png", 20);
    let program = Running::new(&inside, &["--every", "0.05s"]);

    let before = program.scrape_until(|seen| seen.sum("directory_files") == 2);
    fs::remove_file(inside.join("photo.png")).unwrap();
    let after = program.scrape_until(|seen| {
        let image = |name| seen.of(name, "kind", "image");
        image("directory_files") == 0 && image("directory_bytes") == 0
    });
    assert_eq!(after.of("directory_files", "kind", "source"), 1);
    let total = "directory_bytes_seen_total";
    assert!(after.of(total, "kind", "image") >= before.of(total, "kind", "image"));
    assert!(after.of(total, "kind", "source") > before.of(total, "kind", "source"));

    fs::remove_dir_all(&inside).unwrap();
    let gone = program.scrape_until(|seen| {
        seen.sum("directory_files") == 0 && seen.sum("directory_errors_total") >= 1
    });
    assert!(gone.of("directory_errors_total", "reason", "vanished") >= 1);
    tree.file("inside/back.rs", 1);
    program.scrape_until(|seen| seen.sum("directory_files") == 1);
}

#[test]
fn once_is_one_walk_and_a_summary() {
    let tree = Tree::new();
    tree.file("main.rs", 1024);
    tree.file("photo.png", 2048);
    let output = finish(directory().arg("--once").arg(tree.path()));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    let [first, source, image] = lines.as_slice() else {
        panic!("{said}")
    };
    assert!(first.starts_with("2 files, 3.00 KiB, in "), "{first}");
    assert_eq!(*source, "  source               1      1.00 KiB");
    assert_eq!(*image, "  image                1      2.00 KiB");
    assert!(
        output.stderr.is_empty(),
        "no progress where there is no terminal"
    );
}

#[test]
fn ctrl_c_ends_it_and_frees_the_port() {
    let tree = Tree::new();
    let mut program = Running::new(tree.path(), &ONCE);
    program.line();
    program.scrape();
    let interrupt = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(interrupt.is_ok_and(|status| status.success()));
    assert_eq!(program.wait().code(), Some(0));
    TcpListener::bind(program.address()).expect("the port is free");
}

#[test]
fn what_is_no_directory_is_refused() {
    let tree = Tree::new();
    tree.file("file", 1);
    for once in [&["--once"][..], &[]] {
        let missing = tree.at("nothing");
        let why = refusal(directory().args(once).arg(&missing), 1);
        assert!(
            why.starts_with(&format!("directory: {}: No such file", missing.display())),
            "{why}"
        );
        let file = tree.at("file");
        let why = refusal(directory().args(once).arg(&file), 1);
        assert_eq!(
            why,
            format!("directory: {}: not a directory\n", file.display())
        );
    }
}

#[test]
fn an_address_where_it_cannot_listen_is_refused() {
    let tree = Tree::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let why = refusal(directory().arg(tree.path()).args(["--listen", &address]), 1);
    assert!(
        why.starts_with(&format!("directory: cannot listen on {address}: ")),
        "{why}"
    );
    refusal(
        directory().arg(tree.path()).args(["--listen", "nonsense"]),
        1,
    );
}

#[test]
fn wrong_arguments_are_refused() {
    for wrong in [
        &["--nonsense"][..],
        &[".", "."],
        &["--every", "0"],
        &["--every", "10m"],
        &["--listen"],
    ] {
        let why = refusal(directory().args(wrong), 2);
        assert!(why.starts_with("error: "), "{why}");
    }
}
