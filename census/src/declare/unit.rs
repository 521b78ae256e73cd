//! Units. A measure's unit is a UCUM string; only a `Duration` gives it a meaning here.

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
    /// `s`, `ms`, `us` or `ns`; anything else is no unit of a `Duration` measure.
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

    /// How many nanoseconds one unit has.
    pub(crate) const fn nanoseconds(self) -> f64 {
        match self {
            Self::Seconds => 1e9,
            Self::Milliseconds => 1e6,
            Self::Microseconds => 1e3,
            Self::Nanoseconds => 1.0,
        }
    }
}
