//! From a [`CheckedFunction`] to tokens.
//!
//! In every [`BodyPlan`] the body is a block of its own (`body.rs`). The braces of the function, of the closure and of the
//! `async` block around the body have the spans of the user's braces. Lints skip a function whose braces are generated,
//! `dead_code` among them, and `-C instrument-coverage` counts only what has the same expansion as the braces around it.
//!
//! Clippy sees another version of a measured function (`for_clippy.rs`). Both are in the output, each for its `cfg`.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ExprAsync, Lifetime, Type};

use super::body::{label, labeled, with_body};
use super::call::CallExpander;
use super::future::AsyncBlock;
use super::inputs::{self, Statements, Treatment};
use super::item::{Function, braced};
use super::model::{
    BlockItem, BodyPlan, CheckedFunction, FuturePlan, ImplBlock, ItemContext, MeasuredFunction,
};
use super::{cell, for_clippy, hint, output, track_caller};

/// The whole block is there in both versions, so that an attribute below finds one block with all methods.
pub(super) fn block(block: ImplBlock<CheckedFunction>) -> TokenStream {
    let ImplBlock {
        head,
        braces,
        context,
        inner_attrs,
        items,
    } = block;
    let with_items = |items: Vec<TokenStream>| {
        let braces = braced(quote!(#(#inner_attrs)* #(#items)*), &braces);
        quote!(#head #braces)
    };
    let mut has_twin = false;
    let items = items.into_iter().map(|item| match item {
        BlockItem::Function(checked) => {
            let (items, twin) = versions(*checked, &context);
            has_twin |= twin.is_some();
            let measured = quote!(#(#items)*);
            let twin = twin.unwrap_or_else(|| measured.clone());
            (measured, twin)
        }
        BlockItem::Other(tokens) => (tokens.clone(), tokens),
    });
    let (measured, twins) = items.unzip();
    let twin = has_twin.then(|| with_items(twins));
    alternatives(&[with_items(measured)], twin)
}

pub(super) fn function(checked: CheckedFunction) -> TokenStream {
    let (measured, twin) = versions(checked, &ItemContext::Alone);
    alternatives(&measured, twin)
}

/// The items of a function, and its twin for Clippy, if it has one.
fn versions(
    checked: CheckedFunction,
    context: &ItemContext,
) -> (Vec<TokenStream>, Option<TokenStream>) {
    match checked {
        CheckedFunction::Measured(measured) => {
            let of_trait = matches!(context, ItemContext::Impl { of_trait: true, .. });
            (items(&measured), for_clippy::function(&measured, of_trait))
        }
        CheckedFunction::Unmeasured(function) => (vec![function.into_token_stream()], None),
    }
}

/// Items, and what Clippy sees in their place. The measured items come first, because an editor that finds the user's
/// tokens in several places may use the first one. They have no `cfg` of their own, because `rustdoc` can show it.
fn alternatives(measured: &[TokenStream], twin: Option<TokenStream>) -> TokenStream {
    let Some(twin) = twin else {
        return quote!(#(#measured)*);
    };
    quote! {
        #(#[cfg_attr(clippy, cfg(false))] #measured)*
        #[cfg(clippy)]
        #twin
    }
}

fn items(measured: &MeasuredFunction) -> Vec<TokenStream> {
    let item = match &measured.plan {
        BodyPlan::Direct { is_never } => direct(measured, *is_never),
        BodyPlan::Closure { is_never } => closure(measured, *is_never),
        BodyPlan::TrackCaller { is_method } => return track_caller(measured, *is_method),
        BodyPlan::Async { is_never } => asynchronous(measured, *is_never),
        BodyPlan::Future(plan) => future(measured, plan),
    };
    vec![item]
}

fn direct(measured: &MeasuredFunction, is_never: bool) -> TokenStream {
    let krate = &measured.krate;
    let declaration = cell::declaration(measured);
    let expander = CallExpander::new(measured);
    let enter = expander.enter();
    // A function of type `!` never returns, so its guard must not record `ok` when it is dropped.
    let call = if is_never {
        quote!(Call)
    } else {
        quote!(InfallibleCall)
    };
    let new = expander.new_call(&quote!(#call));
    let guard = quote! {
        let mut __census_call = #new;
        #krate::#call::begin(&mut __census_call);
    };
    let labeled = labeled(&measured.body);
    with_body(
        &measured.function,
        &quote!(#declaration #enter #guard #labeled),
        &measured.body,
    )
}

fn closure(measured: &MeasuredFunction, is_never: bool) -> TokenStream {
    let krate = &measured.krate;
    let declaration = cell::declaration(measured);
    let mut function = measured.function.clone();
    let hint = if is_never {
        TokenStream::new()
    } else {
        hint::hint(output::return_type(&function.sig.output))
    };
    let Statements { captures, bindings } = own_inputs(&mut function, measured);
    let labeled = labeled(&measured.body);
    let mut block = braced(quote!(#hint #captures #bindings #labeled), &measured.body);
    // The span of the closure is that of the user's body, because lints skip generated closures. But it begins after the
    // `{`: coverage counts the start of a closure's body if it is a `{`. So the first token has an empty span after the
    // `{`, and the last one the span of the `}`.
    block.set_span(measured.body.span_close());
    let span = after(measured.body.span_open());
    let entry = Lifetime::new("'__census_call", span);
    let closure = quote_spanned!(span=> move || #entry: #block);
    let body = quote!(#krate::call(#closure));
    let run = CallExpander::new(measured).run(&declaration, &body);
    with_body(&function, &run, &measured.body)
}

/// One function, or two.
fn track_caller(measured: &MeasuredFunction, is_method: bool) -> Vec<TokenStream> {
    let declaration = cell::declaration(measured);
    let mut function = measured.function.clone();
    let values = measured.arguments.input_values();
    let second = track_caller::second_function(&mut function, is_method, &values);
    let (inside, beside) = (&second.inside, &second.beside);
    let run = CallExpander::new(measured).run(&quote!(#inside #declaration), &second.call);
    let function = with_body(&function, &run, &measured.body);
    [Some(function), beside.clone()]
        .into_iter()
        .flatten()
        .collect()
}

fn asynchronous(measured: &MeasuredFunction, is_never: bool) -> TokenStream {
    let declaration = cell::declaration(measured);
    let mut function = measured.function.clone();
    let infallible: Type = syn::parse_quote!(::core::convert::Infallible);
    let hint = if is_never {
        hint::hint(Some(&infallible))
    } else {
        hint::hint(output::return_type(&function.sig.output))
    };
    let Statements { captures, bindings } = own_inputs(&mut function, measured);
    let labeled = labeled(&measured.body);
    let block = braced(quote!(#hint #captures #bindings #labeled), &measured.body);
    let span = function
        .sig
        .asyncness
        .map_or_else(Span::call_site, |token| token.span);
    let future = quote_spanned!(span=> async move #block);
    let polled = CallExpander::new(measured).polled(&future, true);
    let run = if is_never {
        quote!(match #polled.await {})
    } else {
        quote!(#polled.await)
    };
    with_body(&function, &quote!(#declaration #run), &measured.body)
}

fn future(measured: &MeasuredFunction, plan: &FuturePlan) -> TokenStream {
    let declaration = cell::declaration(measured);
    let hint = match plan.output.as_ref() {
        Some(ty) if !output::is_never(Some(ty)) => hint::hint(Some(ty)),
        _ => TokenStream::new(),
    };
    let expander = CallExpander::new(measured);
    if !plan.keeps_shape {
        let replace = |block: &AsyncBlock| async_block(&expander, block, None, &hint);
        let labeled = labeled(&plan.body.with_blocks(&replace));
        let statements = quote!(#declaration #labeled);
        return with_body(&measured.function, &statements, &measured.body);
    }
    // Some of the attributes that look for the block at the end of the body omit all statements before it, so the
    // declaration is in the block, if there is only one.
    let (inside, before) = match plan.body.blocks() {
        1 => (declaration, TokenStream::new()),
        _ => (TokenStream::new(), declaration),
    };
    let replace = |block: &AsyncBlock| async_block(&expander, block, Some(&inside), &hint);
    let body = plan.body.with_blocks(&replace).stream();
    with_body(&measured.function, &quote!(#before #body), &measured.body)
}

/// An `async` block of the user's, polled by the library. With `statements`, it stays an `async` block, which begins with
/// these.
fn async_block(
    expander: &CallExpander<'_>,
    AsyncBlock {
        expr,
        is_output,
        is_receiver,
    }: &AsyncBlock,
    statements: Option<&TokenStream>,
    hint: &TokenStream,
) -> TokenStream {
    let ExprAsync {
        attrs,
        async_token,
        capture,
        block,
        ..
    } = expr;
    let label = label(block.brace_token.span.open());
    let hint = is_output.then_some(hint);
    let mut body = Group::new(Delimiter::Brace, quote!(#hint #label #block));
    body.set_span(block.brace_token.span.join());
    let future = quote!(#async_token #capture #body);
    let polled = expander.polled(&future, capture.is_some());
    let future = if !expander.arguments.use_inputs() && statements.is_none() {
        quote!(#(#attrs)* #polled)
    } else {
        // The tags and the labels are evaluated at the first poll.
        let mut body = Group::new(Delimiter::Brace, quote!(#statements #polled.await));
        body.set_span(block.brace_token.span.join());
        quote!(#(#attrs)* #async_token #capture #body)
    };
    if !is_receiver {
        return future;
    }
    // In parentheses with the user's span: coverage looks at the beginning of the method's call.
    let mut parentheses = Group::new(Delimiter::Parenthesis, future);
    parentheses.set_span(async_token.span);
    parentheses.into_token_stream()
}

/// Makes the body own the inputs that it or the tags or labels use.
fn own_inputs(function: &mut Function, measured: &MeasuredFunction) -> Statements {
    let arguments = &measured.arguments;
    let values = arguments.input_values();
    let body = measured.body.stream();
    let treatment = Treatment {
        keep_patterns: arguments.use_inputs(),
        // Tags may assign to the inputs, too.
        bind_mutable: !arguments.use_inputs() && function.sig.asyncness.is_none(),
    };
    inputs::owned(&mut function.sig, &quote!(#body #values), treatment)
}

/// The empty span after another one.
fn after(span: Span) -> Span {
    // In a unit test there is no source.
    if proc_macro::is_available() {
        span.unwrap().end().into()
    } else {
        span
    }
}
