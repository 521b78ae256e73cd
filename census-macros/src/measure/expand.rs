//! From a [`Measure`] to a static and its element in the slice.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::model::Measure;
use crate::doc;
use crate::generate::{element, first_last_span, optional, origin};
use crate::names::Name;

pub(super) fn measure(measure: Measure) -> TokenStream {
    let Measure {
        item,
        value_type,
        krate,
        name,
        unit,
    } = measure;
    let ty = item.ty.as_ref().map(ToTokens::to_token_stream);
    let ty = ty.unwrap_or_else(|| quote!(#krate::Measure<#value_type>));
    // The library's checks of the arguments fail at these tokens.
    let (first, last) = match (name.unchecked(), &unit) {
        (Some(name), _) => first_last_span(name),
        (None, Some(unit)) => first_last_span(unit),
        (None, None) => first_last_span(&ty),
    };
    let name = match name {
        Name::Given(expr) => expr.into_token_stream(),
        Name::Default(lower) => quote!(#krate::default_name!(#lower)),
    };
    let unit = optional(unit);
    let description = doc::description(&krate, &item.attrs);
    let description = description.unwrap_or_else(|| "".into_token_stream());
    let origin = origin(&krate, &item.ident);
    let function = krate.private(quote!(measure_cell), first);
    let function = quote_spanned!(krate.respan(first)=> #function::<#ty>);
    let arguments = quote_spanned! {krate.respan(last)=>
        (#name, #description, #unit, #origin)
    };
    let measure = krate.call(
        quote!(static_measure),
        first_last_span(&ty),
        quote!(&__CENSUS_CELL),
    );
    let element = element(&krate, "MEASURES", "MeasureCell");
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::MeasureCell = #function #arguments;
            #element
            #measure
        };
    }
}
