//! The exact texts, for each kind.

use census::testing::FindingKind;

use crate::declared::linted;
use crate::{check, findings_of};

#[test]
fn texts_about_descriptions() {
    use FindingKind::NoDescription;
    check(
        "blank",
        &[(
            NoDescription,
            "the view `blank` has no description, so its HELP is empty: write a doc comment above the view, or \
             above its measure `lint/undocumented`",
        )],
    );
}

#[test]
fn texts_about_names() {
    use FindingKind::{CamelCaseName, HistogramSuffix, TimestampSuffix, TotalSuffix, TypeInName};
    check(
        "jobsDone",
        &[(
            CamelCaseName,
            "the view `jobsDone` is exported as the counter `jobsDone_total`, whose name is in camelCase: write \
             `{ name: \"jobs_done\" }`",
        )],
    );
    check(
        "done_total",
        &[(
            TotalSuffix,
            "the view `done_total` is exported as the gauge `done_total`, whose name ends with `_total`, as those \
             of counters do: write `static DONE` or `{ name: \"done\" }`",
        )],
    );
    check(
        "jobs_count",
        &[(
            HistogramSuffix,
            "the view `jobs_count` is exported as the gauge `jobs_count`, whose name ends with `_count`, as those \
             of samples of histograms do: write `static JOBS` or `{ name: \"jobs\" }`",
        )],
    );
    check(
        "samples_bucket",
        &[(
            HistogramSuffix,
            "the view `samples_bucket` is exported as the gauge `samples_bucket`, whose name ends with `_bucket`, \
             as those of samples of histograms do: write `static SAMPLES` or `{ name: \"samples\" }`",
        )],
    );
    check(
        "app/jobs/sum",
        &[(
            HistogramSuffix,
            "the view `app/jobs/sum` is exported as the gauge `app_jobs_sum`, whose name ends with `_sum`, as \
             those of samples of histograms do: write `{ name: \"app_jobs\" }`",
        )],
    );
    check(
        "jobs_timestamp_seconds",
        &[(
            TimestampSuffix,
            "the view `jobs_timestamp_seconds` is exported as the histogram `jobs_timestamp_seconds`, whose name \
             ends with `_timestamp_seconds`, as those of gauges with a point in time do: write `static \
             JOBS_SECONDS` or `{ name: \"jobs_seconds\" }`",
        )],
    );
    check(
        "work_histogram",
        &[(
            TypeInName,
            "the view `work_histogram` is exported as the histogram `work_histogram`, whose name has the type \
             `histogram` in it: write `static WORK` or `{ name: \"work\" }`",
        )],
    );
    check(
        "workers_counter",
        &[(
            TypeInName,
            "the view `workers_counter` is exported as the counter `workers_counter_total`, whose name has the \
             type `counter` in it: write `static WORKERS` or `{ name: \"workers\" }`",
        )],
    );
    check(
        "workers_histogram",
        &[(
            TypeInName,
            "the view `workers_histogram` is exported as the counter `workers_histogram_total`, whose name has \
             the type `histogram` in it: write `static LINT_WORKERS` or `{ name: \"lint_workers\" }`",
        )],
    );
    check(
        "workers_summary",
        &[(
            TypeInName,
            "the view `workers_summary` is exported as the counter `workers_summary_total`, whose name has the \
             type `summary` in it: write another name than `workers` and `lint_workers`, which are taken",
        )],
    );
}

