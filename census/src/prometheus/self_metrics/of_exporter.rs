//! The families of the exporter's scrapes.

#[cfg(feature = "server")]
use super::family::Head;
use super::family::{SelfFamily, SelfSample};
#[cfg(feature = "server")]
use super::heads::{CLOSED_CONNECTIONS, REFUSED_CERTIFICATES, REFUSED_REQUESTS};
use super::heads::{EXPOSITION_BYTES, FAILED, RENDER_SECONDS, RENDERINGS, SCRAPES};

use crate::prometheus::counts::{Counts, FormatTotals};
use crate::prometheus::negotiate::Format;
use crate::prometheus::value::SampleValue;
#[cfg(feature = "server")]
use crate::server::Family;

/// The families, in their order.
pub(super) fn families(counts: &Counts) -> Vec<SelfFamily<'static>> {
    let by_format = |sample: fn(Format, FormatTotals) -> SelfSample<'static>| {
        counts
            .formats()
            .map(move |(format, totals)| sample(format, totals))
    };
    let scrapes = counts.formats().flat_map(|(format, totals)| {
        [("ok", totals.ok), ("failed", totals.failed)].map(|(outcome, count)| {
            let labels = [("format", format.label()), ("outcome", outcome)];
            SelfSample::new(labels, count)
        })
    });
    let failed = counts.failures();
    let failed = failed.map(|(reason, count)| SelfSample::new([("reason", reason)], count));
    let renderings =
        by_format(|format, totals| SelfSample::new([format_label(format)], totals.renderings));
    let seconds = by_format(|format, totals| {
        let seconds = SampleValue::Float(totals.render_time.as_secs_f64());
        SelfSample::with_value([format_label(format)], seconds)
    });
    let bytes = counts.formats().flat_map(|(format, totals)| {
        let gzip = cfg!(feature = "gzip").then_some(("gzip", totals.compressed_bytes));
        let encodings = [("identity", totals.rendered_bytes)]
            .into_iter()
            .chain(gzip);
        encodings.map(move |(encoding, bytes)| {
            SelfSample::new([format_label(format), ("encoding", encoding)], bytes)
        })
    });
    #[cfg(feature = "server")]
    let of_servers = [
        of_servers(&CLOSED_CONNECTIONS, Family::ClosedConnections, counts),
        of_servers(&REFUSED_REQUESTS, Family::RefusedRequests, counts),
        REFUSED_CERTIFICATES.with(refused_certificates(counts)),
    ];
    #[cfg(not(feature = "server"))]
    let of_servers = [];
    let of_exporter = [
        SCRAPES.with(scrapes),
        FAILED.with(failed),
        RENDERINGS.with(renderings),
        RENDER_SECONDS.with(seconds),
        EXPOSITION_BYTES.with(bytes),
    ];
    of_exporter.into_iter().chain(of_servers).collect()
}

#[cfg(feature = "server")]
fn refused_certificates(counts: &Counts) -> Option<SelfSample<'static>> {
    let count = counts
        .servers
        .iter(Family::RefusedCertificates)
        .map(|(_, count)| count)
        .sum();
    cfg!(feature = "tls").then_some(SelfSample::unlabeled(count))
}

#[cfg(feature = "server")]
fn of_servers(head: &Head, family: Family, counts: &Counts) -> SelfFamily<'static> {
    let samples = counts.servers.iter(family);
    head.with(samples.map(|(reason, count)| SelfSample::new([("reason", reason)], count)))
}

const fn format_label(format: Format) -> (&'static str, &'static str) {
    ("format", format.label())
}
