//! What assertions on metrics accept, and what they say.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use census::testing::{assert_metrics, assert_nothing, isolate, metrics};
use census::{Measure, Observed, TagKey, measure, record, tag, view};

#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;
#[measure]
static VIDEO: Measure<u64>;
#[measure]
static TIME: Measure<Duration>;
#[measure]
static LEVEL: Measure<i64>;
#[measure]
static FAILS: Observed<u64>;
view! {
    static ASSERTED_VIDEOS: Count<VIDEO> by (FRONTEND, CODEC);
    static ASSERTED_SIZES: Distribution<VIDEO> { buckets: [10, 100] }
    static ASSERTED_SECONDS: Distribution<TIME> { buckets: [Duration::from_secs(1)] }
    static ASSERTED_TIME: Sum<TIME> by (FRONTEND);
    static ASSERTED_TIMES: Count<TIME>;
    static ASSERTED_LEVEL: Sum<LEVEL>;
    static ASSERTED_FAILING: LastValue<FAILS>;
    static ASSERTED_LAST: LastValue<VIDEO>;
}

/// The message with which an assertion fails.
fn failure(assertion: impl FnOnce()) -> String {
    let failed = catch_unwind(AssertUnwindSafe(assertion)).expect_err("the assertion fails");
    match failed.downcast::<String>() {
        Ok(message) => *message,
        Err(other) => (*other.downcast::<&str>().expect("a message")).to_owned(),
    }
}

fn record_all() {
    record!(VIDEO = 7, tags(FRONTEND = "ios", CODEC = "av1"));
    record!(VIDEO = 70, tags(FRONTEND = "web", CODEC = "vp\"9"));
    record!(TIME = Duration::from_millis(1_250), tags(FRONTEND = "ios"));
}

#[test]
fn lines_that_are_there_are_accepted() {
    let isolated = isolate();
    record_all();
    isolated.assert_metrics(
        r#"
            # HELP and other comments are skipped.
            asserted_videos_total{codec="av1",frontend="ios"} 1.0
            asserted_videos_total{ frontend="web", codec="vp\"9", } 1

            asserted_sizes_bucket{le="10"} 1
            asserted_sizes_bucket{le="+Inf"} 2
            asserted_sizes_sum 77
            asserted_time_total{frontend="ios"} 1.25
        "#,
    );
    assert_metrics("asserted_last 70");
}

#[test]
fn a_line_that_is_missing_is_shown_beside_the_nearest() {
    let _isolated = isolate();
    record!(VIDEO = 7, tags(FRONTEND = "ios", CODEC = "av1"));
    record!(VIDEO = 7, tags(FRONTEND = "ios", CODEC = "av1"));
    let message = failure(|| {
        assert_metrics(
            r#"
            asserted_videos_total{frontend="ios",codec="av1"} 2
            asserted_videos_total{frontend="web",codec="av1"} 2
            asserted_videos_total{frontend="ios",codec="av1"} 1
            asserted_videos_total{frontend="ios"} 2
            asserted_vidos_total 1
            asserted_time_total 1
            asserted_videos_total 1 # a word
            "#,
        );
    });
    assert_eq!(
        message,
        r#"these lines are missing:

    asserted_videos_total{frontend="web",codec="av1"} 2
        nearest: asserted_videos_total{frontend="ios",codec="av1"} 2
        label frontend: expected "web", found "ios"

    asserted_videos_total{frontend="ios",codec="av1"} 1
        nearest: asserted_videos_total{frontend="ios",codec="av1"} 2
        value: expected 1, found 2

    asserted_videos_total{frontend="ios"} 2
        nearest: asserted_videos_total{frontend="ios",codec="av1"} 2
        label codec: expected no label, found "av1"

    asserted_vidos_total 1
        no view exports `asserted_vidos_total`; `asserted_videos_total` is like it

    asserted_time_total 1
        `asserted_time_total` has no samples

    asserted_videos_total 1 # a word
        this is no sample: write `name 1`, or `name{label="value"} 1` with quotes around the value, and `\"` for a quote in it

These are there, without buckets and those that are 0:

    asserted_last 7
    asserted_sizes_sum 14.0
    asserted_sizes_count 2
    asserted_videos_total{frontend="ios",codec="av1"} 2
"#
    );
}

