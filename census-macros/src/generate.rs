//! What all expansions share: the path to the library, the place of a declaration, the entry in a slice.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::{Path, Token};

/// The path to the library, with which every generated path begins.
#[derive(Clone)]
pub(crate) struct Krate(TokenStream);

impl Krate {
    /// `::census`
    pub(crate) fn named() -> Self {
        Self(quote!(::census))
    }

    /// What the user gave as `crate = path`.
    pub(crate) fn given(path: &Path) -> Self {
        Self(path.to_token_stream())
    }

    /// What the library's own `macro_rules!` put in front of the user's tokens: `$crate;`.
    pub(crate) fn prefix(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = Path::parse_mod_style(input)?;
        input.parse::<Token![;]>()?;
        Ok(Self::given(&path))
    }

    /// The path, resolved where it came from but shown at `span`: otherwise a type error would quote our own source.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        let moved = |mut token: TokenTree| {
            token.set_span(token.span().located_at(span));
            token
        };
        self.0.clone().into_iter().map(moved).collect()
    }
}

impl ToTokens for Krate {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.clone());
    }
}

/// Shown at the user's tokens, yet known to the compiler as generated, so that no lint speaks of it.
pub(crate) fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The first and the last token's span, the way to show a whole expression on stable Rust.
pub(crate) fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.into_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |t| t.span());
    (first, tokens.last().map_or(first, |t| t.span()))
}

/// `&place`, shown at the place.
pub(crate) fn borrowed(place: &impl ToTokens) -> TokenStream {
    let (start, _) = ends(place);
    quote_spanned!(shown_at(start)=> &#place)
}

/// The place of a declaration. Every token has the name's own span: `line!()` gives the line of the outermost macro
/// call that it comes from, so with any generated span all items of one `view!` would have the line of the `view!`.
pub(crate) fn origin(krate: &Krate, name: &Ident) -> TokenStream {
    let span = name.span();
    let krate = krate.at(span);
    quote_spanned! {span=>
        #krate::__private::Origin::new(::core::module_path!(), ::core::file!(), ::core::line!(), ::core::column!())
    }
}

/// The entry of `__CENSUS_CELL` in one of the library's slices. The slice is of references, because a section of
/// larger elements would be padded as the linker likes.
pub(crate) fn registered(krate: &Krate, slice: &str, cell: &str) -> TokenStream {
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
