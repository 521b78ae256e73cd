//! The program `video_size`.

use std::net::TcpListener;
use std::process::{Command, Output};

fn video_size(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_video_size"))
        .args(args)
        .output()
        .expect("it runs")
}

#[test]
fn twenty_five_mebibytes_are_in_the_third_bucket() {
    let output = video_size(&[]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    for line in [
        "# TYPE video_size_bytes histogram",
        r#"video_size_bytes_bucket{le="16777216.0",frontend="ios"} 0"#,
        r#"video_size_bytes_bucket{le="268435456.0",frontend="ios"} 1"#,
        r#"video_size_bytes_sum{frontend="ios"} 26214400.0"#,
        "videos_total 1",
    ] {
        assert!(
            said.lines().any(|said| said == line),
            "no {line} in\n{said}"
        );
    }
}

#[test]
fn what_it_cannot_do_it_says() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (args, why) in [
        (
            &["--serve", &address][..],
            "another program, or this one, is listening there",
        ),
        (
            &["--sevre", "127.0.0.1:0"],
            "usage: video_size [--serve ADDRESS]",
        ),
    ] {
        let output = video_size(args);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{said}");
    }
}
