//! From a [`Measure`] to a static and its entry in the catalogue.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::Measure;
use crate::errors::Errors;
use crate::generate::{ends, optional, origin, registered};
use crate::{doc, names};

pub(super) fn measure(measure: Measure, errors: &mut Errors) -> TokenStream {
    let Measure {
        item,
        value,
        krate,
        name,
        unit,
    } = measure;
    let ty = item.ty.as_ref().map(ToTokens::to_token_stream);
    let ty = ty.unwrap_or_else(|| quote!(#krate::Measure<#value>));
    // A check that fails is shown where its argument stands.
    let (start, end) = match (&name, &unit) {
        (Some(name), _) if names::literal(name).is_none() => ends(name),
        (_, Some(unit)) => ends(unit),
        _ => ends(&ty),
    };
    let name = names::name(
        name,
        &item.name,
        "name = \"…\"",
        errors,
        |lower| quote!(#krate::__private::default_name!(#lower)),
    );
    let unit = optional(unit);
    let description = doc::first_paragraph(&item.attrs).unwrap_or_default();
    let origin = origin(&krate, &item.name);
    let function = krate.path(quote!(__private::measure_cell), start);
    let function = quote_spanned!(krate.shown_at(start)=> #function::<#ty>);
    let arguments = quote_spanned! {krate.shown_at(end)=>
        (#name, #description, #unit, #origin)
    };
    let measure = krate.call(
        quote!(Measure::__from_cell),
        ends(&ty),
        quote!(&__CENSUS_CELL),
    );
    let registered = registered(&krate, "MEASURES", "MeasureCell");
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::__private::MeasureCell = #function #arguments;
            #registered
            #measure
        };
    }
}
