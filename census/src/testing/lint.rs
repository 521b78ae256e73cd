//! The linter: Prometheus's conventions, and what only the catalogue knows.

mod finding;
mod proposal;
mod rules;
mod taken_names;
mod units;

pub use self::finding::{Finding, FindingKind};
use self::proposal::Proposal;
use self::rules::{LABEL_RULES, NAME_RULES};
use self::taken_names::TakenNames;
use self::units::says_unit;
use crate::aggregate::{self, MetricType, default_max_series};
use crate::collect::{CollectedView, Collection};
use crate::declare::{Column, ViewSpec, unit_word};
use crate::register::family_name;

/// What would be better in the views of this program, in the order of their names. [`FindingKind`] has the rules: those of
/// `promtool check metrics`, for the families that an exporter without a namespace makes of the views, and some about what
/// only the catalogue knows, such as the units of measures.
///
/// It looks at the views that are registered, those of libraries among them, and reads no values. A view that is not valid
/// is a problem of [`check`](crate::check) instead, and so is not found here. An `#[optional]` view is looked at if it was
/// registered.
///
/// For a test of an application, in one line:
///
/// ```standalone_crate
/// # use census::{Measure, measure, view};
/// # /// Jobs done.
/// # #[measure]
/// # static JOBS: Measure<u64>;
/// # view! { static JOBS_DONE: Count<JOBS>; }
/// assert_eq!(census::testing::lint(), []);
/// ```
///
/// What the test prints when it fails has a line with the proposal and one with the place for each finding:
///
/// ```text
/// the view `wait_ms` is exported as the histogram `wait_ms`, whose name has the abbreviated unit `ms` in it: leave out the
/// unit `ms` of the measure `app/wait`, so that it is exported in seconds, and write `static WAIT_SECONDS` or `{ name: "wait_seconds" }`
///     view: src/views.rs:12 (crate app); measure: src/jobs.rs:7 (crate app)
/// ```
///
/// An application that keeps something as it is, because dashboards have the name or another crate declares the view, leaves
/// the finding out by its view, its kind or its place:
///
/// ```standalone_crate
/// use std::time::Duration;
///
/// use census::testing::{FindingKind, lint};
/// # use census::{Measure, measure, view};
///
/// /// How long jobs wait.
/// #[measure(unit = "ms")]
/// static WAIT: Measure<Duration>;
///
/// view! { static WAIT_MS: Distribution<WAIT>; }
///
/// let mut findings = lint();
/// // The dashboards of the former service have this name.
/// findings.retain(|it| !(it.view() == "wait_ms" && it.kind() == FindingKind::AbbreviatedUnit));
/// // OpenCensus's views of HTTP, which another crate declares under given names.
/// findings.retain(|it| it.origin().crate_name() != "census_http");
/// assert_eq!(findings, []);
/// ```
#[must_use]
pub fn lint() -> Vec<Finding> {
    let collection = Collection::of_definitions();
    let mut views: Vec<_> = collection.views().collect();
    views.sort_by(|a, b| a.spec().name.cmp(&b.spec().name));
    let mut taken = TakenNames::of(views.iter().map(|view| &**view.spec()));
    let findings = views.into_iter().flat_map(|view| {
        let mut findings = Vec::new();
        findings.extend(missing_description(view.spec()));
        findings.extend(names(view.spec(), &mut taken));
        findings.extend(labels(view.spec()));
        findings.extend(overflow(view));
        findings
    });
    findings.collect()
}

fn missing_description(view: &ViewSpec) -> Option<Finding> {
    if !view.description.trim().is_empty() {
        return None;
    }
    let measure = &view.measure.descriptor.name;
    let instead = if view.origin.crate_name().is_empty() {
        format!("give the view a description, or its measure `{measure}`")
    } else {
        format!("write a doc comment above the view, or above its measure `{measure}`")
    };
    let name = &view.name;
    let problem = format!("the view `{name}` has no description, so its HELP is empty");
    let kind = FindingKind::NoDescription;
    Some(Finding::of_view(kind, view, problem, instead))
}

