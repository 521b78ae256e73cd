//! From a [`Function`] to one whose calls are measured.
//!
//! There are four ways to run a body, each the thinnest for what has to be known:
//! - *directly*, where what it returns is no `Result` and nobody looks at it: a guard records when it is dropped;
//! - *in a closure*, because a body may `return`, where what it returns is looked at;
//! - *in a function of its own*, where it tracks its caller, too;
//! - *in an `async` block* that is polled by the library, where it makes a future.
//!
//! In all of them the body is a block of its own, in the user's braces: so the temporaries of its last expression are
//! dropped as the user's edition says, and items in it do not stand after statements. It has a label, because braces
//! without one are reported as unnecessary; and the label has the user's span, because otherwise the block would have the
//! edition of this crate, and be overlooked by lints.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{ExprAsync, Lifetime, Type};

use super::inputs::{self, Inputs};
use super::item::{Function, braced};
use super::{Arguments, Place, check, future, output, sibling};
use crate::errors::Errors;
use crate::generate::{Krate, ends, origin, registered};
use crate::{names, record};

pub(super) fn function(
    function: Function,
    arguments: &Arguments,
    place: &Place,
    errors: &mut Errors,
) -> TokenStream {
    if !check::can_be_measured(&function, arguments, place, errors) {
        return function.to_token_stream();
    }
    let Some(body) = function.body.clone() else {
        return function.to_token_stream();
    };
    let krate = arguments.krate();
    let measured = Measured {
        krate: &krate,
        arguments,
    };
    let written = function.sig.output.clone();
    let ty = output::ty(&written);
    if function.sig.asyncness.is_some() {
        return measured.asynchronous(function, &body, place, ty);
    }
    if let Some(future) = output::future(&written) {
        return measured.future(&function, &body, place, future.output, errors);
    }
    if output::is_plain(&written) && !arguments.look_at_returned() {
        return measured.directly(&function, &body, place, ty);
    }
    if function.attribute("track_caller").is_some() {
        return measured.in_function(function, place, ty);
    }
    measured.in_closure(function, &body, place, ty)
}

/// What all ways have in common.
struct Measured<'a> {
    krate: &'a Krate,
    arguments: &'a Arguments,
}

