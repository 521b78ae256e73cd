//! Measures, tag keys and views that are made at run time.

use std::time::Duration;

use census::testing::isolate;
use census::{
    Buckets, CatalogueError, Measure, Number, Observed, ProblemKind, TagKey, TagMap, TagValue,
    View, ViewBuilder, measure, record, tags,
};
use census_tests::rows::{only_row, row};
use census_tests::scrape;

#[measure(name = "declared", unit = "By")]
static DECLARED: Measure<u64>;

/// The kind of the first problem.
fn kind<T>(result: Result<T, CatalogueError>) -> Option<ProblemKind> {
    result.err()?.problems().first().map(census::Problem::kind)
}

#[test]
fn owned_names() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let name = format!("pool/{}", "size");
    let size = Measure::<i64>::builder(name.clone())
        .description("Size.")
        .unit("By")
        .register()?;
    let pool = TagKey::new(String::from("pool.name"))?;
    let view = View::last_value(String::from("pool_size"), &size)
        .column(&pool)
        .register()?;
    drop(name);
    let mut tags = TagMap::new();
    tags.insert(&pool, TagValue::new("db")?);
    tags.clone().scope(|| size.record(-3));
    assert_eq!(row(&view, &tags), Some(Number::I64(-3)));
    let body = scrape::text(&census::prometheus::Exporter::builder().build()?);
    assert!(
        body.contains("# HELP pool_size Size.\n")
            && body.contains("pool_size{pool_name=\"db\"} -3\n"),
        "{body}"
    );
    // A view over a static measure.
    let sum = View::sum("declared_bytes", &DECLARED).register()?;
    DECLARED.record(5);
    assert_eq!(only_row(&sum), Some(Number::U64(5)));
    Ok(())
}

#[test]
fn equal_definitions_are_one_and_conflicts_name_both_places() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let n = Measure::<u64>::builder("runtime/n").register()?;
    let first = View::count("runtime_n", &n).register()?;
    n.record(1);
    let again = View::count("runtime_n", &n).register()?;
    assert_eq!(only_row(&again), Some(1), "the rows are kept");
    let conflict = View::sum("runtime_n", &n)
        .register()
        .expect_err("another aggregation");
    let problem = &conflict.problems()[0];
    assert_eq!(problem.kind(), ProblemKind::Conflict);
    assert_eq!(problem.kept_at(), Some(first.origin()));
    assert_ne!(problem.rejected_at().line(), first.origin().line());
    assert!(
        conflict
            .to_string()
            .contains("tests/tests/semantics/run_time_registration.rs:"),
        "{conflict}"
    );
    // Views whose samples would have the same name.
    assert_eq!(
        kind(View::last_value("runtime_n_total", &n).register()),
        Some(ProblemKind::Conflict)
    );
    // Measures.
    let equal = Measure::<u64>::builder("runtime/n").register()?;
    equal.record(1);
    assert_eq!(only_row(&first), Some(2));
    assert_eq!(
        kind(Measure::<i64>::builder("runtime/n").register()),
        Some(ProblemKind::Conflict)
    );
    assert_eq!(
        kind(Measure::<u64>::builder("declared").unit("1").register()),
        Some(ProblemKind::Conflict)
    );
    Ok(())
}

#[test]
fn invalid_declarations_are_rejected() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let n = Measure::<f64>::builder("wrong/n").register()?;
    for name in ["", "gr\u{f6}\u{df}e", &"x".repeat(256)] {
        assert_eq!(kind(TagKey::new(name)), Some(ProblemKind::InvalidName));
        assert_eq!(
            kind(Measure::<u64>::builder(name).register()),
            Some(ProblemKind::InvalidName)
        );
        assert_eq!(
            kind(View::count(name, &n).register()),
            Some(ProblemKind::InvalidName)
        );
    }
    let view = || View::distribution("wrong", &n, [1.0, 2.0]);
    let message = |columns: &[&str]| {
        let keys: Vec<TagKey> = columns.iter().flat_map(|name| TagKey::new(*name)).collect();
        let view = keys.iter().fold(view(), ViewBuilder::column);
        let error = view.register().expect_err("a column without a valid label");
        assert_eq!(error.problems().len(), 1, "{error}");
        error.to_string()
    };
    assert!(message(&["le"]).contains("the label `le`, which is the label of its buckets"));
    assert!(message(&["a", "__reserved"]).contains("beginning with `__`"));
    assert!(message(&["a.b", "a/b"]).contains("both have the label `a_b`"));
    assert!(message(&["1", "_1"]).contains("both have the label `_1`"));
    assert!(message(&["a", "b", "a"]).contains("the column `a` twice"));
    assert_eq!(
        kind(view().max_series(0).register()),
        Some(ProblemKind::InvalidView)
    );
    for bounds in [
        vec![2.0, 1.0],
        vec![1.0, 1.0],
        vec![f64::NAN],
        vec![1.0, f64::INFINITY],
    ] {
        assert_eq!(
            kind(View::distribution("wrong", &n, bounds).register()),
            Some(ProblemKind::InvalidView)
        );
    }
    let time = Measure::<Duration>::builder("wrong/time")
        .unit("By")
        .register();
    assert_eq!(kind(time), Some(ProblemKind::InvalidMeasure));
    Ok(())
}

