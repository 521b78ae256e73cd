//! The static that describes a measured function, and its element in the slice.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{FunctionName, KnownResults, MeasuredFunction};
use crate::generate::{element, first_last_span};

/// `static __CENSUS_CELL`.
pub(super) fn declaration(measured: &MeasuredFunction) -> TokenStream {
    let MeasuredFunction {
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
    let KnownResults {
        ok,
        error,
        cancelled,
    } = results;
    let results = quote!(#krate::KnownResults { ok: #ok, error: #error, cancelled: #cancelled });
    let element = element(krate, "FUNCTIONS", "FunctionCell");
    let recorded_into = if arguments.has_default_measures() {
        quote!(&#krate::DEFAULT_MEASURES)
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
        let values = values.map(|(path, _)| krate.checked("recorded_measure", path));
        quote! {
            const {
                &#krate::FunctionMeasures {
                    latencies: &[#(#latencies),*],
                    in_flight: #in_flight,
                    values: &[#(#values),*],
                }
            }
        }
    };
    quote! {
        static __CENSUS_CELL: #krate::FunctionCell =
            #krate::FunctionCell::new(#name, ::core::module_path!(), #recorded_into, #results);
        #element
    }
}
