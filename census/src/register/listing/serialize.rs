//! How the parts of a catalogue are serialized.

use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::declare::{Number, Origin};

/// A duration in seconds.
#[expect(
    clippy::ref_option,
    reason = "`serialize_with` passes a reference to the field"
)]
pub(super) fn seconds<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration
        .map(|duration| duration.as_secs_f64())
        .serialize(serializer)
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Origin", 5)?;
        fields.serialize_field("crate", self.crate_name())?;
        fields.serialize_field("module", self.module())?;
        fields.serialize_field("file", self.file())?;
        fields.serialize_field("line", &self.line())?;
        fields.serialize_field("column", &self.column())?;
        fields.end()
    }
}

/// As a number; a duration in seconds.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::U64(value) => value.serialize(serializer),
            Self::I64(value) => value.serialize(serializer),
            Self::F64(value) => value.serialize(serializer),
            Self::Duration(value) => value.as_secs_f64().serialize(serializer),
        }
    }
}
