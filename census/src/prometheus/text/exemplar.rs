//! Exemplars, as OpenMetrics 1.0.0 writes them.

use super::escape::write_label_value;
use super::timestamp::write_timestamp;
use crate::aggregate::Exemplar;
use crate::declare::TimeUnit;
use crate::prometheus::text_buffer::TextBuffer;
use crate::prometheus::value::float_digits;

/// Adds an exemplar to the line of a bucket.
pub(super) fn write_exemplar(out: &mut TextBuffer, exemplar: &Exemplar, unit: TimeUnit) {
    out.push_str(" # {");
    for (index, (name, value)) in exemplar.labels.iter().enumerate() {
        if index > 0 {
            out.push_ascii(b',');
        }
        out.push_str(name);
        out.push_str("=\"");
        write_label_value(out, value);
        out.push_ascii(b'"');
    }
    let value = exemplar.value.in_unit(unit);
    out.push_str("} ");
    out.push_str(float_digits(&mut ryu::Buffer::new(), value));
    out.push_ascii(b' ');
    write_timestamp(out, exemplar.time);
}
