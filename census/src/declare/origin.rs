//! The place of a declaration, so that an error can name both places.

use std::fmt;

/// The place of a declaration: module, file, line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    module: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
}

impl Origin {
    /// The place that `module_path!()`, `file!()`, `line!()` and `column!()` give.
    #[must_use]
    pub const fn new(module: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Self {
            module,
            file,
            line,
            column,
        }
    }

    /// The place that the calling function, which must be `#[track_caller]`, was called from: for declarations at run
    /// time. It has no module.
    #[track_caller]
    pub(crate) fn caller() -> Self {
        let location = std::panic::Location::caller();
        Self {
            module: "",
            file: location.file(),
            line: location.line(),
            column: location.column(),
        }
    }

    /// The crate, as the compiler spells it (`video_lib`, not `video-lib`); empty for a declaration at run time.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or_default()
    }

    /// The full path of the module; empty for a declaration at run time.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.module
    }

    /// The source file, as it was given to the compiler.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1.
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }

    /// The catalogue adds declarations in the order of these keys, because the linker's order means nothing.
    pub(crate) fn sort_key(&self) -> (&'static str, &'static str, u32, u32) {
        (self.crate_name(), self.file, self.line, self.column)
    }
}

/// Declarations in the order of their places. Those of one place stay in their order.
pub(crate) fn in_order_of_places<T: Clone>(
    declarations: &[T],
    origin: impl Fn(&T) -> Origin,
) -> Vec<T> {
    // The keys are sorted and not the declarations, so that a program has the code that sorts once.
    let origins = declarations.iter().map(origin);
    let keys = origins.map(|origin| origin.sort_key());
    let mut order: Vec<_> = keys.zip(0..).collect();
    order.sort_unstable();
    let in_order = order.into_iter().map(|(_, index)| index);
    in_order
        .filter_map(|index: usize| declarations.get(index).cloned())
        .collect()
}

/// `src/views.rs:12 (crate app)`
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        match self.crate_name() {
            "" => Ok(()),
            name => write!(f, " (crate {name})"),
        }
    }
}
