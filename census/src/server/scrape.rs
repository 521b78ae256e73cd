//! What the head of a request says about a scrape.

use std::time::Duration;

use hyper::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName};

use crate::prometheus::{NameFilter, ScrapeRequest};

/// Prometheus says with it how long it waits for an answer, in seconds.
const TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";

/// The longest time that is believed.
const MAX_TIMEOUT: Duration = Duration::from_hours(1);

/// The time that an answer needs on its way, at most a tenth of the time that the scraper waits. So an answer that says why
/// there is no exposition arrives before the scraper gives up.
const MARGIN: Duration = Duration::from_millis(500);

/// The scrape that a request asks for, of a client that is not known.
pub(super) fn scrape_request(query: &str, headers: &HeaderMap) -> ScrapeRequest {
    let names = form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == "name[]")
        .map(|(_, name)| name.into_owned());
    let encodings = list(headers, &ACCEPT_ENCODING);
    ScrapeRequest {
        accept: list(headers, &ACCEPT),
        gzip: cfg!(feature = "gzip") && encodings.as_deref().is_some_and(asks_for_gzip),
        names: NameFilter::new(names.collect()),
        timeout: timeout(headers),
        client: None,
    }
}

/// A header that is a list. Several lines of one name are one list (RFC 9110, section 5.3).
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Whether an `Accept-Encoding` (RFC 9110, section 12.5.3) names gzip, and does not prefer to have no encoding. A `*` is not
/// enough: a client that does not name gzip may not have it.
fn asks_for_gzip(encodings: &str) -> bool {
    let quality = |names: &[&str]| {
        let mut codings = encodings.split(',').filter_map(|coding| {
            let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
            let is_named = names.iter().any(|it| name.trim().eq_ignore_ascii_case(it));
            let quality = parameters.trim().strip_prefix(['q', 'Q']);
            let quality = quality.and_then(|rest| rest.trim_start().strip_prefix('='));
            // A coding with an invalid quality is not accepted.
            let quality = quality.map_or(Some(1.0), |value| value.trim().parse::<f32>().ok());
            is_named.then_some(quality.unwrap_or(0.0))
        });
        codings.next()
    };
    let Some(gzip) = quality(&["gzip", "x-gzip"]) else {
        return false;
    };
    gzip > 0.0 && quality(&["identity"]).is_none_or(|identity| identity <= gzip)
}

/// The time within which an answer is of use. An invalid header is as none.
fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(TIMEOUT)?.to_str().ok()?.trim().parse().ok()?;
    let timeout = Duration::try_from_secs_f64(seconds).ok()?;
    let is_valid = !timeout.is_zero() && timeout <= MAX_TIMEOUT;
    is_valid.then(|| timeout.saturating_sub(MARGIN.min(timeout / 10)))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_for_clients_that_name_it() {
        for (encodings, expected) in [
            ("gzip", true),
            ("GZIP", true),
            ("x-gzip", true),
            ("deflate, gzip;q=1.0, *;q=0.5", true),
            ("gzip ; q=0.1", true),
            ("gzip;Q=0.5,identity;q=0.5", true),
            ("", false),
            ("*", false),
            ("identity", false),
            ("br, deflate", false),
            ("gzip;q=0", false),
            ("gzip;q=0.000, *", false),
            ("gzip;q=0.5, identity", false),
            ("gzip;q=high", false),
            ("gzipped", false),
        ] {
            assert_eq!(asks_for_gzip(encodings), expected, "{encodings}");
        }
    }

    #[test]
    fn timeouts_of_up_to_an_hour_are_believed() {
        let timeout = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(TIMEOUT, HeaderValue::from_static(text));
            scrape_request("", &headers).timeout
        };
        assert_eq!(timeout("10"), Some(Duration::from_millis(9_500)));
        assert_eq!(timeout("0.100000"), Some(Duration::from_millis(90)));
        assert_eq!(timeout("3600"), Some(MAX_TIMEOUT.saturating_sub(MARGIN)));
        for invalid in ["", "0", "-1", "3601", "NaN", "inf", "1e300", "ten", "10s"] {
            assert_eq!(timeout(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn names_are_decoded() {
        let request = |query| scrape_request(query, &HeaderMap::new());
        assert!(request("").names.is_all());
        assert!(request("name=a&x=1&name[0]=b").names.is_all());
        let names = request("name%5B%5D=a%2Fb&x&name[]=c+d&name[]=%ff").names;
        let expected = ["a/b", "c d", "\u{fffd}"].map(str::to_owned);
        assert_eq!(
            format!("{names:?}"),
            format!("{:?}", NameFilter::new(expected.to_vec()))
        );
    }
}