impl Measured<'_> {
    fn directly(
        &self,
        function: &Function,
        body: &Group,
        place: &Place,
        ty: Option<&Type>,
    ) -> TokenStream {
        let krate = self.krate;
        let declared = self.declared(function, place, ty, false);
        let entered = self.entered();
        let call = if output::is_never(ty) {
            // Whatever drops it, nothing was returned.
            quote!(Call)
        } else {
            quote!(PlainCall)
        };
        let guard = quote! {
            let mut __census_call = #krate::__private::#call::new(&__census_plan);
            #krate::__private::#call::begin(&mut __census_call);
        };
        let labelled = labelled(body);
        with_body(function, &quote!(#declared #entered #guard #labelled), body)
    }

    fn in_closure(
        &self,
        mut function: Function,
        body: &Group,
        place: &Place,
        ty: Option<&Type>,
    ) -> TokenStream {
        let krate = self.krate;
        let declared = self.declared(&function, place, ty, false);
        let hint = if output::is_never(ty) {
            TokenStream::new()
        } else {
            output::hint(ty)
        };
        let Inputs { captured, bound } = self.inputs(&mut function, body);
        let labelled = labelled(body);
        let run = quote!(#krate::__private::call(move || {
            #hint #captured #bound #labelled
        }));
        with_body(&function, &self.finished(&declared, &run), body)
    }

    fn in_function(&self, mut function: Function, place: &Place, ty: Option<&Type>) -> TokenStream {
        let declared = self.declared(&function, place, ty, false);
        let tags = self.arguments.tags.iter().map(|tag| &tag.value);
        let sibling = sibling::of(&mut function, place, &quote!(#(#tags)*));
        let (inside, beside) = (&sibling.inside, &sibling.beside);
        let finished = self.finished(&quote!(#inside #declared), &sibling.call);
        let body = function.body.clone();
        let like = body.unwrap_or_else(|| Group::new(Delimiter::Brace, TokenStream::new()));
        let function = with_body(&function, &finished, &like);
        quote!(#function #beside)
    }

    fn asynchronous(
        &self,
        mut function: Function,
        body: &Group,
        place: &Place,
        ty: Option<&Type>,
    ) -> TokenStream {
        let declared = self.declared(&function, place, ty, true);
        let never = syn::parse_quote!(::core::convert::Infallible);
        let is_never = output::is_never(ty);
        let hint = output::hint(if is_never { Some(&never) } else { ty });
        let Inputs { captured, bound } = self.inputs(&mut function, body);
        let labelled = labelled(body);
        // What is missing in the future is shown at the body.
        let span = Span::call_site().located_at(body.span());
        let future = quote_spanned!(span=> async move { #hint #captured #bound #labelled });
        let measured = self.polled(&future, true);
        let run = if is_never {
            quote!(match #measured.await {})
        } else {
            quote!(#measured.await)
        };
        with_body(&function, &quote!(#declared #run), body)
    }

    fn future(
        &self,
        function: &Function,
        body: &Group,
        place: &Place,
        ty: Option<&Type>,
        errors: &mut Errors,
    ) -> TokenStream {
        let declared = self.declared(function, place, ty, true);
        let hint = match ty {
            Some(ty) if !output::is_never(Some(ty)) => output::hint(Some(ty)),
            _ => TokenStream::new(),
        };
        let measure = |block: &ExprAsync, is_whole: bool| {
            let ExprAsync {
                attrs,
                async_token,
                capture,
                block,
                ..
            } = block;
            let label = label(block.brace_token.span.open());
            let hint = is_whole.then_some(&hint);
            let future = quote!(#async_token #capture { #hint #label #block });
            let measured = self.polled(&future, capture.is_some());
            if self.arguments.tags.is_empty() {
                quote!(#(#attrs)* #measured)
            } else {
                // The tags are evaluated at the first poll.
                quote!(#(#attrs)* #async_token #capture { #measured.await })
            }
        };
        match future::measured(body, &measure) {
            Ok(measured) => {
                let measured = labelled(&measured);
                with_body(function, &quote!(#declared #measured), body)
            }
            Err(unseen) if unseen.is_empty() => {
                check::unseen(&function.sig.output, errors);
                function.to_token_stream()
            }
            Err(unseen) => {
                check::unseen(unseen, errors);
                function.to_token_stream()
            }
        }
    }

    fn inputs(&self, function: &mut Function, body: &Group) -> Inputs {
        let tags = &self.arguments.tags;
        let values = tags.iter().map(|tag| &tag.value);
        let body = body.stream();
        inputs::owned(
            &mut function.sig,
            &quote!(#body #(#values)*),
            !tags.is_empty(),
        )
    }

    /// The function in the catalogue.
    fn declared(
        &self,
        function: &Function,
        place: &Place,
        returned: Option<&Type>,
        is_async: bool,
    ) -> TokenStream {
        let Self { krate, arguments } = self;
        let ident = &function.sig.ident;
        let name = match (&arguments.name, place) {
            (Some(name), _) if names::literal(name).is_some() => quote!(#name),
            (Some(name), _) => krate.call(quote!(__private::function_name), ends(name), name),
            (None, Place::Alone) => ident.unraw().to_string().to_token_stream(),
            (None, Place::Impl { ty, .. }) => format!("{ty}::{}", ident.unraw()).to_token_stream(),
        };
        let mut results = Vec::new();
        if arguments.result.is_none() && !output::is_never(returned) {
            results.push("ok");
            results.extend(output::is_fallible(returned).then_some("error"));
        }
        results.push("panicked");
        results.extend(is_async.then_some("cancelled"));
        let origin = origin(krate, ident);
        let registered = registered(krate, "FUNCTIONS", "FunctionCell");
        let results = quote!(&[#(#results),*]);
        let cell = if arguments.is_bare() {
            quote!(bare(#name, #results, #origin))
        } else {
            let latencies = arguments.latencies.iter();
            let latencies = latencies.map(|path| krate.checked("latency", path));
            let in_flight = if let Some(path) = &arguments.in_flight {
                let measure = krate.checked("in_flight", path);
                quote!(::core::option::Option::Some(#measure))
            } else {
                quote!(::core::option::Option::None)
            };
            let values = arguments.values.iter();
            let values = values.map(|(path, _)| krate.checked("measure", path));
            quote!(new(
                #name,
                #results,
                const { &[#(#latencies),*] },
                const { #in_flight },
                const { &[#(#values),*] },
                #origin,
            ))
        };
        quote! {
            static __CENSUS_CELL: #krate::__private::FunctionCell =
                #krate::__private::FunctionCell::#cell;
            #registered
        }
    }

    /// What a call is measured by.
    fn plan(&self) -> TokenStream {
        let Self { krate, arguments } = self;
        let mut plan = quote!(#krate::__private::CallPlan::new(&__CENSUS_CELL));
        if !arguments.tags.is_empty() {
            let tags = record::expand_tags(krate, &arguments.tags);
            plan = quote!(#krate::__private::CallPlan::with_tags(#plan, #tags));
        }
        plan
    }

    /// The plan, and its tags in context, where a call is not polled.
    fn entered(&self) -> TokenStream {
        let krate = self.krate;
        let plan = self.plan();
        let scope = (!self.arguments.tags.is_empty()).then(
            || quote!(let __census_scope = #krate::__private::CallPlan::enter(&__census_plan);),
        );
        quote!(let __census_plan = #plan; #scope)
    }

    /// Runs a body, and looks at what it returns.
    fn finished(&self, declared: &TokenStream, run: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let entered = self.entered();
        let looked_at = self.looked_at(&quote!(&__census_returned));
        quote! {
            #declared
            #entered
            let mut __census_call = #krate::__private::Call::new(&__census_plan);
            #krate::__private::Call::begin(&mut __census_call);
            let __census_returned = #run;
            { #looked_at }
            __census_returned
        }
    }

    /// A future that polls a body's, which owns what it mentions, or not.
    fn polled(&self, future: &TokenStream, owns: bool) -> TokenStream {
        let krate = self.krate;
        let plan = self.plan();
        let looked_at = self.looked_at(&quote!(__census_returned));
        let measured = |plan: &TokenStream| {
            quote! {
                #krate::__private::CallPlan::measured(
                    #plan,
                    #future,
                    |__census_returned, __census_call| { #looked_at },
                )
            }
        };
        if self.arguments.tags.is_empty() {
            return measured(&plan);
        }
        let measured = measured(&quote!(__census_plan));
        let measured = quote!({ let __census_plan = #plan; #measured });
        if owns {
            // What the tags borrow is the closure's. Were it the outer future's, that would keep room for it, although
            // it moves on into the inner one.
            quote!(#krate::__private::call(move || #measured))
        } else {
            measured
        }
    }

    /// Ends the call, with what the reference to the returned tells.
    fn looked_at(&self, returned: &TokenStream) -> TokenStream {
        let Self { krate, arguments } = self;
        let result = match &arguments.result {
            None => quote! {
                let __census_result = #krate::__private::outcome!(#returned);
            },
            Some(closure) => {
                let applied = applied(krate, returned, closure);
                let end = krate.shown_at(ends(closure).1);
                let value = quote_spanned!(end=> &__census_value);
                let result = krate.call(quote!(AsTagValue::as_tag_value), ends(closure), value);
                quote! {
                    let __census_value = #applied;
                    let __census_result = #result;
                }
            }
        };
        let values = arguments.values.iter().map(|(path, closure)| {
            // The same check as in the catalogue's entry: of two equal errors the compiler shows one.
            let measure = krate.checked("measure", path);
            let applied = applied(krate, returned, closure);
            krate.call(
                quote!(__private::Call::value),
                (ends(path).0, ends(closure).1),
                quote!(&__census_call, #measure, &__census_result, || #applied),
            )
        });
        quote! {
            #result
            #(#values;)*
            #krate::__private::Call::finish(__census_call, &__census_result);
        }
    }
}

/// What a closure says about the returned, shown at the closure. Handed to a method, a closure knows the type of its
/// argument.
fn applied(krate: &Krate, returned: &TokenStream, closure: &TokenStream) -> TokenStream {
    let value = Ident::new("__census_taken", Span::call_site());
    let (start, end) = ends(closure);
    let closure = quote_spanned!(krate.shown_at(end)=> (#closure));
    let map = quote_spanned!(krate.shown_at(start)=> [#returned].map);
    quote!({
        let [#value] = #map #closure;
        #value
    })
}

/// The user's block inside of another.
fn labelled(body: &Group) -> TokenStream {
    let label = label(body.span_open());
    quote!(#label #body)
}

fn label(span: Span) -> TokenStream {
    let label = Lifetime::new("'__census_body", span);
    quote_spanned!(span=> #label:)
}

/// The function with another body.
fn with_body(function: &Function, body: &TokenStream, like: &Group) -> TokenStream {
    let head = function.head();
    // Our own braces: the user's stand around his own body.
    let mut body = braced(body.clone(), like);
    body.set_span(Span::call_site().located_at(like.span()));
    quote!(#head #body)
}
