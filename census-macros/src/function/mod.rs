//! `#[measure]` on functions, methods and `impl` blocks: measures calls.
//!
//! A body is never parsed, with one exception: where a function that is not `async` returns a future, the `async` block
//! has to be found that makes it.

mod arguments;
mod check;
mod expand;
mod future;
mod implementation;
mod inputs;
mod item;
mod output;
mod sibling;
#[cfg(test)]
pub(crate) mod tests;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, Path};

use crate::errors::Errors;
use crate::generate::Krate;
use crate::record::Assignment;
pub(crate) use item::{Kind, kind};

/// What an attribute says.
#[derive(Clone, Default)]
struct Arguments {
    krate: Option<Krate>,
    skip: Option<Ident>,
    name: Option<Expr>,
    /// Measures of the call's duration.
    latencies: Vec<Path>,
    /// Measures of something that is returned, with the closures that take it.
    values: Vec<(Path, TokenStream)>,
    in_flight: Option<Path>,
    tags: Vec<Assignment>,
    result: Option<TokenStream>,
}

/// Where a function stands.
enum Place {
    /// An attribute of its own: whether there is an `impl` around it cannot be seen.
    Alone,
    /// In an annotated `impl` block of this type.
    Impl { ty: String, of_trait: bool },
}

pub(crate) fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let arguments = arguments::parse(args, &mut errors);
    let item = match item::parse(item.clone()) {
        Ok(mut function) => {
            check::alone(&function, &arguments, &mut errors);
            item::take_own(&mut function.attrs);
            expand::function(function, &arguments, &Place::Alone, &mut errors)
        }
        Err(error) => {
            errors.add(error);
            item
        }
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

pub(crate) fn implementation(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let arguments = arguments::parse(args, &mut errors);
    check::block(&arguments, &mut errors);
    let item = match implementation::parse(item.clone()) {
        Ok(block) => implementation::expand(block, &arguments, &mut errors),
        Err(error) => {
            errors.add(error);
            item
        }
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

impl Arguments {
    /// Whether no measure is named, so that the built-in ones are meant.
    fn is_bare(&self) -> bool {
        self.latencies.is_empty() && self.values.is_empty() && self.in_flight.is_none()
    }

    fn krate(&self) -> Krate {
        self.krate.clone().unwrap_or_else(Krate::named)
    }

    /// Whether what the function returns has to be looked at, whatever its type.
    fn look_at_returned(&self) -> bool {
        !self.values.is_empty() || self.result.is_some()
    }

    /// A method's own arguments over those of its block: of what there may be several, both; else the method's.
    fn over(self, block: &Self) -> Self {
        let text = |tokens: &dyn ToTokens| tokens.to_token_stream().to_string();
        let has_measure = |path: &Path| {
            let own = self.latencies.iter();
            let mut own = own.chain(self.values.iter().map(|(path, _)| path));
            own.any(|other| text(other) == text(path))
        };
        let has_tag = |tag: &Assignment| {
            let mut own = self.tags.iter();
            own.any(|other| text(&other.place) == text(&tag.place))
        };
        let mut merged = block.clone();
        merged.latencies.retain(|path| !has_measure(path));
        merged.values.retain(|(path, _)| !has_measure(path));
        merged.tags.retain(|tag| !has_tag(tag));
        merged.latencies.extend(self.latencies);
        merged.values.extend(self.values);
        merged.tags.extend(self.tags);
        Self {
            krate: self.krate.or(merged.krate),
            skip: None,
            name: self.name,
            in_flight: self.in_flight.or(merged.in_flight),
            result: self.result.or(merged.result),
            ..merged
        }
    }
}
