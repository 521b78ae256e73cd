//! Names that come from a client, and are known or `_OTHER`, so that clients cannot make rows.

use std::borrow::Cow;

/// The word of OpenTelemetry's conventions for a name that is not known.
pub(crate) const OTHER: &str = "_OTHER";

/// The methods that the conventions know: those of RFC 9110, PATCH (RFC 5789), and QUERY (httpbis-safe-method-w-body).
const METHODS: [&str; 10] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
];

/// A fixed list of names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Vec<Cow<'static, str>>);

/// The index of a name in its list, or after the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownIndex(usize);

impl Known {
    /// The methods of HTTP.
    pub(crate) fn http_methods() -> Self {
        Self(METHODS.map(Cow::Borrowed).into())
    }

    pub(crate) fn extend<N: Into<Cow<'static, str>>>(
        &mut self,
        names: impl IntoIterator<Item = N>,
    ) {
        self.0.extend(names.into_iter().map(Into::into));
    }

    pub(crate) fn find(&self, name: &str) -> KnownIndex {
        let index = self.0.iter().position(|known| known == name);
        KnownIndex(index.unwrap_or(self.0.len()))
    }

    pub(crate) fn name(&self, index: KnownIndex) -> &str {
        self.0.get(index.0).map_or(OTHER, |name| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_known_by_their_exact_names() {
        let mut known = Known::http_methods();
        known.extend(["PROPFIND"]);
        for name in METHODS.into_iter().chain(["PROPFIND"]) {
            assert_eq!(known.name(known.find(name)), name);
        }
        for name in ["get", "GET ", "QUERIES", ""] {
            assert_eq!(known.name(known.find(name)), OTHER, "{name}");
        }
    }
}
