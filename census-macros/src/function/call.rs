//! The code around a body: it begins a call, looks at the returned value, and ends the call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::{Arguments, MeasuredFunction};
use crate::generate::{Krate, first_last_span};
use crate::record;

/// Makes the code around one function's body.
pub(super) struct CallExpander<'a> {
    pub(super) krate: &'a Krate,
    pub(super) arguments: &'a Arguments,
}

impl<'a> CallExpander<'a> {
    pub(super) fn new(measured: &'a MeasuredFunction) -> Self {
        Self {
            krate: &measured.krate,
            arguments: &measured.arguments,
        }
    }

    /// The call's plan, with its tags.
    fn plan(&self) -> TokenStream {
        let Self { krate, arguments } = self;
        let mut plan = quote!(#krate::CallPlan::new(&__CENSUS_CELL));
        if !arguments.tags.is_empty() {
            let tags = record::expand_tags(krate, &arguments.tags);
            plan = quote!(#krate::CallPlan::with_tags(#plan, #tags));
        }
        plan
    }

    /// A statement that enters the call's tags, if it has any, for a call that is not polled.
    pub(super) fn enter(&self) -> TokenStream {
        let Self { krate, arguments } = self;
        if arguments.tags.is_empty() {
            return TokenStream::new();
        }
        let tags = record::expand_tags(krate, &arguments.tags);
        quote!(let __census_scope = #krate::TagMap::enter(#tags);)
    }

    /// Statements that begin a call, run a body, look at the returned value, and end the call.
    pub(super) fn run(&self, declaration: &TokenStream, body: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let enter = self.enter();
        let finish = self.finish(&quote!(&__census_returned), &quote!(&mut __census_call));
        quote! {
            #declaration
            #enter
            let mut __census_call = #krate::Call::new(&__CENSUS_CELL);
            #krate::Call::begin(&mut __census_call);
            // It would report the closure beside the function, or instead of the trait that the function implements.
            #[allow(clippy::result_large_err)]
            let __census_returned = #body;
            #finish
            __census_returned
        }
    }

    /// A future that polls the body's future. `is_move`: whether the body's future owns all variables that it mentions.
    pub(super) fn polled(&self, future: &TokenStream, is_move: bool) -> TokenStream {
        let krate = self.krate;
        let plan = self.plan();
        let finish = self.finish(&quote!(__census_returned), &quote!(__census_call));
        let measured = |plan: &TokenStream| {
            quote! {
                #krate::CallPlan::measured(
                    #plan,
                    #future,
                    |__census_returned, __census_call| { #finish },
                )
            }
        };
        if self.arguments.tags.is_empty() {
            return measured(&plan);
        }
        let measured = measured(&quote!(__census_plan));
        let measured = quote!({ let __census_plan = #plan; #measured });
        if is_move {
            // The closure holds the values that the tags borrow. Without the closure, the outer future would have room
            // for these values, although they move into the inner future.
            quote!(#krate::call(move || #measured))
        } else {
            measured
        }
    }

    /// Statements that take the result and the measured values from `returned`, a reference, and give them to `call`, a
    /// mutable reference.
    fn finish(&self, returned: &TokenStream, call: &TokenStream) -> TokenStream {
        let Self { krate, arguments } = self;
        let values = arguments.values.iter().map(|(path, closure)| {
            // The same check as in the static: of two equal errors the compiler shows one.
            let measure = krate.checked("recorded_measure", path);
            let applied = apply(krate, returned, closure);
            krate.call(
                quote!(Call::value),
                (first_last_span(path).0, first_last_span(closure).1),
                quote!(#call, #measure, __census_result, || #applied),
            )
        });
        let Some(closure) = &arguments.result else {
            let values = (!arguments.values.is_empty()).then(|| {
                quote! {
                    let __census_result = #krate::AsTagValue::as_tag_value(&__census_outcome);
                    #(#values;)*
                }
            });
            return quote! {
                let __census_outcome = #krate::outcome!(#returned);
                #values
                #krate::Call::set_result(#call, __census_outcome);
            };
        };
        let applied = apply(krate, returned, closure);
        let last = krate.respan(first_last_span(closure).1);
        let value = quote_spanned!(last=> &__census_value);
        let function = quote!(AsTagValue::as_tag_value);
        let result = krate.call(function, first_last_span(closure), value);
        // A block: the returned value is moved after it.
        quote! {{
            let __census_value = #applied;
            let __census_result = #result;
            #(#values;)*
            #krate::Call::finish(#call, __census_result);
        }}
    }
}

/// The user's closure applied to the returned value, shown at the closure. The closure is passed to a method, because
/// there the compiler infers the type of a closure's argument.
fn apply(krate: &Krate, returned: &TokenStream, closure: &TokenStream) -> TokenStream {
    let value = Ident::new("__census_taken", Span::call_site());
    let (first, last) = first_last_span(closure);
    let closure = quote_spanned!(krate.respan(last)=> (#closure));
    let map = quote_spanned!(krate.respan(first)=> [#returned].map);
    quote!({
        let [#value] = #map #closure;
        #value
    })
}
