//! Choosing a format by the `Accept` header of a request (RFC 9110, section 12.5.1).

/// An exposition format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// OpenMetrics 1.0.0.
    OpenMetrics,
    /// Prometheus text 0.0.4.
    Text,
}

impl Format {
    /// All formats.
    pub(super) const ALL: [Self; 2] = [Self::OpenMetrics, Self::Text];

    /// The format as a value of the label `format`.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::OpenMetrics => "openmetrics",
            Self::Text => "text",
        }
    }
}

/// The format of an answer, and its `Content-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentType {
    pub(super) format: Format,
    /// Whether the scraper asked for an `escaping`, so that the answer names the one that the format has.
    escaping: bool,
}

impl ContentType {
    /// The format that the `Accept` header prefers; Prometheus text 0.0.4, which every scraper reads, if there is no
    /// header or if it accepts neither format.
    pub(super) fn negotiate(accept: Option<&str>) -> Self {
        let ranges: Vec<MediaRange> = accept
            .unwrap_or_default()
            .split(',')
            .enumerate()
            .filter_map(|(index, range)| MediaRange::parse(index, range))
            .collect();
        let open_metrics = Preference::of(&ranges, OPEN_METRICS);
        let text = Preference::of(&ranges, TEXT);
        let is_better = open_metrics
            .is_some_and(|open_metrics| text.is_none_or(|text| open_metrics.rank() > text.rank()));
        let (format, preference) = if is_better {
            (Format::OpenMetrics, open_metrics)
        } else {
            (Format::Text, text)
        };
        Self {
            format,
            escaping: preference.is_some_and(|preference| preference.escaping),
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
        }
    }
}

/// Type, subtype and version.
type MediaType = (&'static str, &'static str, &'static str);

const OPEN_METRICS: MediaType = ("application", "openmetrics-text", "1.0.0");
const TEXT: MediaType = ("text", "plain", "0.0.4");

/// A media range of an `Accept` header.
#[derive(Debug)]
struct MediaRange {
    /// The index in the header.
    index: usize,
    main_type: String,
    subtype: String,
    version: Option<String>,
    quality: f32,
    /// Whether the range names an `escaping`.
    escaping: bool,
}

impl MediaRange {
    fn parse(index: usize, range: &str) -> Option<Self> {
        let mut parts = range.split(';').map(str::trim);
        let (main_type, subtype) = parts.next()?.split_once('/')?;
        let mut range = Self {
            index,
            main_type: main_type.to_ascii_lowercase(),
            subtype: subtype.to_ascii_lowercase(),
            version: None,
            quality: 1.0,
            escaping: false,
        };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "version" => range.version = Some(value.to_owned()),
                // A range with an invalid quality is accepted like one without.
                "q" => range.quality = value.parse().unwrap_or(1.0),
                "escaping" => range.escaping = true,
                _ => {}
            }
        }
        Some(range)
    }

    /// How closely the range matches a type; `None` if it does not match.
    fn specificity(&self, (main_type, subtype, version): MediaType) -> Option<u8> {
        let matches = |range: &str, exact: &str| range == exact || range == "*";
        let version_matches = self.version.as_ref().is_none_or(|range| range == version);
        (matches(&self.main_type, main_type) && matches(&self.subtype, subtype) && version_matches)
            .then_some(
                u8::from(self.main_type != "*")
                    + u8::from(self.subtype != "*")
                    + u8::from(self.version.is_some()),
            )
    }
}

/// How much a scraper prefers a media type.
#[derive(Clone, Copy, Debug)]
struct Preference {
    quality: f32,
    specificity: u8,
    /// The index of the range in the header.
    index: usize,
    escaping: bool,
}

impl Preference {
    /// The preference of the closest range that matches, and of equally close ones the first; `None` if the type is not
    /// accepted.
    fn of(ranges: &[MediaRange], media_type: MediaType) -> Option<Self> {
        let mut closest: Option<Self> = None;
        for range in ranges {
            let Some(specificity) = range.specificity(media_type) else {
                continue;
            };
            if closest.is_none_or(|closest| specificity > closest.specificity) {
                closest = Some(Self {
                    quality: range.quality,
                    specificity,
                    index: range.index,
                    escaping: range.escaping,
                });
            }
        }
        closest.filter(|closest| closest.quality > 0.0)
    }

    /// The quality decides; between equal qualities the closer range, whatever its version; then the earlier range.
    fn rank(self) -> impl PartialOrd {
        (
            self.quality,
            self.specificity.min(2),
            std::cmp::Reverse(self.index),
        )
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
        // Prometheus 3
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
}
