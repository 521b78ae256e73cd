//! When and on what kind of machine the page was written.

use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::effort::Effort;
use crate::names::NOTHING_SHARED;
use crate::processor::cores;
use crate::report::Report;

/// Lines that say it, without names of hosts or paths.
pub(super) fn circumstances(report: &Report, effort: Effort) -> Vec<String> {
    let date = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or_else(|_| "an unknown day".to_owned(), date);
    let quick = match effort {
        Effort::Quick => " Fewer rounds than usual were run (`--quick`).",
        Effort::Full => "",
    };
    let mut lines = vec![format!(
        "Written on {date} (UTC), on {} cores ({}, {}), with {}.{quick}",
        cores(),
        std::env::consts::ARCH,
        std::env::consts::OS,
        rustc(),
    )];
    if let Some((one, two)) = report
        .median("counter", NOTHING_SHARED, 1)
        .zip(report.median("counter", NOTHING_SHARED, 2))
    {
        lines.push(format!(
            "Two threads that share nothing did {:.2} times the work of one.",
            2.0 * one / two
        ));
    }
    let disturbed = report.disturbed_groups();
    lines.push(if disturbed.is_empty() {
        "No figure was disturbed by other programs.".to_owned()
    } else {
        format!(
            "Other programs disturbed figures of these groups: {}.",
            disturbed.join(", ")
        )
    });
    lines
}

/// The version of the compiler that cargo uses here.
fn rustc() -> String {
    Command::new("rustc")
        .arg("--version")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|version| {
            let mut words = version.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        })
        .unwrap_or_else(|| "an unknown rustc".to_owned())
}

/// The day, as `2026-11-27`, of a time since the beginning of 1970.
fn date(since_epoch: Duration) -> String {
    let mut day = since_epoch.as_secs() / (24 * 60 * 60);
    let mut year = 1970;
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // The seconds are those that `date --utc --date=… +%s` prints.
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_735_689_599, "2024-12-31"),
            (1_795_737_600, "2026-11-27"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(date(Duration::from_secs(seconds)), expected);
        }
    }
}
