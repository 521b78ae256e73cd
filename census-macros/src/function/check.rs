//! From a parsed function to a [`MeasuredFunction`], or to reports of what cannot be measured.

use proc_macro2::{Group, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Meta, Type};

use super::item::{Function, is_measure, mentions, take_measures};
use super::model::{
    Arguments, BlockItem, BodyPlan, CheckedFunction, FunctionName, FuturePlan, ImplBlock,
    ItemContext, KnownResults, MeasuredFunction,
};
use super::output::ReturnedFuture;
use super::{arguments, future, output};
use crate::errors::Errors;
use crate::generate::Krate;
use crate::names;

/// Checks a function with an attribute of its own.
pub(super) fn alone(
    mut function: Function,
    arguments: Arguments,
    errors: &mut Errors,
) -> CheckedFunction {
    if let Some(skip) = &arguments.skip {
        let message = "`skip` is for a method in an `impl` block with `#[measure]`\n\
                       help: remove the whole `#[measure(skip)]`";
        errors.at(skip, message);
    }
    for other in function.attrs.iter().filter(|attr| is_measure(attr)) {
        errors.at(other, REPEATED);
    }
    let checked = measured(&function, arguments, &ItemContext::Alone, errors);
    take_measures(&mut function.attrs);
    finish(function, checked)
}

const REPEATED: &str =
    "`#[measure]` is given twice\nhelp: write all measures and tags in one of the two";

/// Reports arguments that the attribute of a whole block cannot have.
pub(super) fn block_arguments(arguments: &Arguments, errors: &mut Errors) {
    if let Some(name) = &arguments.name {
        let message = "all methods of the block would have this name\n\
                       help: write `#[measure(name = \"…\")]` on a method";
        errors.at(name, message);
    }
    if let Some(future) = &arguments.future {
        let message = "`future` says of one function whether it returns a future\n\
                       help: write `#[measure(future = …)]` on a method";
        errors.at(future, message);
    }
    if let Some(skip) = &arguments.skip {
        let message = "`skip` is for a method, not for the whole block\n\
                       help: write `#[measure(skip)]` on a method, or remove this `#[measure]`";
        errors.at(skip, message);
    }
}

/// Checks all functions of a block.
pub(super) fn block(
    block: ImplBlock<Function>,
    arguments: &Arguments,
    errors: &mut Errors,
) -> ImplBlock<CheckedFunction> {
    let ImplBlock {
        head,
        braces,
        context,
        inner_attrs,
        items,
    } = block;
    let items = items.into_iter().map(|item| match item {
        BlockItem::Function(function) => {
            let checked = method(*function, arguments, &context, errors);
            BlockItem::Function(Box::new(checked))
        }
        BlockItem::Other(tokens) => BlockItem::Other(tokens),
    });
    ImplBlock {
        items: items.collect(),
        head,
        braces,
        context,
        inner_attrs,
    }
}

fn method(
    mut function: Function,
    block: &Arguments,
    context: &ItemContext,
    errors: &mut Errors,
) -> CheckedFunction {
    let attrs = take_measures(&mut function.attrs);
    if let Some(attr) = function.attribute("measure").cloned() {
        // If the `cfg_attr` stayed, its `#[measure]` would be expanded, and would report the same mistake.
        function.remove("measure");
        errors.at(
            attr,
            "the block's `#[measure]` cannot see into this `cfg_attr`\nhelp: remove the block's attribute, and write \
             one on each method",
        );
        return CheckedFunction::Unmeasured(Box::new(function));
    }
    if attrs.is_empty() && (function.sig.constness.is_some() || function.body.is_none()) {
        return CheckedFunction::Unmeasured(Box::new(function));
    }
    let mut attrs = attrs.into_iter();
    let mut merged = Arguments {
        name: None,
        skip: None,
        future: None,
        ..block.clone()
    };
    if let Some(attr) = attrs.next() {
        let before = errors.count();
        let arguments = match attr.meta {
            Meta::List(list) => arguments::parse(list.tokens, errors),
            _ => Arguments::default(),
        };
        if arguments.skip.is_some() || errors.count() > before {
            return CheckedFunction::Unmeasured(Box::new(function));
        }
        merged = arguments.merged_with_block(&merged);
    }
    for other in attrs {
        errors.at(other, REPEATED);
    }
    let checked = measured(&function, merged, context, errors);
    finish(function, checked)
}

/// All of a [`MeasuredFunction`] but the function.
struct Checked {
    body: Group,
    arguments: Arguments,
    name: FunctionName,
    results: KnownResults,
    plan: BodyPlan,
}

fn finish(function: Function, checked: Option<Checked>) -> CheckedFunction {
    let Some(checked) = checked else {
        return CheckedFunction::Unmeasured(Box::new(function));
    };
    let Checked {
        body,
        mut arguments,
        name,
        results,
        plan,
    } = checked;
    CheckedFunction::Measured(Box::new(MeasuredFunction {
        function,
        body,
        krate: arguments.krate.take().unwrap_or_else(Krate::default_path),
        arguments,
        name,
        results,
        plan,
    }))
}

