//! Units. A measure's unit is a UCUM string. Only the unit of a `Duration` measure has a meaning here.

/// The unit in which a `Duration` measure is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeUnit {
    /// `s`, the default and Prometheus's base unit.
    Seconds,
    /// `ms`
    Milliseconds,
    /// `us`
    Microseconds,
    /// `ns`
    Nanoseconds,
}

impl TimeUnit {
    /// The unit of a UCUM string: `s`, `ms`, `us` or `ns`. `None` for any other, which no `Duration` measure can have.
    #[must_use]
    pub const fn from_ucum(unit: &str) -> Option<Self> {
        match unit.as_bytes() {
            b"s" => Some(Self::Seconds),
            b"ms" => Some(Self::Milliseconds),
            b"us" => Some(Self::Microseconds),
            b"ns" => Some(Self::Nanoseconds),
            _ => None,
        }
    }

    /// How many nanoseconds make one of this unit.
    pub(crate) const fn nanoseconds(self) -> f64 {
        match self {
            Self::Seconds => 1e9,
            Self::Milliseconds => 1e6,
            Self::Microseconds => 1e3,
            Self::Nanoseconds => 1.0,
        }
    }
}
