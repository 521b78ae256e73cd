//! Views with all kinds of names, made at run time.

use std::time::Duration;

use census::{CatalogueError, Measure, View, record};

use crate::declared::{LE, USER, USER_ID};

/// How a view aggregates what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Count,
    Sum,
    LastValue,
    Distribution,
    Durations,
}

const SHAPES: [Shape; 5] = [
    Shape::Count,
    Shape::Sum,
    Shape::LastValue,
    Shape::Distribution,
    Shape::Durations,
];

/// A column that a view may have.
#[derive(Clone, Copy, Debug)]
enum Label {
    CamelCase,
    UpTo,
    Quantile,
}

/// A view that was registered.
#[derive(Debug)]
pub(crate) struct Generated {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    unit: &'static str,
}

impl Generated {
    /// The view and its measure with other names, and with a unit that a proposal may change.
    pub(crate) fn renamed(&self, name: &str, unit: Option<&'static str>, number: usize) -> Self {
        let unit = unit.unwrap_or(self.unit);
        let library = format!("other{number}");
        let made = new(name, self.shape, unit, &[], &library);
        made.map_err(|error| format!("{name}, for {self:?}: {error}"))
            .expect("a proposal can be registered")
    }
}

fn new(
    name: &str,
    shape: Shape,
    unit: &'static str,
    labels: &[Label],
    library: &str,
) -> Result<Generated, CatalogueError> {
    let measure = format!("{library}/values");
    macro_rules! register {
        ($measure:ident, $view:expr, $value:expr) => {{
            let mut view = $view;
            for label in labels {
                view = match label {
                    Label::CamelCase => view.column(&USER_ID),
                    Label::UpTo => view.column(&LE),
                    Label::Quantile => view.column_as(&USER, "quantile"),
                };
            }
            view.register()?;
            record!($measure = $value, tags(USER = "a", USER_ID = "b", LE = "c"));
        }};
    }
    if let Shape::Durations = shape {
        let measure = Measure::<Duration>::builder(measure).description("D.");
        let measure = measure.unit(unit).register()?;
        let view = View::distribution(name, &measure, [Duration::from_secs(1)]);
        register!(measure, view, Duration::from_secs(1));
    } else {
        let measure = Measure::<u64>::builder(measure).description("D.");
        let measure = measure.unit(unit).register()?;
        match shape {
            Shape::Count => register!(measure, View::count(name, &measure), 1),
            Shape::Sum => register!(measure, View::sum(name, &measure), 1),
            Shape::LastValue => register!(measure, View::last_value(name, &measure), 1),
            Shape::Distribution | Shape::Durations => {
                register!(measure, View::distribution(name, &measure, [1]), 1);
            }
        }
    }
    Ok(Generated {
        name: name.to_owned(),
        shape,
        unit,
    })
}

/// Names with each unit that there may be, with and without each prefix.
fn names_with_units() -> impl Iterator<Item = String> {
    let prefixes = [
        "", "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi",
        "mega", "mibi", "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi", "exa", "thermo",
    ];
    let units = [
        "amperes",
        "bytes",
        "celsius",
        "grams",
        "joules",
        "kelvin",
        "meters",
        "metres",
        "seconds",
        "volts",
        "minutes",
        "hours",
        "days",
        "weeks",
        "kelvins",
        "fahrenheit",
        "rankine",
        "inches",
        "yards",
        "miles",
        "bits",
        "calories",
        "pounds",
        "ounces",
        "percent",
        "ratio",
        "hertz",
    ];
    let words = prefixes
        .into_iter()
        .flat_map(move |prefix| units.map(|unit| format!("{prefix}{unit}")));
    words.map(|word| format!("made_{word}"))
}

/// Names with each abbreviation that there may be: at the end, in the middle, first, alone, in upper case.
fn names_with_abbreviations() -> impl Iterator<Item = String> {
    let words = [
        "s", "ms", "us", "ns", "sec", "min", "b", "kb", "mb", "gb", "tb", "pb", "kib", "m", "km",
        "h", "d", "hz",
    ];
    words.into_iter().flat_map(|word| {
        let upper = word.to_uppercase();
        [
            format!("made_{word}"),
            format!("made_{word}_more"),
            format!("made_{upper}"),
            format!("{word}_made"),
            format!("_{word}"),
            word.to_owned(),
        ]
    })
}

/// A name of words that the rules are about and others. At most one of them is a unit: of several, an older `promtool`
/// looks at a random one.
fn random_name(random: &mut fastrand::Rng) -> String {
    let units = [
        "seconds",
        "bytes",
        "milliseconds",
        "kilobytes",
        "minutes",
        "percent",
        "mebibytes",
        "volts",
    ];
    let words = [
        "jobs",
        "done",
        "Http",
        "fooBar",
        "HTTPRequests",
        "v1",
        "",
        "total",
        "count",
        "sum",
        "bucket",
        "timestamp",
        "s",
        "ms",
        "kb",
        "MS",
        "b",
        "counter",
        "gauge",
        "histogram",
        "summary",
        "Gauge",
        "unknown",
        "info",
        "created",
    ];
    let mut name = String::new();
    let length = random.usize(1..=5);
    let unit = random.usize(0..6);
    for index in 0..length {
        if index > 0 {
            name.push_str(
                random
                    .choice(["_", "_", "_", "_", "/", ":", "."])
                    .unwrap_or("_"),
            );
        }
        name.push_str(if index == unit {
            random.choice(units).unwrap_or_default()
        } else {
            random.choice(words).unwrap_or_default()
        });
    }
    // An exporter without a namespace rejects some of these names, which the catalogue accepts: see `register/views.rs`.
    if name.starts_with("total") {
        name.insert_str(0, "made_");
    }
    name
}

/// Registers many views, and records a measurement for each. Views that the catalogue rejects are not among them.
pub(crate) fn register() -> Vec<Generated> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut views = Vec::new();
    let names = names_with_units().chain(names_with_abbreviations());
    let mut cases: Vec<_> = names
        .map(|name| (name, Shape::LastValue, "1", vec![]))
        .collect();
    for _ in 0..1_500 {
        let name = random_name(&mut random);
        let shape = random.choice(SHAPES).unwrap_or(Shape::Count);
        let units = match shape {
            Shape::Durations => ["s", "ms", "s", "s", "s", "us"],
            _ => ["1", "By", "s", "ms", "%", "{job}"],
        };
        let unit = random.choice(units).unwrap_or("s");
        let labels = [Label::CamelCase, Label::UpTo, Label::Quantile];
        let labels = labels.into_iter().filter(|_| random.u8(0..8) == 0);
        let labels = labels.collect();
        cases.push((name, shape, unit, labels));
    }
    for (number, (name, shape, unit, labels)) in cases.iter().enumerate() {
        views.extend(new(name, *shape, unit, labels, &format!("lib{number}")));
    }
    assert!(views.len() > 1_000, "{} views", views.len());
    views
}
