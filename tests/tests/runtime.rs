//! Measures, tag keys and views that a program learns of while it runs.

use census::{
    CatalogueError, Measure, ProblemKind, TagKey, TagMap, TagValue, View, ViewBuilder, measure,
};

#[measure(name = "declared", unit = "By")]
static DECLARED: Measure<u64>;

fn kind<T>(result: Result<T, CatalogueError>) -> Option<ProblemKind> {
    result.err()?.problems().first().map(census::Problem::kind)
}

#[test]
fn what_is_made_from_owned_names_works_like_statics() -> Result<(), Box<dyn std::error::Error>> {
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
    assert!(view.data().get(&tags).is_some_and(|value| *value == -3));
    let body = census::prometheus::Exporter::builder()
        .build()?
        .scrape(None)
        .body
        .to_string();
    assert!(
        body.contains("# HELP pool_size Size.\n")
            && body.contains("pool_size{pool_name=\"db\"} -3\n"),
        "{body}"
    );
    // A view over a static measure, too.
    let sum = View::sum("declared_bytes", &DECLARED).register()?;
    DECLARED.record(5);
    assert!(
        sum.data()
            .get(&TagMap::new())
            .is_some_and(|value| *value == 5)
    );
    Ok(())
}

#[test]
fn an_equal_view_is_a_no_op_and_a_clash_names_both_places() -> Result<(), CatalogueError> {
    let n = Measure::<u64>::builder("runtime/n").register()?;
    let first = View::count("runtime_n", &n).register()?;
    n.record(1);
    let again = View::count("runtime_n", &n).register()?;
    assert_eq!(
        again.data().get(&TagMap::new()),
        Some(&1),
        "its data are kept"
    );
    let clash = View::sum("runtime_n", &n)
        .register()
        .expect_err("another aggregation");
    let problem = &clash.problems()[0];
    assert_eq!(problem.kind(), ProblemKind::Conflict);
    assert_eq!(problem.kept_at(), Some(first.origin()));
    assert_ne!(problem.rejected_at().line(), first.origin().line());
    assert!(
        clash.to_string().contains("tests/tests/runtime.rs:"),
        "{clash}"
    );
    // Samples that would clash.
    assert_eq!(
        kind(View::last_value("runtime_n_total", &n).register()),
        Some(ProblemKind::Conflict)
    );
    // Measures.
    let equal = Measure::<u64>::builder("runtime/n").register()?;
    equal.record(1);
    assert_eq!(first.data().get(&TagMap::new()), Some(&2));
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
fn what_is_wrong_by_itself_is_refused() -> Result<(), CatalogueError> {
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
        let error = view.register().expect_err("no label for a column");
        assert_eq!(error.problems().len(), 1, "{error}");
        error.to_string()
    };
    assert!(message(&["le"]).contains("`le` is the label of its buckets"));
    assert!(message(&["a", "__reserved"]).contains("beginning with `__`"));
    assert!(message(&["a.b", "a/b"]).contains("both become the label `a_b`"));
    assert!(message(&["1", "_1"]).contains("both become the label `_1`"));
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
    let time = Measure::<std::time::Duration>::builder("wrong/time")
        .unit("By")
        .register();
    assert_eq!(kind(time), Some(ProblemKind::InvalidMeasure));
    Ok(())
}

#[test]
fn unregistering_takes_the_rows_along_and_frees_the_name() -> Result<(), CatalogueError> {
    let n = Measure::<u64>::builder("come/and/go").register()?;
    let view = View::count("come_and_go", &n).register()?;
    n.record(1);
    assert!(view.unregister() && !view.unregister());
    assert!(!n.is_viewed() && !view.is_registered() && view.data().rows.is_empty());
    n.record(1);
    let other = View::sum("come_and_go", &n).register()?;
    n.record(5);
    assert!(
        other
            .data()
            .get(&TagMap::new())
            .is_some_and(|sum| *sum == 5)
    );
    assert_eq!(kind(view.register()), Some(ProblemKind::Conflict));
    assert!(other.unregister());
    view.register()?;
    n.record(1);
    assert_eq!(view.data().get(&TagMap::new()), Some(&1), "it starts anew");
    Ok(())
}

#[test]
fn a_key_is_local_everywhere_or_nowhere() -> Result<(), CatalogueError> {
    let key = TagKey::new_local("runtime/local")?;
    assert!(TagKey::new_local("runtime/local")?.is_local());
    let clash = TagKey::new("runtime/local").expect_err("it is local");
    let problem = clash.problems().first().cloned().expect("a problem");
    assert_eq!(
        (problem.kind(), problem.kept_at()),
        (ProblemKind::Conflict, Some(key.origin()))
    );
    drop(key);
    // Nobody has the local one any more.
    assert!(!TagKey::new("runtime/local")?.is_local());
    Ok(())
}

#[test]
fn two_handles_of_one_key_are_one_key_and_the_later_tag_counts() -> Result<(), CatalogueError> {
    let (a, b) = (TagKey::new("runtime/key")?, TagKey::new("runtime/key")?);
    let n = Measure::<u64>::builder("runtime/handles").register()?;
    let view = View::count("runtime_handles", &n).column(&a).register()?;
    census::record!(n = 1, tags(a = "first", b = "later"));
    assert_eq!(
        view.data().get(&census::tags!(a = "first", b = "later")),
        Some(&1)
    );
    assert_eq!(
        view.data().rows.first().and_then(|row| row.tag(&b)),
        Some("later")
    );
    Ok(())
}
