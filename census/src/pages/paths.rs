//! Which page a path is, and the links between pages.

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageKind {
    /// What is here.
    Home,
    /// The measures and the views, or the rows of one view.
    Statsz,
    /// What is declared, as JSON.
    Catalogue,
}

impl PageKind {
    /// The page at a path, which begins with a `/`.
    pub(crate) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "/" => Self::Home,
            "/statsz" => Self::Statsz,
            "/catalogue.json" => Self::Catalogue,
            _ => return None,
        })
    }
}

/// Where the pages, the exposition and the health check are, as links from any page.
///
/// All pages are in one folder, so the links of the default are relative: they are right behind a proxy that serves the
/// program under a path of its own.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    /// What stands before the names of the pages: empty, or a path that ends in a `/`.
    pub(crate) folder: String,
    /// The exposition, if there is one.
    pub(crate) metrics: Option<String>,
    /// The health check, if there is one.
    pub(crate) healthz: Option<String>,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            folder: String::new(),
            metrics: Some("metrics".to_owned()),
            healthz: Some("healthz".to_owned()),
        }
    }
}

impl Links {
    /// The page that says what is here.
    pub(super) fn home(&self) -> &str {
        match self.folder.as_str() {
            "" => "./",
            folder => folder,
        }
    }

    pub(super) fn statsz(&self) -> String {
        format!("{}statsz", self.folder)
    }

    pub(super) fn catalogue(&self) -> String {
        format!("{}catalogue.json", self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_folder_of_the_pages() {
        let links = Links::default();
        let of = |links: &Links| [links.home().to_owned(), links.statsz(), links.catalogue()];
        assert_eq!(of(&links), ["./", "statsz", "catalogue.json"]);
        let folder = "/debug/".to_owned();
        let links = Links { folder, ..links };
        let expected = ["/debug/", "/debug/statsz", "/debug/catalogue.json"];
        assert_eq!(of(&links), expected);
    }

    #[test]
    fn each_page_has_one_path() {
        for link in [Links::default().statsz(), Links::default().catalogue()] {
            assert!(PageKind::at(&format!("/{link}")).is_some(), "{link}");
        }
        assert_eq!(PageKind::at("/"), Some(PageKind::Home));
        assert_eq!(PageKind::at("statsz"), None);
    }
}
