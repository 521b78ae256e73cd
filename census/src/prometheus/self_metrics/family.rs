//! A family in which the library reports on itself.

use std::borrow::Cow;

use crate::aggregate::MetricType;
use crate::prometheus::value::SampleValue;

/// A family that the library reports on itself, in no format yet.
pub(crate) struct SelfFamily<'a> {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) metric_type: MetricType,
    /// At least one.
    pub(crate) samples: Vec<SelfSample<'a>>,
}

/// A sample of a [`SelfFamily`].
#[derive(PartialEq)]
pub(crate) struct SelfSample<'a> {
    pub(crate) labels: Vec<(&'a str, Cow<'a, str>)>,
    pub(crate) value: SampleValue,
}

/// A family without its samples.
pub(super) struct Head {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) metric_type: MetricType,
}

impl Head {
    /// The family with these samples.
    pub(super) fn with<'a>(
        &self,
        samples: impl IntoIterator<Item = SelfSample<'a>>,
    ) -> SelfFamily<'a> {
        SelfFamily {
            name: self.name,
            help: self.help,
            metric_type: self.metric_type,
            samples: samples.into_iter().collect(),
        }
    }
}

impl<'a> SelfSample<'a> {
    pub(super) fn left_out(family: &'a str) -> Self {
        Self::new([("family", family)], 1)
    }

    pub(super) const fn unlabeled(value: u64) -> Self {
        Self {
            labels: Vec::new(),
            value: SampleValue::Unsigned(value),
        }
    }

    pub(super) fn new<T: Into<Cow<'a, str>>>(
        labels: impl IntoIterator<Item = (&'a str, T)>,
        value: u64,
    ) -> Self {
        Self::with_value(labels, SampleValue::Unsigned(value))
    }

    pub(super) fn with_value<T: Into<Cow<'a, str>>>(
        labels: impl IntoIterator<Item = (&'a str, T)>,
        value: SampleValue,
    ) -> Self {
        let labels = labels.into_iter();
        Self {
            labels: labels.map(|(name, value)| (name, value.into())).collect(),
            value,
        }
    }
}
