//! Which part of a list is shown, and in which order.

use crate::tags::truncate;

/// How many rows a page may show.
pub(super) const MAX_PER_PAGE: usize = 1_000;

const DEFAULT_PER_PAGE: usize = 50;

/// Which part of a list is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listing {
    /// By what it is sorted.
    pub(super) sort: Option<String>,
    pub(super) descending: bool,
    /// From 1.
    pub(super) page: usize,
    /// From 1 to [`MAX_PER_PAGE`].
    pub(super) per_page: usize,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            sort: None,
            descending: false,
            page: 1,
            per_page: DEFAULT_PER_PAGE,
        }
    }
}

impl Listing {
    /// How many entries stand before the page.
    pub(super) fn offset(&self) -> usize {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// How many pages so many entries are; at least one.
    pub(super) fn pages(&self, entries: usize) -> usize {
        entries.div_ceil(self.per_page).max(1)
    }

    /// Sorted by this, from the first page on.
    pub(super) fn sorted_by(&self, sort: &str, descending: bool) -> Self {
        Self {
            sort: Some(sort.to_owned()),
            descending,
            page: 1,
            per_page: self.per_page,
        }
    }

    /// Another page.
    pub(super) fn at_page(&self, page: usize) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// The parameters that differ from the default.
    pub(super) fn parameters(&self, prefix: &str, add: &mut impl FnMut(String, &str)) {
        let default = Self::default();
        if let Some(sort) = &self.sort {
            add(format!("{prefix}sort"), sort);
        }
        if self.descending {
            add(format!("{prefix}order"), "desc");
        }
        for (name, number, default) in [
            ("page", self.page, default.page),
            ("per_page", self.per_page, default.per_page),
        ] {
            if number != default {
                add(format!("{prefix}{name}"), &number.to_string());
            }
        }
    }

    /// Sets a parameter of a self. Returns a notice, if there is something to say.
    pub(super) fn set(&mut self, name: &str, parameter: &str, value: &str) -> Option<String> {
        match parameter {
            "sort" => self.sort = Some(value.to_owned()),
            "order" => match value {
                "asc" => self.descending = false,
                "desc" => self.descending = true,
                _ => return Some(format!("`{name}` is `asc` or `desc`, and not `{value}`")),
            },
            "page" => return set_number(&mut self.page, usize::MAX, name, value),
            "per_page" => return set_number(&mut self.per_page, MAX_PER_PAGE, name, value),
            _ => return Some(format!("there is no parameter `{}`", truncate(name))),
        }
        None
    }
}

fn set_number(number: &mut usize, max: usize, name: &str, value: &str) -> Option<String> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Some(format!("`{name}` is a number, and not `{value}`"));
    }
    let given = value.parse().unwrap_or(usize::MAX);
    *number = given.clamp(1, max);
    (given != *number).then(|| format!("`{name}` is from 1 to {max}: {number} is shown"))
}
