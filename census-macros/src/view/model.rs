//! The model of `view!`.

use proc_macro2::{Group, Ident};
use syn::{Attribute, Expr, Path, Token, Visibility};

use crate::names::Name;

/// A view to be declared, after all checks.
pub(super) struct View {
    /// Without `#[optional]`.
    pub(super) attrs: Vec<Attribute>,
    /// Whether the view has `#[optional]`: it is not registered at the start.
    pub(super) is_optional: bool,
    pub(super) vis: Visibility,
    pub(super) token: Token![static],
    pub(super) ident: Ident,
    pub(super) name: Name,
    pub(super) definition: Definition,
}

/// The part of a view after its identifier.
pub(super) struct Definition {
    pub(super) aggregation: Aggregation,
    /// `None`: missing or wrong, which was reported.
    pub(super) measure: Option<Path>,
    pub(super) columns: Vec<Column>,
    pub(super) options: Options,
}

/// A column: a tag key, and the label of its values if it is not the key's name.
pub(super) struct Column {
    pub(super) path: Path,
    pub(super) label: Option<Ident>,
}

/// How a view aggregates. The word is the user's token if it was right, so that editors can explain it.
pub(super) struct Aggregation {
    pub(super) kind: AggregationKind,
    pub(super) word: Ident,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AggregationKind {
    /// Without options of its own; with the method of measures that makes it.
    Plain(&'static str),
    Distribution,
}

impl AggregationKind {
    /// Stands for an aggregation that is missing, unknown or wrong.
    pub(super) const COUNT: Self = Self::Plain("__count");
}

/// The options that the user gives. Wrong ones were reported and are left out.
#[derive(Default)]
pub(super) struct Options {
    pub(super) name: Option<Expr>,
    pub(super) description: Option<Expr>,
    /// The buckets with bounds: the classic ones, if there are native ones, too.
    pub(super) buckets: Option<Buckets>,
    pub(super) native: Option<Native>,
    pub(super) max_series: Option<Expr>,
    pub(super) idle: Option<Expr>,
    /// Whether the exporter's namespace goes before the name, if the user says so. The default is `true`.
    pub(super) namespace: Option<bool>,
    /// Whether the view has rows with zeros from the start, if the user says so. The default is `true`.
    pub(super) zero: Option<bool>,
}

/// The native buckets of a distribution.
pub(super) struct Native {
    /// The user's `native`.
    pub(super) word: Ident,
    /// The growth factor, if it is given.
    pub(super) growth: Option<Expr>,
}

/// The buckets of a distribution that have bounds.
pub(super) enum Buckets {
    /// Upper bounds, right as far as a macro can see. The library checks the values of the expressions.
    Bounds(Box<Bounds>),
    /// An expression of type `Buckets`.
    Series(Box<Expr>),
    /// Wrong, which was reported.
    Wrong,
}

/// The upper bounds of buckets.
pub(super) struct Bounds {
    pub(super) list: Group,
    pub(super) exprs: Vec<Expr>,
    /// The first bound that is a number, if there is one: a `Duration` measure cannot have it.
    pub(super) first_number: Option<Expr>,
    /// The first bound that is a negative number: a measure of unsigned values cannot have it.
    pub(super) first_negative: Option<Expr>,
}

impl Definition {
    /// A definition without the parts that were missing or wrong, which was reported.
    pub(super) fn missing(ident: &Ident) -> Self {
        Self {
            aggregation: Aggregation {
                kind: AggregationKind::COUNT,
                word: Ident::new("Count", ident.span()),
            },
            measure: None,
            columns: Vec::new(),
            options: Options::default(),
        }
    }
}
