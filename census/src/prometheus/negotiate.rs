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
    /// The best of what is accepted. Nothing said, or nothing that we have: 0.0.4, which everyone reads.
    pub(super) fn accepted(accept: Option<&str>) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for (quality, format) in accept
            .unwrap_or_default()
            .split(',')
            .filter_map(media_range)
        {
            // Of equals the first: scrapers list what they prefer first.
            if best.is_none_or(|(other, _)| quality > other) {
                best = Some((quality, format));
            }
        }
        best.map_or(Self::Text { escaping: false }, |(_, format)| format)
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

/// A media range that we can answer, and its quality.
fn media_range(range: &str) -> Option<(f32, Format)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let (mut version, mut quality, mut escaping) = (None, 1.0, false);
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match key.trim().to_ascii_lowercase().as_str() {
            "version" => version = Some(value),
            // What is no number is not refused for it.
            "q" => quality = value.parse().unwrap_or(1.0),
            "escaping" => escaping = true,
            _ => {}
        }
    }
    let format = match (name.to_ascii_lowercase().as_str(), version) {
        ("application/openmetrics-text", None | Some("1.0.0")) => Format::OpenMetrics { escaping },
        ("text/plain", None | Some("0.0.4")) | ("text/*" | "*/*", None) => {
            Format::Text { escaping }
        }
        _ => return None,
    };
    (quality > 0.0).then_some((quality, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(accept: &str) -> Format {
        Format::accepted(Some(accept))
    }

    const OPEN_METRICS: Format = Format::OpenMetrics { escaping: false };
    const TEXT: Format = Format::Text { escaping: false };

    #[test]
    fn prometheus_gets_openmetrics_and_everyone_else_what_they_can_read() {
        // Prometheus 2.42
        let header = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(format(header), OPEN_METRICS);
        // Prometheus 3
        let header = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                      application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;\
                      q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(format(header), Format::OpenMetrics { escaping: true });
        // curl
        assert_eq!(format("*/*"), TEXT);
        assert_eq!(Format::accepted(None), TEXT);
        // a browser
        assert_eq!(
            format("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            TEXT
        );
        // what we don't have
        assert_eq!(format("application/openmetrics-text; version=0.0.1"), TEXT);
        assert_eq!(format("application/json"), TEXT);
    }

    #[test]
    fn qualities_decide_and_zero_refuses() {
        assert_eq!(
            format("text/plain;q=0.2, application/openmetrics-text;q=0.3"),
            OPEN_METRICS
        );
        assert_eq!(
            format("text/plain;q=0.4, application/openmetrics-text;q=0.3"),
            TEXT
        );
        assert_eq!(format("application/openmetrics-text;q=0, */*;q=0.1"), TEXT);
        assert_eq!(
            format("Application/OpenMetrics-Text; Version=\"1.0.0\""),
            OPEN_METRICS
        );
        assert_eq!(format(";;=,,q=;"), TEXT);
    }
}
