//! The static that describes a measured function, and its element in the slice.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{FunctionName, MeasuredFunction};
use crate::generate::{first_last_span, origin, slice_element};

/// `static __CENSUS_CELL`.
pub(super) fn declaration(measured: &MeasuredFunction) -> TokenStream {
    let MeasuredFunction {
        function,
        krate,
        arguments,
        name,
        results,
        ..
    } = measured;
    let name = match name {
        FunctionName::Literal(literal) => literal.clone(),
        FunctionName::Expression(expr) => {
            krate.call(quote!(function_name), first_last_span(expr), expr)
        }
    };
    let results = quote!(&[#(#results),*]);
    let origin = origin(krate, &function.sig.ident);
    let slice_element = slice_element(krate, "FUNCTIONS", "FunctionCell");
    let cell = if arguments.has_default_measures() {
        quote!(#krate::function_with_default_measures(#name, #results, #origin))
    } else {
        let latencies = arguments.latencies.iter();
        let latencies = latencies.map(|path| krate.checked("duration_measure", path));
        let in_flight = if let Some(path) = &arguments.in_flight {
            let measure = krate.checked("in_flight_measure", path);
            quote!(::core::option::Option::Some(#measure))
        } else {
            quote!(::core::option::Option::None)
        };
        let values = arguments.values.iter();
        let values = values.map(|(path, _)| krate.checked("measure", path));
        quote! {
            #krate::FunctionCell::new(
                #name,
                #results,
                const { &[#(#latencies),*] },
                const { #in_flight },
                const { &[#(#values),*] },
                #origin,
            )
        }
    };
    quote! {
        static __CENSUS_CELL: #krate::FunctionCell = #cell;
        #slice_element
    }
}
