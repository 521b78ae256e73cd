//! The program `video_size`.

use std::net::TcpListener;
use std::process::Command;

use census_tests::process::{self, Ended};

fn video_size(args: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_video_size"));
    process::run(command.args(args), "")
}

#[test]
fn one_video() {
    let ended = video_size(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let output = ended.stdout;
    for line in [
        "# TYPE video_size_bytes histogram",
        r#"video_size_bytes_bucket{le="16777216.0",frontend="ios"} 0"#,
        r#"video_size_bytes_bucket{le="268435456.0",frontend="ios"} 1"#,
        r#"video_size_bytes_sum{frontend="ios"} 26214400.0"#,
        "videos_total 1",
    ] {
        assert!(
            output.lines().any(|other| other == line),
            "no {line} in\n{output}"
        );
    }
}

#[test]
fn errors() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (args, message) in [
        (
            &["--serve", &address][..],
            "another program, or this one, already listens there",
        ),
        (
            &["--sevre", "127.0.0.1:0"],
            "usage: video_size [--serve ADDRESS]",
        ),
    ] {
        let ended = video_size(args);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains(message), "{ended:?}");
    }
}
