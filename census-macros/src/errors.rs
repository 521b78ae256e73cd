//! The mistakes of one macro call, collected so that the user sees all of them at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects mistakes. Whoever made one must read it with [`Errors::finish`]: a mistake that nobody reports would let
/// wrong code compile.
pub(crate) struct Errors {
    found: Option<syn::Error>,
    read: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self {
            found: None,
            read: false,
        }
    }

    /// A mistake on these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// A mistake that a parser found.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// How many there are so far; more afterwards means that what was read in between is wrong.
    pub(crate) fn count(&self) -> usize {
        self.found.iter().flatten().count()
    }

    /// The `compile_error!`s, to stand before what the macro still emits; nothing if all is well.
    pub(crate) fn finish(mut self) -> TokenStream {
        self.read = true;
        self.found
            .take()
            .map(syn::Error::into_compile_error)
            .unwrap_or_default()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.read || std::thread::panicking(),
            "mistakes were collected and never reported"
        );
    }
}
