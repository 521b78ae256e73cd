//! From a [`Measure`] to a static and its entry in the catalogue.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::Measure;
use crate::errors::Errors;
use crate::generate::{ends, origin, registered, shown_at};
use crate::{doc, names};

pub(super) fn measure(measure: Measure, errors: &mut Errors) -> TokenStream {
    let Measure {
        item,
        krate,
        name,
        unit,
    } = measure;
    let ty = match &item.ty {
        Some(ty) => ty.to_token_stream(),
        None => quote!(#krate::Measure<u64>),
    };
    let (start, end) = match (&name, &unit) {
        (Some(name), _) if names::literal(name).is_none() => ends(name),
        (_, Some(unit)) => ends(unit),
        _ => ends(&ty),
    };
    let name = names::name(name, &item.name, "name = \"…\"", errors, |lower| {
        quote!(#krate::__private::default_name!(#lower))
    });
    let unit = match unit {
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
        None => quote!(::core::option::Option::None),
    };
    let description = doc::first_paragraph(&item.attrs).unwrap_or_default();
    let origin = origin(&krate, &item.name);
    let registered = registered(&krate, "MEASURES", "MeasureCell");

    // A check that fails in here is shown where its argument stands.
    let this = quote_spanned!(shown_at(start)=> <#ty>);
    let arguments = quote_spanned!(shown_at(end)=> (#name, #description, #unit, #origin));
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::__private::MeasureCell = #this::__cell #arguments;
            #registered
            <#ty>::__from_cell(&__CENSUS_CELL)
        };
    }
}
