//! An isolation follows the tags: into threads, tasks, pools and streams.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use census::testing::{isolate, isolated};
use census::{
    Measure, StreamWithTags as _, Sum, TagKey, TagMap, View, WithTags as _, measure, record, tag,
    tags, view,
};
use census_tests::rows::integer;
use futures_util::{StreamExt as _, stream};
use rayon::prelude::*;

#[tag]
static WHERE: TagKey;
#[measure]
static FOLLOWED: Measure<u64>;
view! { static FOLLOWED_SUM: Sum<FOLLOWED> by (WHERE); }

fn sums() -> Vec<(String, String)> {
    let data = FOLLOWED_SUM.data();
    let sum = |row: &census::Row<census::Number>| {
        (
            row.tag(&WHERE).unwrap_or_default().to_owned(),
            integer(&row.data).to_string(),
        )
    };
    let mut sums: Vec<_> = data.rows.iter().map(sum).collect();
    sums.sort();
    sums
}

fn expected(sums: &[(&str, &str)]) -> Vec<(String, String)> {
    sums.iter()
        .map(|(at, sum)| ((*at).to_owned(), (*sum).to_owned()))
        .collect()
}

#[test]
fn tags_that_are_handed_to_a_thread_bring_the_isolation() {
    let _isolated = isolate();
    let current = TagMap::current();
    let with_tags = tags!(WHERE = "thread");
    let threads = [
        thread::spawn(|| current.scope(|| FOLLOWED.record(1))),
        thread::spawn(|| with_tags.scope(|| FOLLOWED.record(2))),
        // This one is handed nothing.
        thread::spawn(|| FOLLOWED.record(4)),
    ];
    for thread in threads {
        thread.join().expect("it does not panic");
    }
    assert_eq!(sums(), expected(&[("", "1"), ("thread", "2")]));
}

#[test]
fn tags_of_another_kind_leave_the_isolation_as_it_is() {
    let _isolated = isolate();
    TagMap::new().scope(|| FOLLOWED.record(1));
    TagMap::from_baggage("where=wire").scope(|| {
        FOLLOWED.record(2);
        let both = TagMap::from_baggage("where=other").overridden_by(&TagMap::current());
        thread::spawn(|| both.scope(|| FOLLOWED.record(4)))
            .join()
            .expect("it does not panic");
    });
    assert_eq!(sums(), expected(&[("", "1"), ("wire", "6")]));
}

#[test]
fn a_bound_measure_records_in_the_current_isolation_or_in_that_of_its_tags() {
    let first = isolate();
    let bound = FOLLOWED.bind(tags!(WHERE = "bound"));
    bound.record(1);
    let in_first = TagMap::current();
    drop(first);
    // Outside of all isolations, the handle's own counts.
    bound.record(2);
    let second = isolate();
    bound.record(4);
    assert_eq!(sums(), expected(&[("bound", "4")]));
    drop(second);
    assert_eq!(in_first.scope(sums), expected(&[("bound", "3")]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_are_given_the_tags_are_within_the_isolation() {
    let all = isolated(async {
        FOLLOWED.record(1);
        tokio::task::yield_now().await;
        let task = async { record!(FOLLOWED = 2, tags(WHERE = "task")) };
        tokio::spawn(task.with_tags(TagMap::current()))
            .await
            .expect("it does not panic");
        let tags = TagMap::current();
        let blocking = tokio::task::spawn_blocking(|| {
            tags.scope(|| record!(FOLLOWED = 4, tags(WHERE = "blocking")));
        });
        blocking.await.expect("it does not panic");
        let items = stream::iter(0..3).map(|_| record!(FOLLOWED = 8, tags(WHERE = "stream")));
        items
            .with_tags(TagMap::current())
            .collect::<Vec<()>>()
            .await;
        tokio::spawn(async { record!(FOLLOWED = 16, tags(WHERE = "lost")) })
            .await
            .expect("it does not panic");
        sums()
    });
    assert_eq!(
        tokio::spawn(all).await.expect("it does not panic"),
        expected(&[
            ("", "1"),
            ("blocking", "4"),
            ("stream", "24"),
            ("task", "2")
        ])
    );
}

#[test]
fn the_threads_of_rayon_are_within_the_isolation_if_they_are_handed_the_tags() {
    let _isolated = isolate();
    let tags = tags!(WHERE = "rayon");
    (0..100_u64)
        .into_par_iter()
        .for_each(|_| tags.clone().scope(|| FOLLOWED.record(1)));
    assert_eq!(sums(), expected(&[("rayon", "100")]));
}

#[test]
fn a_pool_of_threads_works_for_many_isolations() {
    let (jobs, received) = channel::<Box<dyn FnOnce() + Send>>();
    let worker = thread::spawn(move || received.into_iter().for_each(|job| job()));
    for number in 1..=20 {
        let _isolated = isolate();
        let (done, is_done) = channel();
        let tags = TagMap::current();
        let job = move || {
            tags.scope(|| FOLLOWED.record(number));
            done.send(()).expect("the test waits");
        };
        jobs.send(Box::new(job)).expect("the worker runs");
        is_done
            .recv_timeout(Duration::from_secs(10))
            .expect("the worker works");
        assert_eq!(sums(), expected(&[("", &number.to_string())]));
    }
    drop(jobs);
    worker.join().expect("it does not panic");
}

#[test]
fn a_reporter_and_a_view_of_a_thread_belong_to_the_isolation_in_which_they_were_made() {
    let isolated = isolate();
    let view: View<Sum> = View::sum("isolation_follows", &FOLLOWED)
        .register()
        .expect("it is valid");
    let (send, reports) = channel();
    let reporter = census::report_every(
        Duration::from_hours(1),
        move |snapshot: &census::Snapshot| {
            let rows = snapshot
                .views()
                .find(|it| it.name() == "isolation_follows")
                .map(|view| view.data.rows.len());
            send.send(rows).expect("the test waits");
        },
    );
    FOLLOWED.record(1);
    drop(isolated);
    assert!(!view.is_registered());
    drop(reporter.expect("there are threads"));
    assert_eq!(reports.recv(), Ok(Some(1)));
}
