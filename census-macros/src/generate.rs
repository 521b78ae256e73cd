//! Parts of all expansions: the path to the library, spans, the origin of a declaration, its element in a slice.
//!
//! Generated tokens that are "shown at" the user's tokens have the location of these: the compiler reports errors
//! there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::{Path, Token};

/// The path to the library. In `quote!`, `#krate` is the path to its module `__private`, so that generated code can name
/// nothing else (see `census/src/private.rs`).
#[derive(Clone)]
pub(crate) struct Krate {
    path: TokenStream,
    /// Where the compiler reports that there is no `__private`.
    private_span: Span,
    /// The hygiene of generated tokens that are shown at the user's. The compiler shows a path there only if all tokens
    /// of the path have the same hygiene, and lints recognize generated code by its hygiene. So if the path begins with
    /// `$crate`, this is the hygiene of `$crate`.
    hygiene: Span,
    /// Whether the library expands this itself, for its built-in declarations.
    is_library: bool,
}

impl Krate {
    /// `::census`, where the user gives no path.
    pub(crate) fn default_path() -> Self {
        Self::call_site(quote!(::census))
    }

    /// The path that the user gives as `crate = path`.
    pub(crate) fn given(path: &Path) -> Self {
        let last = first_last_span(path).1;
        Self {
            private_span: Span::call_site().located_at(last),
            ..Self::call_site(path.to_token_stream())
        }
    }

    /// The library in its own source. Only the hidden `built_in_…` macros use this: a user's `crate = crate` is a façade's
    /// path to its re-export of the library.
    pub(crate) fn library() -> Self {
        Self {
            is_library: true,
            ..Self::call_site(quote!(crate))
        }
    }

    /// The path that the library's own `macro_rules!` put in front of the user's tokens: `$crate;`.
    pub(crate) fn prefix(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = Path::parse_mod_style(input)?;
        input.parse::<Token![;]>()?;
        let path = path.to_token_stream();
        let hygiene = first_last_span(&path).0;
        Ok(Self {
            hygiene,
            ..Self::call_site(path)
        })
    }

    fn call_site(path: TokenStream) -> Self {
        Self {
            path,
            private_span: Span::call_site(),
            hygiene: Span::call_site(),
            is_library: false,
        }
    }

    /// The span for generated tokens that are shown at the user's.
    pub(crate) fn respan(&self, span: Span) -> Span {
        self.hygiene.located_at(span)
    }

    /// `krate::__private::tail`, shown at the user's tokens: otherwise a type error would quote the library's source.
    pub(crate) fn private(&self, tail: TokenStream, span: Span) -> TokenStream {
        let span = self.respan(span);
        let path = self.path.clone().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        });
        let tail = tail.into_iter().map(|mut token| {
            token.set_span(span);
            token
        });
        quote_spanned!(span=> #(#path)*::__private::#(#tail)*)
    }

    /// `krate::__private::function(arguments)`, shown from one of the user's tokens to another.
    pub(crate) fn call(
        &self,
        function: TokenStream,
        (first, last): (Span, Span),
        arguments: impl ToTokens,
    ) -> TokenStream {
        let function = self.private(function, first);
        let arguments = quote_spanned!(self.respan(last)=> (#arguments));
        quote!(#function #arguments)
    }

    /// `krate::__private::check(&(path))`, shown at the path. `check` is one of the functions in
    /// `census/src/declare/check.rs` and `check_places.rs`.
    pub(crate) fn checked(&self, check: &str, path: impl ToTokens) -> TokenStream {
        let check = Ident::new(check, Span::call_site());
        let spans = first_last_span(&path);
        self.call(quote!(#check), spans, self.borrowed(path))
    }

    /// `&(expression)`, shown at the expression.
    pub(crate) fn borrowed(&self, expression: impl ToTokens) -> TokenStream {
        let (first, last) = first_last_span(&expression);
        let expression = quote_spanned!(self.respan(last)=> (#expression));
        quote_spanned!(self.respan(first)=> &#expression)
    }
}

impl ToTokens for Krate {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let path = &self.path;
        tokens.extend(quote_spanned!(self.private_span=> #path::__private));
    }
}

/// The spans of the first and the last token. Stable Rust cannot join them; generated code that is shown at a whole
/// expression begins with the first span and ends with the last one.
pub(crate) fn first_last_span(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.into_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |t| t.span());
    (first, tokens.last().map_or(first, |t| t.span()))
}

/// An `Option` of an expression. The path is whole, because `Some` may mean anything in the user's scope.
pub(crate) fn optional(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| {
            let (first, last) = first_last_span(&value);
            let respan = |span| Span::call_site().located_at(span);
            let value = quote_spanned!(respan(last)=> (#value));
            let some = quote_spanned!(respan(first)=> ::core::option::Option::Some);
            quote!(#some #value)
        },
    )
}

/// The origin of a declaration. Every token has the span of the declaration's identifier: `line!()` gives the line of the
/// outermost macro call that its span comes from, so with a generated span all items of one `view!` would have the line
/// of the `view!`.
pub(crate) fn origin(krate: &Krate, ident: &Ident) -> TokenStream {
    let span = ident.span();
    let new = krate.private(quote!(Origin::new), span);
    quote_spanned! {span=>
        #new(::core::module_path!(), ::core::file!(), ::core::line!(), ::core::column!())
    }
}

/// The element for `__CENSUS_CELL` in one of the library's slices.
///
/// The library's own declarations have none: in the crate that defines the slice, the compiler treats an element as
/// code with a linker section of its own, which `forbid(unsafe_code)` forbids. `BUILT_IN` in `census/src/calls.rs`
/// lists them.
pub(crate) fn element(krate: &Krate, slice: &str, cell: &str) -> TokenStream {
    element_of(krate, slice, cell, None)
}

/// The element for another static.
pub(crate) fn element_of(
    krate: &Krate,
    slice: &str,
    cell: &str,
    name: Option<&Ident>,
) -> TokenStream {
    if krate.is_library {
        return TokenStream::new();
    }
    let slice = Ident::new(slice, Span::call_site());
    let cell = Ident::new(cell, Span::call_site());
    let name = name.into_iter();
    quote!(#krate::element! { #slice, #cell #(, #name)* })
}