/// The findings about the name of a view and the unit of its measure. All have the same proposal.
fn names(view: &ViewSpec, taken: &mut TakenNames) -> Vec<Finding> {
    let metric_type = aggregate::metric_type(view);
    let mut family = family_name("", &view.name, metric_type);
    let type_word = match metric_type {
        MetricType::Counter => "counter",
        MetricType::Gauge => "gauge",
        MetricType::Histogram => "histogram",
    };
    if metric_type == MetricType::Counter {
        family.push_str("_total");
    }
    let rules = NAME_RULES.iter();
    let mut broken: Vec<_> = rules
        .filter_map(|(kind, rule)| Some((*kind, rule(&family, metric_type)?)))
        .collect();
    let says_unit = |(kind, _): &(FindingKind, String)| {
        matches!(
            kind,
            FindingKind::AbbreviatedUnit | FindingKind::NonBaseUnit
        )
    };
    // A name that says a wrong unit has one finding, not two.
    if !broken.iter().any(says_unit) {
        let clause = unsaid_unit(view, &family);
        broken.extend(clause.map(|clause| (FindingKind::UnitNotInName, clause)));
    }
    if broken.is_empty() {
        return Vec::new();
    }
    let Proposal {
        instead,
        changes_measure,
    } = Proposal::new(view, taken);
    let findings = broken.into_iter().map(|(kind, clause)| {
        let problem = format!(
            "the view `{}` is exported as the {type_word} `{family}`, {clause}",
            view.name
        );
        let finding = Finding::of_view(kind, view, problem, instead.clone());
        if changes_measure {
            finding.and_measure(&view.measure.descriptor)
        } else {
            finding
        }
    });
    findings.collect()
}

/// What is wrong with a family's name that does not say the unit of its values.
fn unsaid_unit(view: &ViewSpec, family: &str) -> Option<String> {
    let word = unit_word(aggregate::unit(view))?;
    let words: Vec<_> = family.split('_').collect();
    (!says_unit(&words, word))
        .then(|| format!("whose name does not say that its values are {word}"))
}

/// The findings about the labels of a view.
fn labels(view: &ViewSpec) -> impl Iterator<Item = Finding> {
    let of_column = move |column: &Column| {
        let label = column.label();
        let found = LABEL_RULES.iter().filter_map(move |(kind, rule)| {
            let (clause, other) = rule(label)?;
            let problem = format!("the view `{}` has the label `{label}`, {clause}", view.name);
            Some((*kind, problem, other))
        });
        let findings = found.map(|(kind, problem, other)| {
            let instead = if view.origin.crate_name().is_empty() {
                format!("write `.column_as(&KEY, \"{other}\")`")
            } else {
                format!("write `by (KEY as {other})`")
            };
            let instead = if column.is_renamed() {
                instead
            } else {
                format!("{instead}, or name the tag key `{other}`")
            };
            Finding::of_view(kind, view, problem, instead)
        });
        findings.collect::<Vec<_>>()
    };
    view.columns.iter().flat_map(of_column)
}

fn overflow(view: CollectedView<'_>) -> Option<Finding> {
    let overflowed = view.overflowed();
    if overflowed == 0 {
        return None;
    }
    let columns = view.open_columns();
    let labels = columns.iter().map(|column| format!("`{}`", column.label()));
    let labels = labels.collect::<Vec<_>>().join(", ");
    let bound = "bound the values, close the set (`TagKey<Enum>`), ";
    let (open, bound, them) = match columns.as_slice() {
        // Closed columns may have more combinations of values than the view may have rows.
        [] => ("no column is open".to_owned(), "", "a column"),
        [_] => (format!("its column {labels} is open"), bound, "the column"),
        _ => (
            format!("its columns {labels} are open"),
            bound,
            "one of the columns",
        ),
    };
    let measurements = match overflowed {
        1 => "1 measurement".to_owned(),
        more => format!("{more} measurements"),
    };
    let spec = view.spec();
    let max = spec.max_series.unwrap_or_else(default_max_series);
    let problem = format!(
        "the view `{}` has as many rows as its `max_series` allows ({max}), so {measurements} went to overflow rows; {open} \
         to any value",
        spec.name
    );
    let instead = format!("{bound}write a larger `max_series`, or leave {them} out");
    let kind = FindingKind::Overflowed;
    Some(Finding::of_view(kind, spec, problem, instead))
}
