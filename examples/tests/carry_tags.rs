//! The program `carry_tags`.

use std::process::Command;

use census_tests::process::succeed;

#[test]
fn all_work_is_for_the_tenant_wherever_it_is_done() {
    let said = succeed(&mut Command::new(env!("CARGO_BIN_EXE_carry_tags")));
    let mut samples: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("work_done_total"))
        .collect();
    samples.sort_unstable();
    assert_eq!(
        samples,
        [
            r#"{place="blocking call",tenant="acme"} 1"#,
            r#"{place="parallel item",tenant="acme"} 100"#,
            r#"{place="part of a task",tenant="acme"} 8"#,
            r#"{place="scoped thread",tenant="acme"} 3"#,
            r#"{place="small item",tenant="acme"} 1000"#,
            r#"{place="task",tenant="acme"} 4"#,
            r#"{place="thread",tenant="acme"} 1"#,
        ],
        "{said}"
    );
}