#[test]
fn idle_that_a_view_cannot_have_is_rejected() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let key = TagKey::new("idle_key")?;
    let n = Measure::<u64>::builder("idle/n").register()?;
    let observed = Observed::<u64>::builder("idle/observed").register()?;
    let view = || View::count("idle", &n).column(&key);
    let minute = Duration::from_mins(1);
    for (wrong, message) in [
        (
            view().idle(Duration::ZERO),
            "view `idle`: `idle` is longer than zero: write another duration, or leave it out",
        ),
        (
            View::count("idle", &n).idle(minute),
            "view `idle`: there is no `idle` of a view without columns, whose only row never leaves: leave it out",
        ),
        (
            View::count("idle", &observed).idle(minute).column(&key),
            "view `idle`: there is no `idle` of a view of an observed measure, whose rows are those that were read: leave it out",
        ),
    ] {
        let error = wrong.register().expect_err("an `idle` that cannot be");
        let [problem] = error.problems() else {
            panic!("{error}");
        };
        assert_eq!(problem.kind(), ProblemKind::InvalidView);
        assert_eq!(problem.message(), message);
    }
    // The order of the calls does not matter, and another `idle` is another definition.
    let kept = View::count("idle", &n)
        .idle(minute)
        .column(&key)
        .register()?;
    assert!(kept.is_registered());
    assert!(view().idle(minute).register().is_ok());
    for (other, difference) in [
        (view(), "idle: none here, 60s there"),
        (view().idle(2 * minute), "idle: 120s here, 60s there"),
    ] {
        let error = other.register().expect_err("another definition");
        let message = error.problems()[0].message();
        assert!(message.ends_with(difference), "{message}");
    }
    Ok(())
}

#[test]
fn unregistering_drops_the_rows_and_frees_the_name() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let n = Measure::<u64>::builder("come/and/go").register()?;
    let view = View::count("come_and_go", &n).register()?;
    n.record(1);
    assert!(view.unregister() && !view.unregister());
    assert!(!n.is_viewed() && !view.is_registered() && view.data().rows.is_empty());
    n.record(1);
    let other = View::sum("come_and_go", &n).register()?;
    n.record(5);
    assert_eq!(only_row(&other), Some(Number::U64(5)));
    assert_eq!(kind(view.register()), Some(ProblemKind::Conflict));
    assert!(other.unregister());
    view.register()?;
    n.record(1);
    assert_eq!(only_row(&view), Some(1), "without the former rows");
    Ok(())
}

#[test]
fn local_and_plain_keys_of_one_name_conflict() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let key = TagKey::new_local("runtime/local")?;
    assert!(TagKey::new_local("runtime/local")?.is_local());
    let conflict = TagKey::new("runtime/local").expect_err("the key is local");
    let problem = conflict.problems().first().cloned().expect("a problem");
    assert_eq!(
        (problem.kind(), problem.kept_at()),
        (ProblemKind::Conflict, Some(key.origin()))
    );
    drop(key);
    // The last handle of the local key is gone.
    assert!(!TagKey::new("runtime/local")?.is_local());
    Ok(())
}

#[test]
fn handles_of_one_name_are_one_key() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let (a, b) = (TagKey::new("runtime/key")?, TagKey::new("runtime/key")?);
    let n = Measure::<u64>::builder("runtime/handles").register()?;
    let view = View::count("runtime_handles", &n).column(&a).register()?;
    census::record!(n = 1, tags(a = "first", b = "later"));
    let tags = census::tags!(a = "first", b = "later");
    assert_eq!(row(&view, &tags), Some(1));
    assert_eq!(
        view.data().rows.first().and_then(|row| row.tag(&b)),
        Some("later")
    );
    Ok(())
}

#[test]
fn order_of_columns_makes_no_other_view() {
    let _isolated = isolate();
    let size = Measure::<u64>::builder("order/size")
        .register()
        .expect("a new measure");
    let [a, b] = ["order_a", "order_b"].map(|name| TagKey::new(name).expect("a valid name"));
    let view = || View::sum("order", &size);
    let first = view().column(&a).column(&b).register().expect("a new view");
    let second = view()
        .column(&b)
        .column(&a)
        .register()
        .expect("the same view");
    record!(size = 5, tags(a = "x", b = "y"));
    let tags = tags!(a = "x", b = "y");
    assert_eq!(first.data().get(&tags), Some(&5_u64.into()));
    assert_eq!(second.data().get(&tags), Some(&5_u64.into()));
    let snapshot = census::snapshot();
    let columns = snapshot.view("order").expect("it is registered").columns();
    let labels: Vec<_> = columns.iter().map(census::Column::label).collect();
    assert_eq!(labels, ["order_a", "order_b"], "the first one's order");
}

