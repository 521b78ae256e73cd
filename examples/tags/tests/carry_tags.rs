//! The program `carry_tags`.

use std::process::Command;

use census_tests::process::succeed;
use census_tests::scrape;

#[test]
fn every_place_has_the_tenant() {
    let output = succeed(&mut Command::new(env!("CARGO_BIN_EXE_carry_tags")));
    assert_eq!(
        scrape::samples_named(&output, "work_done_total"),
        [
            r#"work_done_total{place="blocking call",tenant="acme"} 1"#,
            r#"work_done_total{place="parallel item",tenant="acme"} 100"#,
            r#"work_done_total{place="part of a task",tenant="acme"} 8"#,
            r#"work_done_total{place="scoped thread",tenant="acme"} 3"#,
            r#"work_done_total{place="small item",tenant="acme"} 1000"#,
            r#"work_done_total{place="task",tenant="acme"} 4"#,
            r#"work_done_total{place="thread",tenant="acme"} 1"#,
        ],
        "{output}"
    );
}
