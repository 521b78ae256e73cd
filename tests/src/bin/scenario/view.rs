//! The views of a scenario, which its steps register and unregister.

use census::{CatalogueError, Measure, TagKey, Value, View, ViewBuilder};

use crate::model::{self, Aggregation, float, integer};

/// A registered measure of one of the two types that scenarios have.
pub(crate) enum AnyMeasure {
    Int(Measure<i64>),
    Float(Measure<f64>),
}

/// A view of any aggregation that has been registered once.
pub(crate) struct AnyView {
    pub(crate) register: Box<dyn Fn() -> Result<(), CatalogueError>>,
    pub(crate) unregister: Box<dyn Fn() -> bool>,
}

impl AnyView {
    /// Registers a view over a measure.
    pub(crate) fn new(view: &model::View, measure: &AnyMeasure) -> Result<Self, CatalogueError> {
        match measure {
            AnyMeasure::Int(measure) => register_over(view, measure, integer),
            AnyMeasure::Float(measure) => register_over(view, measure, float),
        }
    }
}

fn register_over<T: Value>(
    view: &model::View,
    measure: &Measure<T>,
    to_value: impl Fn(&serde_json::Value) -> Option<T>,
) -> Result<AnyView, CatalogueError> {
    let name = view.name.as_str();
    match &view.aggregation {
        Aggregation::Count => register(view, View::count(name, measure)),
        Aggregation::Sum => register(view, View::sum(name, measure)),
        Aggregation::LastValue => register(view, View::last_value(name, measure)),
        Aggregation::Distribution { bounds } => {
            // A bound of another type is left out, and then the comparison fails.
            let bounds = bounds.iter().filter_map(to_value);
            register(view, View::distribution(name, measure, bounds))
        }
    }
}

fn register<A: census::Aggregation>(
    view: &model::View,
    mut builder: ViewBuilder<A>,
) -> Result<AnyView, CatalogueError> {
    builder = builder.description(view.description.as_str());
    for column in &view.columns {
        builder = builder.column(&TagKey::new(column.as_str())?);
    }
    let view = builder.register()?;
    let again = view.clone();
    Ok(AnyView {
        register: Box::new(move || again.register()),
        unregister: Box::new(move || view.unregister()),
    })
}