#[test]
fn texts_about_durations() {
    use FindingKind::{AbbreviatedUnit, NonBaseUnit, UnitNotInName};
    check(
        "waits_sec",
        &[(
            AbbreviatedUnit,
            "the view `waits_sec` is exported as the histogram `waits_sec`, whose name has the abbreviated unit \
             `sec` in it: write `static WAITS_SECONDS` or `{ name: \"waits_seconds\" }`",
        )],
    );
    check(
        "wait_ms",
        &[(
            AbbreviatedUnit,
            "the view `wait_ms` is exported as the counter `wait_ms_total`, whose name has the abbreviated unit \
             `ms` in it: write `static WAIT` or `{ name: \"wait\" }`",
        )],
    );
    check(
        "waited",
        &[(
            UnitNotInName,
            "the view `waited` is exported as the counter `waited_total`, whose name does not say that its values \
             are seconds: write `static WAITED_SECONDS` or `{ name: \"waited_seconds\" }`",
        )],
    );
    check(
        "stop_milliseconds",
        &[(
            NonBaseUnit,
            "*the view `stop_milliseconds` is exported as the histogram `stop_milliseconds`, whose name says \
             `milliseconds`, and Prometheus's base unit is `seconds`: leave out the unit `ms` of the measure \
             `lint/pause`, so that it is exported in seconds, and write `static STOP_SECONDS` or `{ name: \
             \"stop_seconds\" }`",
        )],
    );
    check(
        "break_seconds",
        &[(
            UnitNotInName,
            "*the view `break_seconds` is exported as the histogram `break_seconds`, whose name does not say that \
             its values are milliseconds: leave out the unit `ms` of the measure `lint/pause`, so that it is \
             exported in seconds",
        )],
    );
    check(
        "slept",
        &[(
            UnitNotInName,
            "*the view `slept` is exported as the counter `slept_total`, whose name does not say that its values \
             are milliseconds: give the measure `lint/sleep` the unit `s` and values in seconds, or the type \
             `Duration`, and write `static SLEPT_SECONDS` or `{ name: \"slept_seconds\" }`",
        )],
    );
    check(
        "sleep_minutes",
        &[(
            NonBaseUnit,
            "*the view `sleep_minutes` is exported as the gauge `sleep_minutes`, whose name says `minutes`, and \
             Prometheus's base unit is `seconds`: give the measure `lint/sleep` the unit `s` and values in \
             seconds, or the type `Duration`, and write `static SLEEP_SECONDS` or `{ name: \"sleep_seconds\" }`",
        )],
    );
}

#[test]
fn texts_about_other_units() {
    use FindingKind::{AbbreviatedUnit, NonBaseUnit, UnitNotInName};
    check(
        "received_total",
        &[(
            UnitNotInName,
            "the view `received_total` is exported as the counter `received_total`, whose name does not say that \
             its values are bytes: write `static RECEIVED_BYTES_TOTAL` or `{ name: \"received_bytes_total\" }`",
        )],
    );
    check(
        "sent_KB_total",
        &[(
            AbbreviatedUnit,
            "the view `sent_KB_total` is exported as the counter `sent_KB_total`, whose name has the abbreviated \
             unit `KB` in it: write `{ name: \"sent_bytes_total\" }`",
        )],
    );
    check(
        "sent_mebibytes",
        &[(
            NonBaseUnit,
            "*the view `sent_mebibytes` is exported as the counter `sent_mebibytes_total`, whose name says \
             `mebibytes`, and Prometheus's base unit is `bytes`: give the measure `lint/large_size` the unit `By` \
             and values in bytes, and write `static LINT_SENT_BYTES` or `{ name: \"lint_sent_bytes\" }`",
        )],
    );
    check(
        "fill_percent",
        &[(
            NonBaseUnit,
            "*the view `fill_percent` is exported as the gauge `fill_percent`, whose name says `percent`, and \
             Prometheus's base unit is `ratio`: record values from 0 to 1 to the measure `lint/fill`, without the \
             unit `%`, and write `static FILL_RATIO` or `{ name: \"fill_ratio\" }`",
        )],
    );
    check(
        "filled",
        &[(
            UnitNotInName,
            "*the view `filled` is exported as the gauge `filled`, whose name does not say that its values are \
             percent: record values from 0 to 1 to the measure `lint/fill`, without the unit `%`, and write \
             `static FILLED_RATIO` or `{ name: \"filled_ratio\" }`",
        )],
    );
    check(
        "disk_percent",
        &[(
            NonBaseUnit,
            "*the view `disk_percent` is exported as the gauge `disk_percent`, whose name says `percent`, and \
             Prometheus's base unit is `ratio`: record values from 0 to 1 to the measure `lint/disk`, and write \
             `static DISK_RATIO` or `{ name: \"disk_ratio\" }`",
        )],
    );
    check(
        "age_hours",
        &[(
            NonBaseUnit,
            "*the view `age_hours` is exported as the gauge `age_hours`, whose name says `hours`, and \
             Prometheus's base unit is `seconds`: give the measure `lint/age` the unit `s` and values in seconds, \
             or the type `Duration`, and write `static AGE_SECONDS` or `{ name: \"age_seconds\" }`",
        )],
    );
    check(
        "2_belt_m",
        &[(
            AbbreviatedUnit,
            "the view `2_belt_m` is exported as the gauge `_2_belt_m`, whose name has the abbreviated unit `m` in \
             it: write `{ name: \"2_belt_meters\" }`",
        )],
    );
}

