//! What another registry has written into an exposition.

/// What another registry has written.
#[derive(Debug, Default)]
pub(super) struct WrittenRegistry {
    /// The families, in their order.
    pub(super) families: Vec<WrittenFamily>,
    /// The names of the families that are left out, because a name of theirs is invalid.
    pub(super) left_out: Vec<String>,
}

/// A family that another registry has written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WrittenFamily {
    pub(super) name: String,
    /// The suffixes that its samples' names may have, and `""` for the family's own name.
    pub(super) suffixes: &'static [&'static str],
}
