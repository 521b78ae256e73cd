//! The parts in which two definitions of one name differ, for the message about their clash.

use std::fmt::{self, Debug};

use super::columns::AnyOrder;
use super::{Column, MeasureDescriptor, MeasureSource, Number, ViewSpec};

/// A part of two definitions that differs: the rejected one's and the kept one's.
pub(crate) struct Difference {
    part: &'static str,
    rejected: String,
    kept: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            part,
            rejected,
            kept,
        } = self;
        write!(f, "{part}: {rejected} here, {kept} there")
    }
}

/// The differences in the order in which they are written.
#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn part<T: PartialEq>(
        &mut self,
        part: &'static str,
        [rejected, kept]: [T; 2],
        text: impl Fn(T) -> String,
    ) {
        if rejected != kept {
            self.push(part, text(rejected), text(kept));
        }
    }

    /// Out of line: `part` is compiled for each type.
    #[inline(never)]
    fn push(&mut self, part: &'static str, rejected: String, kept: String) {
        self.0.push(Difference {
            part,
            rejected,
            kept,
        });
    }
}

impl MeasureDescriptor {
    /// The parts in which this definition, which is rejected, differs from the kept one.
    pub(crate) fn differences(&self, kept: &Self) -> Vec<Difference> {
        let mut differences = Differences::default();
        differences.part("type", [self.kind, kept.kind], debug);
        differences.part("source", [self.source, kept.source], |source| {
            let words = match source {
                MeasureSource::Recorded => "recorded",
                MeasureSource::Observed => "observed",
                MeasureSource::ObservedTotal => "observed as a total",
            };
            words.to_owned()
        });
        differences.part("unit", [&self.unit, &kept.unit], debug);
        let descriptions = [&self.description, &kept.description];
        differences.part("description", descriptions, debug);
        differences.0
    }
}

impl ViewSpec {
    /// The parts in which this definition, which is rejected, differs from the kept one.
    pub(crate) fn differences(&self, kept: &Self) -> Vec<Difference> {
        let mut differences = Differences::default();
        let measures = [self, kept].map(|view| &view.measure.descriptor);
        differences.part("measure", measures.map(|it| &it.name), debug);
        let mut of_measures = measures[0].differences(measures[1]);
        for difference in &mut of_measures {
            if difference.part == "description" {
                difference.part = "the measure's description";
            }
        }
        differences.0.extend(of_measures);
        differences.part(
            "aggregation",
            [self, kept].map(|it| it.aggregation.kind),
            debug,
        );
        let bounds = [self, kept].map(|it| {
            let bounds = it.aggregation.bounds.as_ref()?;
            Some(bounds.numbers().iter().map(number).collect::<Vec<_>>())
        });
        differences.part("buckets", bounds, |bounds| match bounds {
            Some(bounds) => format!("[{}]", bounds.join(", ")),
            None => "none".to_owned(),
        });
        let native = [self, kept].map(|it| it.aggregation.native);
        differences.part("native buckets", native, |native| match native {
            Some(native) => format!("of schema {}", native.schema),
            None => "none".to_owned(),
        });
        differences.part(
            "columns",
            [self, kept].map(|view| AnyOrder(&view.columns)),
            |columns| {
                let columns: Vec<String> = columns.0.iter().map(column).collect();
                let mut columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                columns.sort_unstable();
                match columns.as_slice() {
                    [] => "none".to_owned(),
                    columns => format!("({})", columns.join(", ")),
                }
            },
        );
        let max_series = [self.max_series, kept.max_series];
        differences.part("max_series", max_series, |rows| match rows {
            Some(rows) => rows.to_string(),
            None => "the default".to_owned(),
        });
        differences.part("idle", [self.idle, kept.idle], |idle| match idle {
            Some(idle) => number(&Number::Duration(idle.after)),
            None => "none".to_owned(),
        });
        differences.part("namespace", [self.in_namespace, kept.in_namespace], debug);
        differences.part("zero", [self.has_zero_rows, kept.has_zero_rows], debug);
        let descriptions = [&self.description, &kept.description];
        differences.part("description", descriptions, debug);
        differences.0
    }
}

/// A column as `key` or `key as label`.
fn column(column: &Column) -> String {
    let name = column.key().name();
    if column.is_renamed() {
        format!("{name} as {}", column.label())
    } else {
        name.to_owned()
    }
}

fn debug(value: impl Debug) -> String {
    format!("{value:?}")
}

fn number(number: &Number) -> String {
    match number {
        Number::U64(value) => value.to_string(),
        Number::I64(value) => value.to_string(),
        Number::F64(value) => format!("{value:?}"),
        Number::Duration(value) => format!("{value:?}"),
    }
}
