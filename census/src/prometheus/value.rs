//! The numbers of samples: integers keep every digit.

use std::fmt;

use prometheus_client::encoding::{
    CounterValueEncoder, EncodeCounterValue, EncodeGaugeValue, GaugeValueEncoder,
};

use crate::declare::{Number, TimeUnit};

/// The value of a sample.
#[derive(Clone, Copy, Debug)]
pub(super) enum SampleValue {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl SampleValue {
    pub(super) fn new(number: Number, unit: TimeUnit) -> Self {
        match number {
            Number::U64(value) => Self::Unsigned(value),
            Number::I64(value) => Self::Signed(value),
            Number::F64(_) | Number::Duration(_) => Self::Float(number.in_unit(unit)),
        }
    }

    /// Writes it as `prometheus-client` does.
    #[inline]
    pub(super) fn write(self, out: &mut String) {
        match self {
            Self::Unsigned(value) => out.push_str(itoa::Buffer::new().format(value)),
            Self::Signed(value) => out.push_str(itoa::Buffer::new().format(value)),
            Self::Float(value) => out.push_str(dtoa::Buffer::new().format(value)),
        }
    }
}

impl EncodeCounterValue for SampleValue {
    fn encode(&self, encoder: &mut CounterValueEncoder) -> fmt::Result {
        match self {
            Self::Unsigned(value) => EncodeCounterValue::encode(value, encoder),
            #[expect(
                clippy::cast_precision_loss,
                reason = "what may be negative is no counter"
            )]
            Self::Signed(value) => EncodeCounterValue::encode(&(*value as f64), encoder),
            Self::Float(value) => EncodeCounterValue::encode(value, encoder),
        }
    }
}

impl EncodeGaugeValue for SampleValue {
    fn encode(&self, encoder: &mut GaugeValueEncoder) -> fmt::Result {
        match self {
            Self::Unsigned(value) => EncodeGaugeValue::encode(value, encoder),
            Self::Signed(value) => EncodeGaugeValue::encode(value, encoder),
            Self::Float(value) => EncodeGaugeValue::encode(value, encoder),
        }
    }
}
