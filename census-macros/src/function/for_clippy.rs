//! The function that Clippy sees: the user's, without the code that measures it.
//!
//! Many of Clippy's lints look for a shape of the whole body, which a measured one does not have. So a measured function has
//! a twin under `cfg(clippy)`, which only Clippy sets. Clippy makes no programs, so the twin never runs. If `#[measure]` has
//! arguments, the twin's body begins with a statement that contains them: the compiler checks them there, and does not
//! report what only they use as unused.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};
use syn::{ExprAsync, Type};

use super::body::{label, labeled, with_body};
use super::call::CallExpander;
use super::future::AsyncBlock;
use super::item::mentions;
use super::model::{BodyPlan, FunctionName, MeasuredFunction};
use super::{cell, hint, output};

/// The twin. `None` if its arguments are about a returned value whose type cannot be written: then Clippy sees the measured
/// function. `of_trait`: whether the function is in the `impl` of a trait, as far as the macro sees it.
pub(super) fn function(measured: &MeasuredFunction, of_trait: bool) -> Option<TokenStream> {
    let function = &measured.function;
    let twin = if has_arguments(measured) {
        with_statement(measured, &statement(measured)?)
    } else {
        function.to_token_stream()
    };
    if of_trait || function.sig.asyncness.is_some() {
        return Some(twin);
    }
    // A measured function cannot be `const`. The user's attributes come after this one, so they decide.
    Some(quote!(#[allow(clippy::missing_const_for_fn)] #twin))
}

/// Whether there are arguments with names in them.
fn has_arguments(measured: &MeasuredFunction) -> bool {
    let arguments = &measured.arguments;
    !arguments.has_default_measures()
        || arguments.need_returned_value()
        || arguments.use_inputs()
        || matches!(measured.name, FunctionName::Expression(_))
        || measured.krate.may_be_imported()
}

/// A single statement, and not an item: some lints look at the first statement of a body.
fn statement(measured: &MeasuredFunction) -> Option<TokenStream> {
    let krate = &measured.krate;
    let declaration = cell::declaration(measured);
    let expander = CallExpander::new(measured);
    let plan = expander.plan();
    let exemplar = expander
        .exemplar()
        .map(|exemplar| quote!(let _ = #exemplar;));
    let on_return = if measured.arguments.need_returned_value() {
        let ty = returned_type(measured)?;
        let finish = expander.finish(&quote!(__census_returned), &quote!(__census_call));
        quote! {
            let _ = |__census_returned: &#ty, __census_call: &mut #krate::Call| { #finish };
        }
    } else {
        TokenStream::new()
    };
    Some(quote!(let _ = { #declaration #on_return #exemplar #plan };))
}

/// The type of the value that the arguments' closures look at, if it can be written in the body.
fn returned_type(measured: &MeasuredFunction) -> Option<TokenStream> {
    let ty: Option<&Type> = match &measured.plan {
        BodyPlan::Future(plan) if !plan.body.gives_output() => return None,
        BodyPlan::Future(plan) => Some(plan.output.as_ref()?),
        _ => output::return_type(&measured.function.sig.output),
    };
    let Some(ty) = ty else {
        return Some(quote!(()));
    };
    let tokens = ty.to_token_stream();
    let can_be_written = !output::is_never(Some(ty)) && !mentions(&tokens, "impl");
    can_be_written.then(|| hint::generated(tokens))
}

/// The function with a statement before its body or, where its arguments are evaluated in the body's `async` blocks, at the
/// beginning of these.
fn with_statement(measured: &MeasuredFunction, statement: &TokenStream) -> TokenStream {
    let function = &measured.function;
    let BodyPlan::Future(plan) = &measured.plan else {
        let labeled = labeled(&measured.body);
        return with_body(function, &quote!(#statement #labeled), &measured.body);
    };
    let replace = |AsyncBlock { expr, .. }: &AsyncBlock| {
        let ExprAsync {
            attrs,
            async_token,
            capture,
            block,
            ..
        } = expr;
        let label = label(block.brace_token.span.open());
        let mut body = Group::new(Delimiter::Brace, quote!(#statement #label #block));
        body.set_span(block.brace_token.span.join());
        quote!(#(#attrs)* #async_token #capture #body)
    };
    let body = plan.body.with_blocks(&replace);
    with_body(function, &body.stream(), &measured.body)
}
