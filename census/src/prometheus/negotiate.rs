//! Choosing a format by the `Accept` header of a request (RFC 9110, section 12.5.1).

use std::cmp::Reverse;

use mediatype::{MediaType, MediaTypeList, ReadParams};

/// An exposition format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// OpenMetrics 1.0.0.
    OpenMetrics,
    /// Prometheus text 0.0.4.
    Text,
    /// Prometheus text 1.0.0, which differs in its `Content-Type` only.
    Text1,
    /// Prometheus protobuf: messages `io.prometheus.client.MetricFamily`, each after its length.
    #[cfg(feature = "protobuf")]
    Protobuf,
}

impl Format {
    /// All formats.
    #[cfg(not(feature = "protobuf"))]
    pub(super) const ALL: [Self; 3] = [Self::Text, Self::OpenMetrics, Self::Text1];
    /// All formats.
    #[cfg(feature = "protobuf")]
    pub(super) const ALL: [Self; 4] = [Self::Text, Self::OpenMetrics, Self::Text1, Self::Protobuf];

    /// The format as a value of the label `format`.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::OpenMetrics => "openmetrics",
            Self::Text => "text",
            Self::Text1 => "text_1",
            #[cfg(feature = "protobuf")]
            Self::Protobuf => "protobuf",
        }
    }

    /// Type, subtype, and the parameters that tell the format from others.
    const fn media_type(self) -> (&'static str, &'static str, &'static [Parameter]) {
        match self {
            Self::OpenMetrics => ("application", "openmetrics-text", &[("version", "1.0.0")]),
            Self::Text => ("text", "plain", &[("version", "0.0.4")]),
            Self::Text1 => ("text", "plain", &[("version", "1.0.0")]),
            #[cfg(feature = "protobuf")]
            Self::Protobuf => (
                "application",
                "vnd.google.protobuf",
                &[
                    ("proto", "io.prometheus.client.MetricFamily"),
                    ("encoding", "delimited"),
                ],
            ),
        }
    }
}

/// A parameter of a media type: its name and its value.
type Parameter = (&'static str, &'static str);

/// The format of an answer, and its `Content-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentType {
    pub(super) format: Format,
    /// Whether the scraper asked for an `escaping`, so that the answer names the one that the format has.
    escaping: bool,
}

impl ContentType {
    /// The format that the `Accept` header prefers; Prometheus text 0.0.4, which every scraper reads, if there is no
    /// header or if it accepts no format. A part of the header that is invalid is not looked at.
    pub(super) fn negotiate(accept: Option<&str>) -> Self {
        let ranges = MediaTypeList::new(accept.unwrap_or_default()).flatten();
        let ranges: Vec<MediaRange<'_>> = ranges.enumerate().map(MediaRange::new).collect();
        let mut best: Option<(Format, Preference)> = None;
        // Where two formats are equally good, the one that comes first in the list.
        for format in Format::ALL {
            if let Some(preference) = Preference::of(&ranges, format)
                && best.is_none_or(|(_, best)| preference.rank() > best.rank())
            {
                best = Some((format, preference));
            }
        }
        Self {
            format: best.map_or(Format::Text, |(format, _)| format),
            escaping: best.is_some_and(|(_, preference)| preference.escaping),
        }
    }

    /// The value of the header `Content-Type`.
    pub(super) const fn as_str(self) -> &'static str {
        match (self.format, self.escaping) {
            (Format::OpenMetrics, false) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
            (Format::OpenMetrics, true) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            (Format::Text, false) => "text/plain; version=0.0.4; charset=utf-8",
            (Format::Text, true) => {
                "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
            }
            (Format::Text1, false) => "text/plain; version=1.0.0; charset=utf-8",
            (Format::Text1, true) => {
                "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            // As `client_golang` writes it.
            #[cfg(feature = "protobuf")]
            (Format::Protobuf, false) => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
            #[cfg(feature = "protobuf")]
            (Format::Protobuf, true) => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; \
                 escaping=underscores"
            }
        }
    }
}

/// A media range of an `Accept` header.
#[derive(Debug)]
struct MediaRange<'a> {
    /// The index in the header.
    index: usize,
    media_type: MediaType<'a>,
    quality: f32,
}

