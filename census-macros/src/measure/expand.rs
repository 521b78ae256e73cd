//! From a [`Measure`] to a static and its element in the slice.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::model::{Measure, Reading, Shape};
use crate::doc;
use crate::generate::{Krate, element, element_of, first_last_span, optional, origin};
use crate::names::Name;

pub(super) fn measure(measure: Measure) -> TokenStream {
    let Measure {
        item,
        value_type,
        krate,
        name,
        unit,
        is_observed,
        is_alias,
        is_total,
        reading,
    } = measure;
    let ty = item.ty.as_ref().map(ToTokens::to_token_stream);
    let ty = ty.unwrap_or_else(|| {
        if is_observed {
            quote!(#krate::Observed<#value_type>)
        } else {
            quote!(#krate::Measure<#value_type>)
        }
    });
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
    let function = if is_total {
        quote!(total_measure_cell)
    } else {
        quote!(measure_cell)
    };
    let function = krate.private(function, first);
    let function = quote_spanned!(krate.respan(first)=> #function::<#ty>);
    let arguments = quote_spanned! {krate.respan(last)=>
        (#name, #description, #unit, #origin)
    };
    let (function_of_cell, arguments_of_cell) = if is_observed {
        (quote!(static_observed), quote!(&__CENSUS_CELL, #is_total))
    } else {
        (quote!(static_measure), quote!(&__CENSUS_CELL))
    };
    let measure = if is_alias {
        // A method of `Measure` and of `Observed`: a function that is `const` cannot be generic over both.
        let function = quote_spanned!(first_last_span(&ty).0=> __of_static);
        quote!(<#ty>::#function(&__CENSUS_CELL, #is_total))
    } else {
        krate.call(function_of_cell, first_last_span(&ty), arguments_of_cell)
    };
    let element = element(&krate, "MEASURES", "MeasureCell");
    let observation = reading.map(|reading| observation(&krate, &ty, reading));
    quote! {
        #item: #ty = {
            static __CENSUS_CELL: #krate::MeasureCell = #function #arguments;
            #element
            #observation
            #measure
        };
    }
}

/// The function that reads a measure of this type, and its element in the slice.
fn observation(krate: &Krate, ty: &TokenStream, reading: Reading) -> TokenStream {
    let Reading { shape, tokens } = reading;
    let span = krate.respan(last_word_span(&tokens));
    let value = quote!(<#ty as #krate::StaticMeasure>::Value);
    let function_type = match shape {
        Shape::ReturnsValue => Some(quote!(fn() -> #value)),
        Shape::SaysValues => Some(quote!(fn(&mut #krate::Readings<'_, #value>))),
        Shape::Expression => None,
    };
    let (function, expression) = match function_type {
        Some(ty) => (
            Some(quote!(const __CENSUS_READ: #ty = #tokens;)),
            quote!(__CENSUS_READ),
        ),
        None => (None, tokens),
    };
    // All of it at one token: the compiler shows one of two errors that differ in nothing.
    let reading = krate.private(quote!(reading), span);
    let reading = quote_spanned!(span=> &#reading::<#ty, _, _>(#expression));
    let name = Ident::new("__CENSUS_OBSERVATION", Span::call_site());
    let element = element_of(krate, "OBSERVATIONS", "StaticObservation", Some(&name));
    quote! {
        #function
        static #name: #krate::StaticObservation = #krate::StaticObservation::new(
            &__CENSUS_CELL,
            const { #reading },
        );
        #element
    }
}

/// The span of the last word: of a path to a function, its name.
fn last_word_span(tokens: &TokenStream) -> Span {
    let words = tokens.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.span()),
        _ => None,
    });
    words.last().unwrap_or_else(|| first_last_span(tokens).0)
}
