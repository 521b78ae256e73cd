//! The file of a scenario.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Scenario {
    #[serde(default)]
    pub(crate) namespace: String,
    #[serde(default)]
    pub(crate) const_labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) tag_keys: Vec<String>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) views: Vec<View>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
pub(crate) struct Measure {
    id: Option<String>,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(rename = "type")]
    pub(crate) value: ValueType,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValueType {
    Int,
    Float,
}

#[derive(Deserialize)]
pub(crate) struct View {
    id: Option<String>,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) measure: String,
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    #[serde(default = "default_register")]
    pub(crate) register: bool,
    pub(crate) aggregation: Aggregation,
}

fn default_register() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Aggregation {
    Count,
    Sum,
    LastValue,
    Distribution { bounds: Vec<Value> },
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Step {
    Record(Record),
    RegisterView { view: String },
    UnregisterView { view: String },
}

#[derive(Deserialize)]
pub(crate) struct Record {
    #[serde(default)]
    pub(crate) tags: Tags,
    #[serde(default)]
    pub(crate) tag_ops: Vec<TagOp>,
    /// Ids of measures, and values.
    pub(crate) measurements: Vec<(String, Value)>,
    #[serde(default)]
    pub(crate) attachments: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) context: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Tags {
    Map(BTreeMap<String, String>),
    /// A list may have a key twice.
    List(Vec<(String, String)>),
}

impl Default for Tags {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Tags {
    /// The tags, in order.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = (&String, &String)> + '_> {
        match self {
            Self::Map(tags) => Box::new(tags.iter()),
            Self::List(tags) => Box::new(tags.iter().map(|(key, value)| (key, value))),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum TagOp {
    Set(SetOp, String, String),
    Delete(DeleteOp, String),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SetOp {
    Insert,
    Update,
    Upsert,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeleteOp {
    Delete,
}

impl Measure {
    pub(crate) fn id(&self) -> &str {
        self.id.as_ref().unwrap_or(&self.name)
    }
}

impl View {
    pub(crate) fn id(&self) -> &str {
        self.id.as_ref().unwrap_or(&self.name)
    }
}

/// An integer. It may be written as `16.0`.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number within 2^53"
    )]
    let whole =
        |value: f64| (value.fract() == 0.0 && value.abs() < 2f64.powi(53)).then_some(value as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}

/// A JSON number, or `"NaN"`, `"+Inf"`, `"-Inf"`, `"-0.0"`.
pub(crate) fn float(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_f64(),
    }
}