/// How calls of this function are measured. `None` if they cannot be, which is reported.
fn measured(
    function: &Function,
    arguments: Arguments,
    context: &ItemContext,
    errors: &mut Errors,
) -> Option<Checked> {
    if !is_measurable(function, &arguments, context, errors) {
        return None;
    }
    let body = function.body.clone()?;
    let returned_future = returned_future(function, &arguments, errors);
    let is_async = function.sig.asyncness.is_some() || returned_future.is_some();
    let output = match &returned_future {
        Some(future) => future.output,
        None => output::return_type(&function.sig.output),
    };
    let plan = match &returned_future {
        Some(returned) => match future::find(&body) {
            Ok(body) => BodyPlan::Future(Box::new(FuturePlan {
                body,
                keeps_shape: function.has_other_macro(),
                output: output.cloned(),
            })),
            Err(other) => {
                report_other_future(function, returned.is_known_by_name, &other, errors);
                return None;
            }
        },
        None => plan(function, &arguments, context),
    };
    Some(Checked {
        name: name(function, &arguments, context),
        results: results(&arguments, output, is_async),
        body,
        arguments,
        plan,
    })
}

/// The future that a function returns without being `async`.
fn returned_future<'a>(
    function: &'a Function,
    arguments: &Arguments,
    errors: &mut Errors,
) -> Option<ReturnedFuture<'a>> {
    let is_async = function.sig.asyncness.is_some();
    let found = output::returned_future(&function.sig.output).filter(|_| !is_async);
    match &arguments.future {
        None => found,
        Some(future) if is_async => {
            let message = "`future` is for a function that is not `async`: an `async fn` always returns a future\n\
                           help: remove the `future = …`";
            errors.at(future, message);
            None
        }
        Some(future) if future.value => found.or(Some(ReturnedFuture {
            output: None,
            is_known_by_name: false,
        })),
        Some(_) => None,
    }
}

/// The plan for a function that does not return a future, unless it is `async`.
fn plan(function: &Function, arguments: &Arguments, context: &ItemContext) -> BodyPlan {
    let output = &function.sig.output;
    let is_never = output::is_never(output::return_type(output));
    if function.sig.asyncness.is_some() {
        BodyPlan::Async { is_never }
    } else if output::is_infallible(output) && !arguments.need_returned_value() {
        BodyPlan::Direct { is_never }
    } else if function.attribute("track_caller").is_some() {
        BodyPlan::TrackCaller {
            is_method: match context {
                ItemContext::Impl { .. } => true,
                ItemContext::Alone => looks_like_method(function),
            },
        }
    } else {
        BodyPlan::Closure { is_never }
    }
}

/// Whether a function under an attribute of its own is taken for a method: it has a receiver, or mentions `Self`.
fn looks_like_method(function: &Function) -> bool {
    let signature = function.sig.to_token_stream();
    let body = function.body.to_token_stream();
    function.sig.receiver().is_some() || mentions(&signature, "Self") || mentions(&body, "Self")
}

fn name(function: &Function, arguments: &Arguments, context: &ItemContext) -> FunctionName {
    let ident = function.sig.ident.unraw();
    match (&arguments.name, context) {
        (Some(name), _) if names::literal(name).is_some() => FunctionName::Literal(quote!(#name)),
        (Some(name), _) => FunctionName::Expression(name.clone()),
        (None, ItemContext::Alone) => FunctionName::Literal(ident.to_string().into_token_stream()),
        (None, ItemContext::Impl { ty, .. }) => {
            FunctionName::Literal(format!("{ty}::{ident}").into_token_stream())
        }
    }
}

/// The call results that are known before the first call. `result = ` can return any others.
fn results(arguments: &Arguments, output: Option<&Type>, is_async: bool) -> KnownResults {
    let ok = arguments.result.is_none() && !output::is_never(output);
    KnownResults {
        ok,
        error: ok && output::is_fallible(output),
        cancelled: is_async,
    }
}

/// Whether calls of this function can be measured at all. Reports why they cannot.
fn is_measurable(
    function: &Function,
    arguments: &Arguments,
    context: &ItemContext,
    errors: &mut Errors,
) -> bool {
    let before = errors.count();
    if let Some(token) = &function.sig.constness {
        let message = "a `const fn` cannot be measured: it may run at compile time, where nothing can be recorded\n\
                       help: remove the `const`, or the `#[measure]`";
        errors.at(token, message);
    }
    if function.body.is_none() {
        let message = "this function has no body to measure\n\
                       help: write `#[measure]` where it is implemented";
        errors.at(&function.sig.ident, message);
    }
    if let Some(attr) = function.attribute("naked") {
        let message = "a naked function cannot be measured: its body can only be assembly\n\
                       help: remove the `#[measure]`";
        errors.at(attr, message);
    }
    if let (Some(attr), ItemContext::Impl { of_trait: true, .. }) =
        (function.attribute("track_caller"), context)
        && function.sig.asyncness.is_none()
        && (arguments.need_returned_value() || !output::is_infallible(&function.sig.output))
    {
        let message = "`#[measure]` would lose the caller's location: to look at the returned value it needs a second \
                       function, which an `impl` of a trait cannot have\n\
                       help: remove the `#[track_caller]`, or write `#[measure(skip)]`";
        errors.at(attr, message);
    }
    errors.count() == before
}

/// Reports a future that no `async` block in the body makes. `other` has the tokens that return it, if there are any.
fn report_other_future(
    function: &Function,
    is_known_by_name: bool,
    other: &TokenStream,
    errors: &mut Errors,
) {
    let mut message = "no `async` block in this function makes this future, so `#[measure]` would only time its \
                       construction\n\
                       help: write `async move { … .await }` around it, or make the function `async`, or remove the \
                       `#[measure]`"
        .to_owned();
    if is_known_by_name {
        message += "\nhelp: if the type is not a future, write `#[measure(future = false)]`";
    }
    if other.is_empty() {
        errors.at(&function.sig.output, message);
    } else {
        errors.at(other, message);
    }
}
