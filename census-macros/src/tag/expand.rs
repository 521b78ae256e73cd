//! From a [`Tag`] to a static and its entry in the catalogue.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::Tag;
use crate::errors::Errors;
use crate::generate::{ends, origin, registered, shown_at};
use crate::{doc, names};

pub(super) fn tag(tag: Tag, errors: &mut Errors) -> TokenStream {
    let Tag {
        item,
        krate,
        name,
        local,
    } = tag;
    let ty = match &item.ty {
        Some(ty) => ty.to_token_stream(),
        None => quote!(#krate::TagKey),
    };
    let (start, end) = match &name {
        Some(name) if names::literal(name).is_none() => ends(name),
        _ => ends(&ty),
    };
    let name = names::name(name, &item.name, "name = \"…\"", errors, |lower| quote!(#lower));
    let description = doc::first_paragraph(&item.attrs).unwrap_or_default();
    let origin = origin(&krate, &item.name);
    let registered = registered(&krate, "TAG_KEYS", "TagKeyCell");

    // A check that fails in here is shown where its argument stands.
    let this = quote_spanned!(shown_at(start)=> <#ty>);
    let arguments = quote_spanned!(shown_at(end)=> (#name, #description, #local, #origin));
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::__private::TagKeyCell = #this::__cell #arguments;
            #registered
            <#ty>::__from_cell(&__CENSUS_CELL)
        };
    }
}
