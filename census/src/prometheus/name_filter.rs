//! The families that a scrape asks for by name.

/// Names of families, or of their samples, that a scrape asks for (`?name[]=`). Without names, it asks for all.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameFilter {
    names: Vec<String>,
}

impl NameFilter {
    /// All families, if there are no names.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self { names }
    }

    /// Whether it includes all families.
    pub(crate) fn is_all(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether it includes a family whose samples may have these suffixes: a name is the family's, or that of a sample.
    pub(super) fn includes(&self, family: &str, suffixes: &[&str]) -> bool {
        let is_of_family = |name: &String| {
            let suffix = name.strip_prefix(family);
            suffix.is_some_and(|suffix| suffix.is_empty() || suffixes.contains(&suffix))
        };
        self.is_all() || self.names.iter().any(is_of_family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_a_family_or_of_a_sample() {
        let filter =
            |names: &[&str]| NameFilter::new(names.iter().copied().map(Into::into).collect());
        let suffixes = ["", "_bucket", "_sum"];
        assert!(filter(&[]).includes("a", &suffixes));
        for (name, is_included) in [
            ("a", true),
            ("a_bucket", true),
            ("a_sum", true),
            ("a_total", false),
            ("a_", false),
            ("ab", false),
            ("b", false),
            ("", false),
        ] {
            let names = filter(&["other", name]);
            assert_eq!(names.includes("a", &suffixes), is_included, "{name}");
        }
    }
}
