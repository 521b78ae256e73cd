//! A family as text.

use std::convert::Infallible;

use super::escape::{quoted_family, write_label_value};
use super::family_type::type_word;
use super::head::{UNIT, write_head};
use super::line_templates::LineTemplates;
use crate::aggregate::MetricType;
use crate::collect::CollectedView;
use crate::prometheus::chunks::ChunkWriter;
use crate::prometheus::family::Family;
use crate::prometheus::negotiate::Format;
use crate::prometheus::self_metrics::SelfFamily;
use crate::prometheus::text_buffer::TextBuffer;

/// Writes the family of a view; nothing, if the view has no rows to show. `created_samples` says that there are samples
/// that say when the rows began.
pub(crate) fn write_family(
    out: &mut ChunkWriter,
    format: Format,
    created_samples: bool,
    family: &Family,
    templates: &LineTemplates,
    view: CollectedView<'_>,
) {
    let text = out.text();
    let start = text.len();
    let help = &view.spec().description;
    write_head(
        text,
        format,
        &family.name,
        help,
        type_word(family.metric_type),
    );
    let open_metrics = format == Format::OpenMetrics;
    if open_metrics && let Some(unit) = family.unit {
        let quoted = quoted_family(&family.name, "");
        let name = quoted.as_deref().unwrap_or(&family.name);
        for part in [UNIT, name, " ", unit, "\n"] {
            text.push_str(part);
        }
    }
    let has_samples = if created_samples {
        write_rows::<true>(out, open_metrics, templates, view)
    } else {
        write_rows::<false>(out, open_metrics, templates, view)
    };
    if !has_samples {
        // Some parsers reject a family without samples.
        out.text().truncate(start);
    }
}

/// Writes the lines of the rows, with those that say when the rows began if `CREATED`. Returns whether there are rows to show.
///
/// A constant, and not a parameter: the parameter would make each line slower by two per cent, and few programs ask for it.
fn write_rows<const CREATED: bool>(
    out: &mut ChunkWriter,
    exemplars: bool,
    templates: &LineTemplates,
    view: CollectedView<'_>,
) -> bool {
    let mut has_samples = false;
    let mut labels = TextBuffer::default();
    let Ok(()) = view.for_each_row(|row| {
        if let Some(sample) = &row.sample() {
            let exemplars = if exemplars {
                row.exemplars()
            } else {
                Vec::new()
            };
            templates.write(out.text(), &mut labels, &row.key, sample, &exemplars);
            if CREATED && let Some(start) = row.start() {
                templates.write_created(out.text(), &row.key, start);
            }
            out.end_line();
            has_samples = true;
        }
        Ok::<(), Infallible>(())
    });
    has_samples
}

/// Writes a family in which the library reports on itself.
pub(crate) fn write_self_family(out: &mut TextBuffer, format: Format, family: &SelfFamily<'_>) {
    let metric_type = family.metric_type;
    write_head(
        out,
        format,
        family.name,
        family.help,
        type_word(metric_type),
    );
    for sample in &family.samples {
        out.push_str(family.name);
        if metric_type == MetricType::Counter {
            out.push_str("_total");
        }
        for (index, (name, value)) in sample.labels.iter().enumerate() {
            out.push_ascii(if index == 0 { b'{' } else { b',' });
            out.push_str(name);
            out.push_str("=\"");
            write_label_value(out, value);
            out.push_ascii(b'"');
        }
        if !sample.labels.is_empty() {
            out.push_ascii(b'}');
        }
        out.push_ascii(b' ');
        sample.value.write(out);
        out.push_ascii(b'\n');
    }
}
