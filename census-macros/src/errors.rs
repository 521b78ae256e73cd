//! The mistakes of one macro call, collected so that the user sees all of them at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects mistakes. A collector that is dropped without [`Errors::finish`] panics in a debug build, because an
/// unreported mistake would let wrong code compile.
pub(crate) struct Errors {
    combined: Option<syn::Error>,
    is_finished: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self {
            combined: None,
            is_finished: false,
        }
    }

    /// Adds a mistake at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake that a parser returned.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.combined {
            Some(combined) => combined.combine(error),
            None => self.combined = Some(error),
        }
    }

    /// The number of mistakes so far. If it grows while something is read, the tokens that were read are wrong.
    pub(crate) fn count(&self) -> usize {
        self.combined.iter().flatten().count()
    }

    /// The `compile_error!`s, to be emitted before the item; no tokens if there was no mistake.
    pub(crate) fn finish(mut self) -> TokenStream {
        self.is_finished = true;
        self.combined
            .take()
            .map(syn::Error::into_compile_error)
            .unwrap_or_default()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.is_finished || std::thread::panicking(),
            "mistakes were collected and never reported"
        );
    }
}
