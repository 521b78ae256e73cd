//! From a [`Tag`] to a static and its element in the slice.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::model::Tag;
use crate::doc;
use crate::generate::{element, first_last_span, origin};
use crate::names::Name;

pub(super) fn tag(tag: Tag) -> TokenStream {
    let Tag {
        item,
        krate,
        name,
        local,
    } = tag;
    let ty = item.ty.as_ref().map(ToTokens::to_token_stream);
    let ty = ty.unwrap_or_else(|| quote!(#krate::TagKey));
    // The library's checks of the arguments fail at these tokens.
    let checked_spans = name
        .unchecked()
        .map_or_else(|| first_last_span(&ty), first_last_span);
    let name = match name {
        Name::Given(expr) => expr.into_token_stream(),
        Name::Default(lower) => lower.into_token_stream(),
    };
    let description = doc::description(&krate, &item.attrs);
    let description = description.unwrap_or_else(|| "".into_token_stream());
    let origin = origin(&krate, &item.ident);
    let cell = krate.call(
        quote!(tag_key_cell::<#ty>),
        checked_spans,
        quote!(#name, #description, #local, #origin),
    );
    let key = krate.call(
        quote!(static_tag_key),
        first_last_span(&ty),
        quote!(&__CENSUS_CELL),
    );
    let element = element(&krate, "TAG_KEYS", "TagKeyCell");
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::TagKeyCell = #cell;
            #element
            #key
        };
    }
}