#[test]
fn a_line_that_a_thread_recorded_outside_is_told() {
    // Other tests record nothing outside of their isolations.
    let _isolated = isolate();
    let lost = || record!(VIDEO = 1, tags(FRONTEND = "lost", CODEC = "av1"));
    thread::spawn(lost).join().expect("it does not panic");
    let message = failure(|| {
        assert_metrics(r#"asserted_videos_total{frontend="lost",codec="av1"} 1"#);
    });
    assert_eq!(
        message,
        r#"these lines are missing:

    asserted_videos_total{frontend="lost",codec="av1"} 1
        `asserted_videos_total` has no samples
        Outside of the isolation this series is 1: a thread or a task may have recorded it that was not handed the tags (`TagMap::current()`).

There are no metrics with other values than 0."#
    );
}

#[test]
fn nothing_is_no_sample_or_only_zeros() {
    let isolated = isolate();
    isolated.assert_nothing("asserted_videos_total");
    record!(VIDEO = 0, tags(FRONTEND = "ios"));
    // The last value is 0.
    assert_nothing("asserted_last");
    isolated.assert_nothing("asserted_sizes_sum");
    let message = failure(|| isolated.assert_nothing("asserted_videos_total"));
    assert_eq!(
        message,
        "`asserted_videos_total` was recorded:\n    asserted_videos_total{frontend=\"ios\",codec=\"\"} 1"
    );
    let message = failure(|| assert_nothing("asserted_sizes"));
    assert!(message.starts_with("`asserted_sizes` was recorded:\n    asserted_sizes_count 1\n"));
    assert_eq!(
        failure(|| assert_nothing("asserted_video_total")),
        "no view exports `asserted_video_total`; `asserted_videos_total` is like it"
    );
}

#[test]
fn a_snapshot_is_sorted_and_may_leave_out_durations() {
    let _isolated = isolate();
    record_all();
    let all = metrics().to_string();
    assert_eq!(
        all,
        r#"asserted_last 70
asserted_seconds_sum 1.25
asserted_seconds_count 1
asserted_seconds_bucket{le="1.0"} 0
asserted_seconds_bucket{le="+Inf"} 1
asserted_sizes_sum 77.0
asserted_sizes_count 2
asserted_sizes_bucket{le="10.0"} 1
asserted_sizes_bucket{le="100.0"} 2
asserted_sizes_bucket{le="+Inf"} 2
asserted_time_total{frontend="ios"} 1.25
asserted_times_total 1
asserted_videos_total{frontend="ios",codec="av1"} 1
asserted_videos_total{frontend="web",codec="vp\"9"} 1
"#
    );
    let stable = metrics().without_durations().to_string();
    let expected: Vec<&str> = all
        .lines()
        .filter(|line| !line.starts_with("asserted_seconds_bucket"))
        .map(|line| match line {
            "asserted_seconds_sum 1.25" => "asserted_seconds_sum [duration]",
            "asserted_time_total{frontend=\"ios\"} 1.25" => {
                "asserted_time_total{frontend=\"ios\"} [duration]"
            }
            line => line,
        })
        .collect();
    assert_eq!(stable.lines().collect::<Vec<_>>(), expected);
    let with_zeros = metrics().with_zeros().to_string();
    assert!(
        with_zeros.starts_with("asserted_last 70\n") && with_zeros.contains("event_sum_total 0\n")
    );
}

#[test]
fn mistakes_in_an_assertion_are_told() {
    let _isolated = isolate();
    let missing = |line: &str| {
        let message = failure(|| assert_metrics(line));
        message.lines().nth(3).expect("a reason").trim().to_owned()
    };
    assert_eq!(
        failure(|| assert_metrics("\n # nothing\n")),
        "there is no line that has to be there"
    );
    assert_eq!(
        missing("asserted_videos 1"),
        "no view exports `asserted_videos`; write `asserted_videos_total`"
    );
    assert_eq!(
        missing("asserted_sizes 1"),
        "no view exports `asserted_sizes`; it is a histogram: `asserted_sizes_count`, `asserted_sizes_sum`, `asserted_sizes_bucket`"
    );
    assert_eq!(
        missing("myapp_asserted_videos_total 1"),
        "no view exports `myapp_asserted_videos_total`; without a namespace it is `asserted_videos_total`"
    );
    assert_eq!(
        missing("xyz 1"),
        "no view exports `xyz`; a view is not exported that is `#[optional]` or unregistered here"
    );
    assert_eq!(
        failure(|| assert_nothing(r#"asserted_videos_total{frontend="ios"}"#)),
        r#"`asserted_videos_total{frontend="ios"}` has labels: give the name without them"#
    );
}

#[test]
fn values_are_compared_exactly() {
    let _isolated = isolate();
    VIDEO.record(9_007_199_254_740_993);
    assert_metrics("asserted_last 9007199254740993");
    let message = failure(|| assert_metrics("asserted_last 9007199254740992"));
    assert!(
        message.contains("value: expected 9007199254740992, found 9007199254740993\n"),
        "{message}"
    );
}

#[test]
fn a_series_of_zeros_outside_is_no_hint() {
    let _isolated = isolate();
    let _held = LEVEL.hold(1);
    let message = failure(|| assert_metrics("asserted_level 0"));
    assert!(!message.contains("Outside"), "{message}");
}

#[test]
fn a_reading_that_fails_is_told() {
    let _isolated = isolate();
    let _observation = FAILS.observe(|_| panic!("on purpose"));
    let message = failure(|| assert_metrics("asserted_failing 1"));
    assert!(
        message.contains("`asserted_failing` has no samples: reading it panicked\n"),
        "{message}"
    );
    assert_eq!(
        failure(|| assert_nothing("asserted_failing")),
        "it is not known whether `asserted_failing` has values: reading it panicked"
    );
}
