//! What cannot be measured, and why.

use quote::ToTokens;

use super::item::{Function, is_own};
use super::{Arguments, Place, output};
use crate::errors::Errors;

/// What an attribute of a single function cannot say.
pub(super) fn alone(function: &Function, arguments: &Arguments, errors: &mut Errors) {
    if let Some(skip) = &arguments.skip {
        let message = "`skip` leaves a method out of an annotated `impl` block, and here is none\n\
                       help: leave out the whole `#[measure(skip)]`";
        errors.at(skip, message);
    }
    for other in function.attrs.iter().filter(|attr| is_own(attr)) {
        let message =
            "`#[measure]` stands here twice\nhelp: write all measures and tags in one of them";
        errors.at(other, message);
    }
}

/// What an attribute of a whole block cannot say.
pub(super) fn block(arguments: &Arguments, errors: &mut Errors) {
    if let Some(name) = &arguments.name {
        let message = "with this, all methods would have one name\n\
                       help: write `#[measure(name = \"…\")]` on a method";
        errors.at(name, message);
    }
    if let Some(skip) = &arguments.skip {
        let message = "`skip` leaves out a method, not the whole block\n\
                       help: write `#[measure(skip)]` on a method, or no `#[measure]` here";
        errors.at(skip, message);
    }
}

/// Whether calls of this function can be measured at all; if not, that was reported.
pub(super) fn can_be_measured(
    function: &Function,
    arguments: &Arguments,
    place: &Place,
    errors: &mut Errors,
) -> bool {
    let before = errors.count();
    if let Some(token) = &function.sig.constness {
        let message = "a `const fn` cannot be measured: it may run at compile time, where nothing can be recorded\n\
                       help: leave out the `const`, or the `#[measure]`";
        errors.at(token, message);
    }
    if function.body.is_none() {
        let message = "this has no body that could be measured\n\
                       help: write `#[measure]` where it is implemented";
        errors.at(&function.sig.ident, message);
    }
    if let Some(attr) = function.attribute("naked") {
        let message = "a naked function cannot be measured: its body is nothing but assembly\n\
                       help: leave out the `#[measure]`";
        errors.at(attr, message);
    }
    if let (Some(attr), Place::Impl { of_trait: true, .. }) =
        (function.attribute("track_caller"), place)
        && function.sig.asyncness.is_none()
        && (arguments.look_at_returned() || !output::is_plain(&function.sig.output))
    {
        let message = "the caller's place would be lost: what this returns can only be looked at from outside of the \
                       body, and a trait's `impl` has no room for a second function\n\
                       help: leave out the `#[track_caller]`, or write `#[measure(skip)]`";
        errors.at(attr, message);
    }
    errors.count() == before
}

/// Reports a future that cannot be seen.
pub(super) fn unseen(tokens: impl ToTokens, errors: &mut Errors) {
    let message = "this is a future that `#[measure]` cannot see into: only the making of it would be timed\n\
                   help: write `async move { … .await }` around it, or make the function `async`, or leave out the \
                   `#[measure]`";
    errors.at(tokens, message);
}
