//! From a [`Tag`] to a static and its entry in the catalogue.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::Tag;
use crate::errors::Errors;
use crate::generate::{ends, origin, registered};
use crate::{doc, names};

pub(super) fn tag(tag: Tag, errors: &mut Errors) -> TokenStream {
    let Tag {
        item,
        krate,
        name,
        local,
    } = tag;
    let ty = item.ty.as_ref().map(ToTokens::to_token_stream);
    let ty = ty.unwrap_or_else(|| quote!(#krate::TagKey));
    // A check that fails is shown where its argument stands.
    let checked = match &name {
        Some(name) if names::literal(name).is_none() => ends(name),
        _ => ends(&ty),
    };
    let name = names::name(
        name,
        &item.name,
        "name = \"…\"",
        errors,
        |lower| quote!(#lower),
    );
    let description = doc::first_paragraph(&item.attrs).unwrap_or_default();
    let origin = origin(&krate, &item.name);
    let cell = krate.call(
        quote!(TagKey::__cell),
        checked,
        quote!(#name, #description, #local, #origin),
    );
    let key = krate.call(
        quote!(TagKey::__from_cell),
        ends(&ty),
        quote!(&__CENSUS_CELL),
    );
    let registered = registered(&krate, "TAG_KEYS", "TagKeyCell");
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::__private::TagKeyCell = #cell;
            #registered
            #key
        };
    }
}
