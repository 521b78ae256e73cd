//! Choosing a format by the `Accept` header of a request (RFC 9110, section 12.5.1).

use std::cmp::Reverse;

use mediatype::{MediaType, MediaTypeList, ReadParams};

use super::escaping::Escaping;

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

    /// Whether the scraper's escaping of other formats is that of this one. Prometheus 3.5 names an escaping for the text
    /// formats only, although it reads UTF-8 names from protobuf, too.
    const fn takes_escaping_of_others(self) -> bool {
        match self {
            Self::OpenMetrics | Self::Text | Self::Text1 => false,
            #[cfg(feature = "protobuf")]
            Self::Protobuf => true,
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

/// A `Content-Type` with the parameter `escaping`, if there is one.
macro_rules! with_escaping {
    ($content_type:literal, $escaping:expr) => {
        match $escaping {
            None => $content_type,
            Some(Escaping::Underscores) => concat!($content_type, "; escaping=underscores"),
            Some(Escaping::AllowUtf8) => concat!($content_type, "; escaping=allow-utf-8"),
            Some(Escaping::Dots) => concat!($content_type, "; escaping=dots"),
            Some(Escaping::Values) => concat!($content_type, "; escaping=values"),
        }
    };
}

/// A parameter of a media type: its name and its value.
type Parameter = (&'static str, &'static str);

/// The format of an answer, and its `Content-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentType {
    pub(super) format: Format,
    /// The escaping of names, if the scraper asked for one. The answer names it.
    escaping: Option<Escaping>,
}

impl ContentType {
    /// The format that the `Accept` header prefers; Prometheus text 0.0.4, which every scraper reads, if there is no
    /// header or if it accepts no format. A part of the header that is invalid is not looked at. `utf8_names` says that the
    /// exporter has names with characters that could be escaped differently.
    pub(super) fn negotiate(accept: Option<&str>, utf8_names: bool) -> Self {
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
        let format = best.map_or(Format::Text, |(format, _)| format);
        let range = best.and_then(|(_, preference)| ranges.get(preference.index));
        let mut named = range.and_then(|range| range.parameter("escaping"));
        if named.is_none() && format.takes_escaping_of_others() {
            named = ranges.iter().find_map(|it| it.parameter("escaping"));
        }
        let escaping = |word: &str| {
            let word = word.to_ascii_lowercase();
            let known = Escaping::ALL.iter().find(|it| it.word() == word);
            match known.copied().unwrap_or(Escaping::Underscores) {
                _ if !utf8_names => Escaping::Underscores,
                Escaping::AllowUtf8 if format == Format::Text => Escaping::Underscores,
                escaping => escaping,
            }
        };
        Self {
            format,
            escaping: named.as_deref().map(escaping),
        }
    }

    /// The escaping of names: underscores, if the scraper asked for none.
    pub(super) fn escaping(self) -> Escaping {
        self.escaping.unwrap_or(Escaping::Underscores)
    }

    /// The value of the header `Content-Type`.
    pub(super) const fn as_str(self) -> &'static str {
        match self.format {
            Format::OpenMetrics => with_escaping!(
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
                self.escaping
            ),
            Format::Text => {
                with_escaping!("text/plain; version=0.0.4; charset=utf-8", self.escaping)
            }
            Format::Text1 => {
                with_escaping!("text/plain; version=1.0.0; charset=utf-8", self.escaping)
            }
            // As `client_golang` writes it.
            #[cfg(feature = "protobuf")]
            Format::Protobuf => with_escaping!(
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
                self.escaping
            ),
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

    /// What an exporter without UTF-8 names answers.
    fn negotiate(accept: &str) -> ContentType {
        ContentType::negotiate(Some(accept), false)
    }

    fn format(accept: &str) -> Format {
        negotiate(accept).format
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
            negotiate(header),
            ContentType {
                format: Format::OpenMetrics,
                escaping: Some(Escaping::Underscores)
            }
        );
        // curl
        assert_eq!(format("*/*"), Format::Text);
        assert_eq!(ContentType::negotiate(None, false).format, Format::Text);
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
        let negotiated = negotiate(header);
        assert_eq!(negotiated.format, protobuf_or_openmetrics());
        // Prometheus 3.0
        let header = header.replace("delimited;", "delimited;escaping=allow-utf-8;");
        let negotiated = negotiate(&header);
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
        let negotiated = negotiate("text/plain;version=1.0.0");
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

    #[test]
    fn escapings_are_negotiated_where_names_may_be_utf_8() {
        let answered = |accept: &str| ContentType::negotiate(Some(accept), true);
        let content_type = |accept: &str| answered(accept).as_str();
        for escaping in Escaping::ALL {
            let word = escaping.word();
            for media_type in ["application/openmetrics-text", "text/plain;version=1.0.0"] {
                let accept = format!("{media_type};escaping={word}");
                assert_eq!(answered(&accept).escaping(), escaping);
                assert!(content_type(&accept).ends_with(&format!("; escaping={word}")));
                // Without such names, there is nothing to escape.
                assert_eq!(negotiate(&accept).escaping(), Escaping::Underscores);
                assert!(
                    negotiate(&accept)
                        .as_str()
                        .ends_with("; escaping=underscores")
                );
            }
        }
        assert_eq!(
            content_type("text/plain;version=0.0.4;escaping=allow-utf-8"),
            "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
        );
        assert_eq!(
            content_type("text/plain;version=0.0.4;escaping=dots"),
            "text/plain; version=0.0.4; charset=utf-8; escaping=dots"
        );
        assert_eq!(
            content_type("text/plain;version=1.0.0;escaping=Values, text/html;escaping=dots"),
            "text/plain; version=1.0.0; charset=utf-8; escaping=values"
        );
        assert_eq!(
            content_type("application/openmetrics-text;escaping=other"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        );
        assert_eq!(
            content_type("application/openmetrics-text, text/plain;q=0.1;escaping=dots"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        );
    }

    #[cfg(feature = "protobuf")]
    #[test]
    fn protobuf_has_the_escaping_of_the_text_formats_if_it_has_none() {
        let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
        let text = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5";
        for (accept, escaping) in [
            (format!("{protobuf};q=0.6,{text}"), Escaping::AllowUtf8),
            (
                format!("{protobuf};escaping=dots;q=0.6,{text}"),
                Escaping::Dots,
            ),
            (protobuf.to_owned(), Escaping::Underscores),
        ] {
            let negotiated = ContentType::negotiate(Some(&accept), true);
            assert_eq!(negotiated.format, Format::Protobuf);
            assert_eq!(negotiated.escaping(), escaping, "{accept}");
        }
    }
}