#[test]
fn texts_about_labels() {
    use FindingKind::{CamelCaseLabel, ReservedLabel};
    check(
        "users_by_id",
        &[(
            CamelCaseLabel,
            "the view `users_by_id` has the label `userId`, which is in camelCase: write `by (KEY as user_id)`, \
             or name the tag key `user_id`",
        )],
    );
    check(
        "users_renamed",
        &[(
            CamelCaseLabel,
            "the view `users_renamed` has the label `UserName`, which is in camelCase: write `by (KEY as \
             user_name)`",
        )],
    );
    check(
        "users_up_to",
        &[(
            ReservedLabel,
            "the view `users_up_to` has the label `le`, which Prometheus keeps for the buckets of histograms: \
             write `by (KEY as at_most)`, or name the tag key `at_most`",
        )],
    );
    check(
        "users_quantile",
        &[(
            ReservedLabel,
            "the view `users_quantile` has the label `quantile`, which Prometheus keeps for summaries: write `by \
             (KEY as fraction)`",
        )],
    );
}

#[test]
fn texts_about_overflowing_views() {
    use FindingKind::Overflowed;
    check(
        "bounded",
        &[(
            Overflowed,
            "the view `bounded` has as many rows as its `max_series` allows (2), so 2 measurements went to \
             overflow rows; its column `user` is open to any value: bound the values, close the set \
             (`TagKey<Enum>`), write a larger `max_series`, or leave the column out",
        )],
    );
    check(
        "open",
        &[(
            Overflowed,
            "the view `open` has as many rows as its `max_series` allows (1), so 3 measurements went to \
             overflow rows; its columns `id`, `user` are open to any value: bound the values, close the set \
             (`TagKey<Enum>`), write a larger `max_series`, or leave one of the columns out",
        )],
    );
    check(
        "closed_and_small",
        &[(
            Overflowed,
            "the view `closed_and_small` has as many rows as its `max_series` allows (1), so 1 measurement went to \
             overflow rows; no column is open to any value: write a larger `max_series`, or leave a column out",
        )],
    );
    check(
        "queues_by_name",
        &[(
            Overflowed,
            "the view `queues_by_name` has as many rows as its `max_series` allows (1), so 2 measurements went to \
             overflow rows; its column `user` is open to any value: bound the values, close the set \
             (`TagKey<Enum>`), write a larger `max_series`, or leave the column out",
        )],
    );
}

#[test]
fn texts_about_views_made_at_run_time() {
    use FindingKind::{AbbreviatedUnit, CamelCaseLabel, NoDescription};
    check(
        "late_ms",
        &[
            (
                NoDescription,
                "the view `late_ms` has no description, so its HELP is empty: give the view a description, or its \
             measure `lib/waiting`",
            ),
            (
                AbbreviatedUnit,
                "*the view `late_ms` is exported as the gauge `late_ms`, whose name has the abbreviated unit `ms` in \
             it: give the measure `lib/waiting` the unit `s` and values in seconds, or the type `Duration`, and \
             name the view `late_seconds`",
            ),
            (
                CamelCaseLabel,
                "the view `late_ms` has the label `userId`, which is in camelCase: write `.column_as(&KEY, \
             \"user_id\")`, or name the tag key `user_id`",
            ),
        ],
    );
    let origin = findings_of("late_ms")[0].origin();
    assert_eq!(origin, linted().late.origin());
}
