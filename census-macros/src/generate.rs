//! What all expansions share: the path to the library, the place of a declaration, the entry in a slice.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::{Path, Token};

/// The path to the library, with which every generated path begins.
#[derive(Clone)]
pub(crate) struct Krate {
    path: TokenStream,
    /// What generated tokens are to the compiler, wherever they are shown. A path is shown at the user's tokens only if
    /// all of it is of one kind, and of what a lint calls foreign code, so `$crate` decides.
    context: Span,
}

impl Krate {
    /// `::census`
    pub(crate) fn named() -> Self {
        Self {
            path: quote!(::census),
            context: Span::call_site(),
        }
    }

    /// What the user gave as `crate = path`.
    pub(crate) fn given(path: &Path) -> Self {
        Self {
            path: path.to_token_stream(),
            context: Span::call_site(),
        }
    }

    /// What the library's own `macro_rules!` put in front of the user's tokens: `$crate;`.
    pub(crate) fn prefix(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = Path::parse_mod_style(input)?;
        input.parse::<Token![;]>()?;
        let path = path.to_token_stream();
        let context = ends(&path).0;
        Ok(Self { path, context })
    }

    /// The span for generated tokens that are shown at the user's.
    pub(crate) fn shown_at(&self, span: Span) -> Span {
        self.context.located_at(span)
    }

    /// `krate::tail`, shown at the user's tokens: otherwise a type error would quote our own source.
    pub(crate) fn path(&self, tail: TokenStream, span: Span) -> TokenStream {
        let span = self.shown_at(span);
        let path = self.path.clone().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        });
        let tail = tail.into_iter().map(|mut token| {
            token.set_span(span);
            token
        });
        quote_spanned!(span=> #(#path)*::#(#tail)*)
    }

    /// `krate::function(arguments)`, shown from one of the user's tokens to another.
    pub(crate) fn call(
        &self,
        function: TokenStream,
        (start, end): (Span, Span),
        arguments: impl ToTokens,
    ) -> TokenStream {
        let function = self.path(function, start);
        let arguments = quote_spanned!(self.shown_at(end)=> (#arguments));
        quote!(#function #arguments)
    }

    /// `krate::__private::check(&(path))`, shown at the path: one of the functions that ask for what a name must be.
    pub(crate) fn checked(&self, check: &str, path: impl ToTokens) -> TokenStream {
        let check = Ident::new(check, Span::call_site());
        let (function, shown) = (quote!(__private::#check), ends(&path));
        self.call(function, shown, self.borrowed(path))
    }

    /// `&(expression)`, shown at the expression.
    pub(crate) fn borrowed(&self, expression: impl ToTokens) -> TokenStream {
        let (start, end) = ends(&expression);
        let expression = quote_spanned!(self.shown_at(end)=> (#expression));
        quote_spanned!(self.shown_at(start)=> &#expression)
    }
}

impl ToTokens for Krate {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.path.clone());
    }
}

/// The first and the last token's span, the way to show a whole expression on stable Rust.
pub(crate) fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.into_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |t| t.span());
    (first, tokens.last().map_or(first, |t| t.span()))
}

/// An `Option` of an expression, in full: `Some` may mean anything where the user is.
pub(crate) fn optional(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| {
            let (start, end) = ends(&value);
            let shown = |span| Span::call_site().located_at(span);
            let value = quote_spanned!(shown(end)=> (#value));
            let some = quote_spanned!(shown(start)=> ::core::option::Option::Some);
            quote!(#some #value)
        },
    )
}

/// The place of a declaration. Every token has the name's own span: `line!()` gives the line of the outermost macro
/// call that it comes from, so with any generated span all items of one `view!` would have the line of the `view!`.
pub(crate) fn origin(krate: &Krate, name: &Ident) -> TokenStream {
    let span = name.span();
    let new = krate.path(quote!(__private::Origin::new), span);
    quote_spanned! {span=>
        #new(::core::module_path!(), ::core::file!(), ::core::line!(), ::core::column!())
    }
}

/// The entry of `__CENSUS_CELL` in one of the library's slices. The slice is of references, because a section of
/// larger elements would be padded as the linker likes.
///
/// The library itself has none: to the compiler that would be code with a linker section of its own, which
/// `forbid(unsafe_code)` forbids. Its catalogue knows its own.
pub(crate) fn registered(krate: &Krate, slice: &str, cell: &str) -> TokenStream {
    if krate.path.to_string() == "crate" {
        return TokenStream::new();
    }
    let slice = Ident::new(slice, Span::call_site());
    let cell = Ident::new(cell, Span::call_site());
    quote! {
        const _: () = {
            #[#krate::__private::linkme::distributed_slice(#krate::__private::#slice)]
            #[linkme(crate = #krate::__private::linkme)]
            static __CENSUS_ELEMENT: &#krate::__private::#cell = &__CENSUS_CELL;
        };
    }
}
