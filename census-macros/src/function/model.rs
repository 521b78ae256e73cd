//! The model of `#[measure]` on functions and blocks: the arguments, and what checking finds out for expansion.

use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, LitBool, Path, Type};

use super::future::FutureBody;
use super::item::Function;
use crate::generate::Krate;
use crate::record::{Assignment, Label};

/// The arguments of a `#[measure]`.
#[derive(Clone, Default)]
pub(super) struct Arguments {
    pub(super) krate: Option<Krate>,
    pub(super) skip: Option<Ident>,
    pub(super) name: Option<Expr>,
    /// Measures of the call's duration.
    pub(super) latencies: Vec<Path>,
    /// Measures of a value that a closure takes from the returned one, with the closures.
    pub(super) values: Vec<(Path, TokenStream)>,
    pub(super) in_flight: Option<Path>,
    pub(super) tags: Vec<Assignment>,
    /// The labels of the exemplar of the call's measurements.
    pub(super) exemplar: Vec<Label>,
    pub(super) result: Option<TokenStream>,
    /// Whether a function that is not `async` returns a future, whatever its return type looks like.
    pub(super) future: Option<LitBool>,
}

/// The item around a function, as far as the macro sees it.
pub(super) enum ItemContext {
    /// The function has an attribute of its own. The macro does not see whether there is an `impl` around it.
    Alone,
    /// An annotated `impl` block of this type.
    Impl { ty: String, of_trait: bool },
}

/// An `impl` block, with its functions as they were read or as they were checked.
pub(super) struct ImplBlock<F> {
    /// The tokens before the braces.
    pub(super) head: TokenStream,
    pub(super) braces: Group,
    pub(super) context: ItemContext,
    pub(super) inner_attrs: Vec<syn::Attribute>,
    pub(super) items: Vec<BlockItem<F>>,
}

pub(super) enum BlockItem<F> {
    Function(Box<F>),
    Other(TokenStream),
}

/// A function after checking.
pub(super) enum CheckedFunction {
    Measured(Box<MeasuredFunction>),
    /// Emitted without code around its body: it is skipped, or cannot be measured.
    Unmeasured(Box<Function>),
}

/// A function whose calls are to be measured.
pub(super) struct MeasuredFunction {
    /// Without its `#[measure]`.
    pub(super) function: Function,
    pub(super) body: Group,
    pub(super) krate: Krate,
    pub(super) arguments: Arguments,
    pub(super) name: FunctionName,
    /// The call results that are known from the return type, before the first call.
    pub(super) results: KnownResults,
    pub(super) plan: BodyPlan,
}

/// The call results that a function's return type shows. Every call may panic, too.
pub(super) struct KnownResults {
    pub(super) ok: bool,
    pub(super) error: bool,
    pub(super) cancelled: bool,
}

/// The tag value of `census::calls::FUNCTION`.
pub(super) enum FunctionName {
    /// A literal that is a name.
    Literal(TokenStream),
    /// An expression that the library checks.
    Expression(Expr),
}

/// How the body of a function runs: with the least code by which the call can be recorded.
pub(super) enum BodyPlan {
    /// In the function itself, for a return type that is not a `Result` where nothing looks at the returned value. A
    /// guard records when it is dropped.
    Direct { is_never: bool },
    /// In a closure, for a returned value that has to be looked at: a body may `return`.
    Closure { is_never: bool },
    /// In a function of its own, for a returned value that has to be looked at, with `#[track_caller]`: a closure cannot
    /// track the function's caller.
    TrackCaller { is_method: bool },
    /// In an `async` block that the library polls, for an `async fn`.
    Async { is_never: bool },
    /// In the body's own `async` blocks, which the library polls, for a function that returns a future.
    Future(Box<FuturePlan>),
}

/// See [`BodyPlan::Future`].
pub(super) struct FuturePlan {
    pub(super) body: FutureBody,
    /// Whether the body must keep its shape: `async` blocks in the places of the user's, directly in the function's
    /// braces. An attribute below, such as `#[tracing::instrument]`, looks for these.
    pub(super) keeps_shape: bool,
    /// The future's output, if the return type shows it.
    pub(super) output: Option<Type>,
}

impl Arguments {
    /// Whether no measure is named, so that the built-in ones are used.
    pub(super) fn has_default_measures(&self) -> bool {
        self.latencies.is_empty() && self.values.is_empty() && self.in_flight.is_none()
    }

    /// Whether the returned value has to be looked at, whatever its type.
    pub(super) fn need_returned_value(&self) -> bool {
        !self.values.is_empty() || self.result.is_some()
    }

    /// Whether something is evaluated before the call begins, with the function's inputs in scope.
    pub(super) fn use_inputs(&self) -> bool {
        !(self.tags.is_empty() && self.exemplar.is_empty())
    }

    /// The expressions that are evaluated before the call begins.
    pub(super) fn input_values(&self) -> TokenStream {
        let tags = self.tags.iter().map(|tag| &tag.value);
        let labels = self.exemplar.iter().map(|label| &label.value);
        quote!(#(#tags)* #(#labels)*)
    }

    /// The arguments of a method merged with those of its block. Measures, tags and labels of both apply; for any other
    /// argument, and for a measure, tag or label that both have, the method's replaces the block's.
    pub(super) fn merged_with_block(self, block: &Self) -> Self {
        let spelling = |tokens: &dyn ToTokens| tokens.to_token_stream().to_string();
        let has_measure = |path: &Path| {
            let values = self.values.iter().map(|(path, _)| path);
            let mut measures = self.latencies.iter().chain(values);
            measures.any(|measure| spelling(measure) == spelling(path))
        };
        let has_tag = |tag: &Assignment| {
            let mut tags = self.tags.iter();
            tags.any(|other| spelling(&other.lhs) == spelling(&tag.lhs))
        };
        let mut merged = block.clone();
        merged.latencies.retain(|path| !has_measure(path));
        merged.values.retain(|(path, _)| !has_measure(path));
        merged.tags.retain(|tag| !has_tag(tag));
        let has_label = |label: &Label| {
            let mut labels = self.exemplar.iter();
            labels.any(|other| other.name.value() == label.name.value())
        };
        merged.exemplar.retain(|label| !has_label(label));
        merged.latencies.extend(self.latencies);
        merged.values.extend(self.values);
        merged.tags.extend(self.tags);
        merged.exemplar.extend(self.exemplar);
        Self {
            krate: self.krate.or(merged.krate),
            skip: None,
            name: self.name,
            in_flight: self.in_flight.or(merged.in_flight),
            result: self.result.or(merged.result),
            future: self.future,
            ..merged
        }
    }
}