#[test]
fn clash_names_what_differs() {
    let _isolated = isolate();
    let size = Measure::<u64>::builder("clash/size")
        .register()
        .expect("a new measure");
    let other = Measure::<f64>::builder("clash/other")
        .unit("By")
        .register()
        .expect("a new measure");
    let [a, b] = ["clash_a", "clash_b"].map(|name| TagKey::new(name).expect("a valid name"));
    let _kept = View::distribution("clash", &size, [1, 5])
        .column(&a)
        .description("Sizes.")
        .register()
        .expect("a new view");
    let message = |error: CatalogueError| error.problems()[0].message().to_owned();
    let columns = View::distribution("clash", &size, [1, 5])
        .column(&b)
        .column(&a)
        .description("Sizes.")
        .register()
        .map(drop)
        .map_err(message);
    assert_eq!(
        columns,
        Err("view `clash` is declared twice, with different definitions: columns: (clash_a, clash_b) here, (clash_a) there"
            .to_owned())
    );
    let all = View::distribution("clash", &other, [0.5])
        .max_series(7)
        .namespace(false)
        .register()
        .map(drop)
        .map_err(message);
    assert_eq!(
        all,
        Err(
            "view `clash` is declared twice, with different definitions: \
             measure: \"clash/other\" here, \"clash/size\" there; type: F64 here, U64 there; \
             unit: \"By\" here, \"1\" there; buckets: [0.5] here, [1, 5] there; \
             columns: none here, (clash_a) there; max_series: 7 here, the default there; \
             namespace: false here, true there; description: \"\" here, \"Sizes.\" there"
                .to_owned()
        )
    );
    let renamed = TagKey::new("clash_a as b").expect("a valid name");
    let columns = [
        View::count("clash_columns", &size).column(&renamed),
        View::count("clash_columns", &size).column_as(&a, "b"),
    ];
    let columns = columns.map(ViewBuilder::register);
    assert!(columns[0].is_ok() && columns[1].is_err(), "{columns:?}");
    let kind = View::count("clash", &size)
        .column(&a)
        .description("Sizes.")
        .register();
    assert_eq!(
        kind.map(drop).map_err(message),
        Err(
            "view `clash` is declared twice, with different definitions: \
             aggregation: Count here, Distribution there; buckets: none here, [1, 5] there"
                .to_owned()
        )
    );
    let measure = Measure::<u64>::builder("clash/size")
        .unit("By")
        .description("Size.")
        .register();
    assert_eq!(
        measure.map(drop).map_err(message),
        Err(
            "measure `clash/size` is declared twice, with different definitions: \
             unit: \"By\" here, \"1\" there; description: \"Size.\" here, \"\" there"
                .to_owned()
        )
    );
    let key = TagKey::new_local("clash_a").map(drop).map_err(message);
    assert_eq!(
        key,
        Err("tag key `clash_a` is `local` here, and not there".to_owned())
    );
}

#[test]
fn series_of_buckets_are_shown_as_a_user_writes_them() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let load = Measure::<f64>::builder("series/load").register()?;
    let buckets = Buckets::linear(0.1, 0.1, 8);
    View::distribution("series_load", &load, buckets).register()?;
    load.record(0.3);
    let body = scrape::text(&census::prometheus::Exporter::builder().build()?);
    let line = |le: &str, count: u8| format!("series_load_bucket{{le=\"{le}\"}} {count}\n");
    for (le, count) in [("0.1", 0), ("0.2", 0), ("0.3", 1), ("0.7", 1), ("0.8", 1)] {
        assert!(body.contains(&line(le, count)), "{le} in {body}");
    }
    Ok(())
}

#[test]
fn series_that_cannot_be_used_are_errors() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let load = Measure::<f64>::builder("series/wrong").register()?;
    for (buckets, message) in [
        (Buckets::linear(0.0, 1.0, 0), "1 to 1000 bounds"),
        (Buckets::linear(0.0, 0.0, 3), "width"),
        (Buckets::exponential(1.0, f64::NAN, 3), "factor"),
        (Buckets::exponential(1e300, 1e10, 3), "too great"),
    ] {
        let error = View::distribution("series_wrong", &load, buckets).register();
        let error = error.expect_err("it is wrong").to_string();
        assert!(error.contains(message), "{error}");
    }
    Ok(())
}