impl<'a> MediaRange<'a> {
    fn new((index, media_type): (usize, MediaType<'a>)) -> Self {
        let mut range = Self {
            index,
            media_type,
            quality: 1.0,
        };
        // A range with an invalid quality is accepted like one without.
        let quality = range
            .parameter("q")
            .and_then(|quality| quality.parse().ok());
        if let Some(quality) = quality.filter(|quality| (0.0..=1.0).contains(quality)) {
            range.quality = quality;
        }
        range
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let mut parameters = self.media_type.params();
        let parameter = parameters.find(|(key, _)| key.as_str().eq_ignore_ascii_case(name));
        parameter.map(|(_, value)| value.unquoted_str().into_owned())
    }

    /// How closely the range matches a format; `None` if it does not match.
    fn specificity(&self, format: Format) -> Option<u8> {
        let (main_type, subtype, parameters) = format.media_type();
        let matches = |range: &str, exact: &str| range.eq_ignore_ascii_case(exact) || range == "*";
        let MediaType { ty, subty, .. } = &self.media_type;
        if !matches(ty.as_str(), main_type)
            || !matches(subty.as_str(), subtype)
            || self.media_type.suffix.is_some()
        {
            return None;
        }
        let mut specificity = u8::from(ty.as_str() != "*") + u8::from(subty.as_str() != "*");
        // A range may lack parameters, but those that it has must be those of the format.
        for (name, exact) in parameters {
            match self.parameter(name) {
                Some(value) if value == *exact => specificity += 1,
                Some(_) => return None,
                None => {}
            }
        }
        Some(specificity)
    }
}

/// How much a scraper prefers a format.
#[derive(Clone, Copy, Debug)]
struct Preference {
    quality: f32,
    specificity: u8,
    /// The index of the range in the header.
    index: usize,
    escaping: bool,
}

impl Preference {
    /// The preference of the closest range that matches, and of equally close ones the first; `None` if the format is not
    /// accepted.
    fn of(ranges: &[MediaRange<'_>], format: Format) -> Option<Self> {
        let mut closest: Option<Self> = None;
        for range in ranges {
            let Some(specificity) = range.specificity(format) else {
                continue;
            };
            if closest.is_none_or(|closest| specificity > closest.specificity) {
                closest = Some(Self {
                    quality: range.quality,
                    specificity,
                    index: range.index,
                    escaping: range.parameter("escaping").is_some(),
                });
            }
        }
        closest.filter(|closest| closest.quality > 0.0)
    }

    /// The quality decides; between equal qualities the closer range, whatever its parameters; then the earlier range.
    fn rank(self) -> impl PartialOrd {
        (self.quality, self.specificity.min(2), Reverse(self.index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(accept: &str) -> Format {
        ContentType::negotiate(Some(accept)).format
    }

    #[test]
    fn prometheus_gets_openmetrics_and_other_scrapers_get_text() {
        // Prometheus 2.42
        let header = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(format(header), Format::OpenMetrics);
        // Prometheus 3.5
        let header = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                      application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;\
                      q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(
            ContentType::negotiate(Some(header)),
            ContentType {
                format: Format::OpenMetrics,
                escaping: true
            }
        );
        // curl
        assert_eq!(format("*/*"), Format::Text);
        assert_eq!(ContentType::negotiate(None).format, Format::Text);
        // a browser
        assert_eq!(
            format("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Format::Text
        );
        // formats that the exporter does not have
        assert_eq!(
            format("application/openmetrics-text; version=0.0.1"),
            Format::Text
        );
        assert_eq!(format("application/json"), Format::Text);
    }

    #[test]
    fn qualities_decide_and_zero_rejects() {
        assert_eq!(
            format("text/plain;q=0.2, application/openmetrics-text;q=0.3"),
            Format::OpenMetrics
        );
        assert_eq!(
            format("text/plain;q=0.4, application/openmetrics-text;q=0.3"),
            Format::Text
        );
        assert_eq!(
            format("application/openmetrics-text;q=0, */*;q=0.1"),
            Format::Text
        );
        assert_eq!(
            format("Application/OpenMetrics-Text; Version=\"1.0.0\""),
            Format::OpenMetrics
        );
        assert_eq!(format(";;=,,q=;"), Format::Text);
    }

    #[test]
    fn closest_range_decides() {
        assert_eq!(format("application/*"), Format::OpenMetrics);
        assert_eq!(format("text/*, */*;q=0.1"), Format::Text);
        assert_eq!(format("text/plain;q=0, */*;q=0.5"), Format::OpenMetrics);
        assert_eq!(
            format("text/plain, application/openmetrics-text"),
            Format::Text
        );
        assert_eq!(
            format("application/openmetrics-text, text/plain"),
            Format::OpenMetrics
        );
    }

    /// What a scraper gets that prefers protobuf, and OpenMetrics after it.
    fn protobuf_or_openmetrics() -> Format {
        #[cfg(feature = "protobuf")]
        let format = Format::Protobuf;
        #[cfg(not(feature = "protobuf"))]
        let format = Format::OpenMetrics;
        format
    }

    #[test]
    fn prometheus_with_native_histograms_gets_protobuf_where_there_is_protobuf() {
        // Prometheus 2.42 with `--enable-feature=native-histograms`
        let header = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,\
                      application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,\
                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(format(header), protobuf_or_openmetrics());
        // Prometheus 3.5
        let header = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,\
                      application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                      application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;\
                      q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        let negotiated = ContentType::negotiate(Some(header));
        assert_eq!(negotiated.format, protobuf_or_openmetrics());
        // Prometheus 3.0
        let header = header.replace("delimited;", "delimited;escaping=allow-utf-8;");
        let negotiated = ContentType::negotiate(Some(&header));
        assert_eq!(negotiated.format, protobuf_or_openmetrics());
        assert!(negotiated.as_str().ends_with("; escaping=underscores"));
    }

    #[test]
    fn protobuf_of_another_kind_is_not_there() {
        for parameters in [
            "proto=io.prometheus.client.MetricFamily;encoding=text",
            "proto=io.prometheus.client.MetricFamily;encoding=compact-text",
            "proto=io.prometheus.client.Metric;encoding=delimited",
            "encoding=\"text\"",
        ] {
            let header = format!(
                "application/vnd.google.protobuf;{parameters},application/openmetrics-text;q=0.1"
            );
            assert_eq!(format(&header), Format::OpenMetrics, "{parameters}");
        }
        let header = "Application/Vnd.Google.Protobuf; Encoding=\"delimited\"; \
                      PROTO=\"io.prometheus.client.MetricFamily\", application/openmetrics-text; q=0.9";
        assert_eq!(format(header), protobuf_or_openmetrics());
    }

    #[test]
    fn protobuf_is_not_given_to_a_scraper_that_does_not_name_it() {
        assert_eq!(format("*/*"), Format::Text);
        assert_eq!(format("application/*"), Format::OpenMetrics);
        assert_eq!(format("text/plain;q=0, */*"), Format::OpenMetrics);
    }

    #[test]
    fn text_1_0_0_is_answered_as_such() {
        let negotiated = ContentType::negotiate(Some("text/plain;version=1.0.0"));
        assert_eq!(negotiated.format, Format::Text1);
        assert_eq!(
            negotiated.as_str(),
            "text/plain; version=1.0.0; charset=utf-8"
        );
        assert_eq!(
            format("text/plain;version=1.0.0;q=0.3,text/plain"),
            Format::Text
        );
        assert_eq!(format("text/plain;version=2"), Format::Text);
    }

    #[test]
    fn invalid_parts_do_not_matter() {
        for invalid in [
            "",
            " ",
            "text",
            "/",
            "text/",
            "text/plain;q",
            "\u{e9}/\u{e9}",
        ] {
            for header in [
                format!("{invalid},application/openmetrics-text;q=0.5"),
                format!("application/openmetrics-text;q=0.5 , {invalid}"),
            ] {
                assert_eq!(format(&header), Format::OpenMetrics, "{header}");
            }
        }
        for quality in ["2", "-1", "x", "NaN", "inf"] {
            let header = format!("application/openmetrics-text;q={quality},text/plain;q=0.9");
            assert_eq!(format(&header), Format::OpenMetrics, "{quality}");
        }
    }
}
