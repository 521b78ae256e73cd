//! Which format a scraper gets: by its `Accept` header (RFC 9110, 12.5.1).

/// A text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// OpenMetrics 1.0.0. Whether the scraper spoke of `escaping`, and so is told which one it gets.
    OpenMetrics { escaping: bool },
    /// Prometheus text 0.0.4.
    Text { escaping: bool },
}

impl Format {
    /// The better accepted of the two. Nothing said, or neither accepted: 0.0.4, which everyone reads.
    pub(super) fn accepted(accept: Option<&str>) -> Self {
        let ranges: Vec<Range> = accept
            .unwrap_or_default()
            .split(',')
            .enumerate()
            .filter_map(|(place, range)| Range::parse(place, range))
            .collect();
        let open_metrics = Preference::of(&ranges, OPEN_METRICS);
        let text = Preference::of(&ranges, TEXT);
        let escaping = |preference: Option<Preference>| preference.is_some_and(|it| it.escaping);
        let is_better =
            open_metrics.is_some_and(|it| text.is_none_or(|text| it.rank() > text.rank()));
        if is_better {
            Self::OpenMetrics {
                escaping: escaping(open_metrics),
            }
        } else {
            Self::Text {
                escaping: escaping(text),
            }
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics { escaping: false } => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
            Self::OpenMetrics { escaping: true } => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            Self::Text { escaping: false } => "text/plain; version=0.0.4; charset=utf-8",
            Self::Text { escaping: true } => {
                "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
            }
        }
    }
}

/// Type, subtype and version.
type MediaType = (&'static str, &'static str, &'static str);

const OPEN_METRICS: MediaType = ("application", "openmetrics-text", "1.0.0");
const TEXT: MediaType = ("text", "plain", "0.0.4");

/// One of the things that a scraper accepts.
#[derive(Debug)]
struct Range {
    /// Where it stands in the header.
    place: usize,
    kind: String,
    subtype: String,
    version: Option<String>,
    quality: f32,
    escaping: bool,
}

impl Range {
    fn parse(place: usize, range: &str) -> Option<Self> {
        let mut parts = range.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut range = Self {
            place,
            kind: kind.to_ascii_lowercase(),
            subtype: subtype.to_ascii_lowercase(),
            version: None,
            quality: 1.0,
            escaping: false,
        };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "version" => range.version = Some(value.to_owned()),
                // What is no number is not refused for it.
                "q" => range.quality = value.parse().unwrap_or(1.0),
                "escaping" => range.escaping = true,
                _ => {}
            }
        }
        Some(range)
    }

    /// How closely it describes a type; `None` if it does not.
    fn specificity(&self, (kind, subtype, version): MediaType) -> Option<u8> {
        let is = |range: &str, what: &str| range == what || range == "*";
        let version_fits = self.version.as_ref().is_none_or(|it| it == version);
        (is(&self.kind, kind) && is(&self.subtype, subtype) && version_fits).then_some(
            u8::from(self.kind != "*")
                + u8::from(self.subtype != "*")
                + u8::from(self.version.is_some()),
        )
    }
}

/// How much a type is wanted.
#[derive(Clone, Copy, Debug)]
struct Preference {
    quality: f32,
    specificity: u8,
    place: usize,
    escaping: bool,
}

impl Preference {
    /// What the closest range says of a type; `None` if it is not accepted. Of ranges as close, the first counts.
    fn of(ranges: &[Range], media_type: MediaType) -> Option<Self> {
        let mut closest: Option<Self> = None;
        for range in ranges {
            let Some(specificity) = range.specificity(media_type) else {
                continue;
            };
            if closest.is_none_or(|other| specificity > other.specificity) {
                closest = Some(Self {
                    quality: range.quality,
                    specificity,
                    place: range.place,
                    escaping: range.escaping,
                });
            }
        }
        closest.filter(|it| it.quality > 0.0)
    }

    /// Of two as good, the one meant more closely is better; then the one that stands first.
    fn rank(self) -> impl PartialOrd {
        (
            self.quality,
            self.specificity.min(2),
            std::cmp::Reverse(self.place),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(accept: &str) -> Format {
        Format::accepted(Some(accept))
    }

    const OPEN: Format = Format::OpenMetrics { escaping: false };
    const PLAIN: Format = Format::Text { escaping: false };

    #[test]
    fn prometheus_gets_openmetrics_and_everyone_else_what_they_can_read() {
        // Prometheus 2.42
        let header = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(format(header), OPEN);
        // Prometheus 3
        let header = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                      application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;\
                      q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(format(header), Format::OpenMetrics { escaping: true });
        // curl
        assert_eq!(format("*/*"), PLAIN);
        assert_eq!(Format::accepted(None), PLAIN);
        // a browser
        assert_eq!(
            format("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            PLAIN
        );
        // what we don't have
        assert_eq!(format("application/openmetrics-text; version=0.0.1"), PLAIN);
        assert_eq!(format("application/json"), PLAIN);
    }

    #[test]
    fn qualities_decide_and_zero_refuses() {
        assert_eq!(
            format("text/plain;q=0.2, application/openmetrics-text;q=0.3"),
            OPEN
        );
        assert_eq!(
            format("text/plain;q=0.4, application/openmetrics-text;q=0.3"),
            PLAIN
        );
        assert_eq!(format("application/openmetrics-text;q=0, */*;q=0.1"), PLAIN);
        assert_eq!(
            format("Application/OpenMetrics-Text; Version=\"1.0.0\""),
            OPEN
        );
        assert_eq!(format(";;=,,q=;"), PLAIN);
    }

    #[test]
    fn the_closest_range_says_how_much_a_type_is_wanted() {
        assert_eq!(format("application/*"), OPEN);
        assert_eq!(format("text/*, */*;q=0.1"), PLAIN);
        assert_eq!(format("text/plain;q=0, */*;q=0.5"), OPEN);
        assert_eq!(format("text/plain, application/openmetrics-text"), PLAIN);
        assert_eq!(format("application/openmetrics-text, text/plain"), OPEN);
    }
}
