//! The part of a view between `:` and `by`: the aggregation and the measure.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token, token};

use super::model::{Aggregation, AggregationKind, Definition};
use super::scan::at_item;
use crate::errors::Errors;
use crate::suggest;

/// The words for the aggregations.
const AGGREGATIONS: [(&str, AggregationKind); 4] = [
    ("Count", AggregationKind::COUNT),
    ("Sum", AggregationKind::Plain("__sum")),
    ("LastValue", AggregationKind::Plain("__last_value")),
    ("Distribution", AggregationKind::Distribution),
];

/// The names that other libraries use: the aggregation, and what to write.
const OTHER_NAMES: [(&str, &str, &str); 18] = [
    ("Counter", "Sum", COUNTER),
    ("IntCounter", "Sum", COUNTER),
    ("CounterVec", "Sum", COUNTER),
    ("IntCounterVec", "Sum", COUNTER),
    (
        "ObservableCounter",
        "Sum",
        "write `Sum`, of an `Observed` measure with `#[measure(total)]`",
    ),
    ("Gauge", "LastValue", GAUGE),
    ("IntGauge", "LastValue", GAUGE),
    ("GaugeVec", "LastValue", GAUGE),
    ("IntGaugeVec", "LastValue", GAUGE),
    (
        "ObservableGauge",
        "LastValue",
        "write `LastValue`, of an `Observed` measure",
    ),
    (
        "ObservableUpDownCounter",
        "Sum",
        "write `Sum`, of an `Observed` measure",
    ),
    ("UpDownCounter", "Sum", GAUGE),
    ("HistogramVec", "Distribution", "write `Distribution`"),
    ("Latest", "LastValue", "write `LastValue`"),
    ("Histogram", "Distribution", "write `Distribution`"),
    ("Summary", "Distribution", "write `Distribution`"),
    ("Total", "Sum", "write `Sum`"),
    ("Timer", "Distribution", "write `Distribution`"),
];

const COUNTER: &str =
    "write `Sum`, which adds the values, or `Count`, which counts the measurements";

const GAUGE: &str = "write `LastValue`, or for what goes up and down the `Sum` of a `Measure<i64>`";

/// Reads `Count<path::TO_MEASURE>`.
pub(super) fn parse(
    input: ParseStream<'_>,
    definition: &mut Definition,
    errors: &mut Errors,
) -> syn::Result<()> {
    let word = word(input, errors)?;
    let before = errors.count();
    definition.aggregation = by_name(word, errors);
    let is_known = errors.count() == before;
    let word = &definition.aggregation.word;
    let no_measure = format!("this view has no measure\nhelp: write `{word}<MEASURE>`");
    if !input.peek(Token![<]) {
        // An unknown word was reported; the user may mean something else by it.
        if is_known {
            errors.at(word, no_measure);
        }
        return Ok(());
    }
    let open: Token![<] = input.parse()?;
    let tokens = before_close(input);
    if !input.peek(Token![>]) {
        let message = format!("this `<` has no `>`\nhelp: write `{word}<MEASURE>`");
        return Err(syn::Error::new_spanned(open, message));
    }
    let close: Token![>] = input.parse()?;
    if tokens.is_empty() {
        errors.at(quote!(#open #close), no_measure);
        return Ok(());
    }
    let measure = Path::parse_mod_style.parse2(tokens.clone());
    if measure.is_err() {
        let message =
            format!("expected the path of one measure's static\nhelp: write `{word}<MEASURE>`");
        errors.at(tokens, message);
    }
    definition.measure = measure.ok();
    Ok(())
}

/// Reads the aggregation's word. Reports a longer path.
fn word(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Ident> {
    let has_leading_colons = input.peek(Token![::]);
    let path = Path::parse_mod_style(input).map_err(|error| {
        let message = format!("expected an aggregation{}", help());
        syn::Error::new(error.span(), message)
    })?;
    let Some(last) = path.segments.last() else {
        return Err(input.error(format!("expected an aggregation{}", help())));
    };
    if has_leading_colons || path.segments.len() > 1 {
        let word = &last.ident;
        let message =
            format!("an aggregation is a keyword of `view!`, not a path\nhelp: write `{word}`");
        errors.at(&path, message);
    }
    Ok(last.ident.clone())
}

/// The aggregation of this name. For another word, which is reported, the most similar one.
fn by_name(word: Ident, errors: &mut Errors) -> Aggregation {
    let spelling = word.to_string();
    let find = |name: &str| {
        AGGREGATIONS
            .iter()
            .find(|(candidate, _)| *candidate == name)
            .copied()
    };
    if let Some((_, kind)) = find(&spelling) {
        return Aggregation { kind, word };
    }
    let of_others = OTHER_NAMES.iter().find(|(other, ..)| *other == spelling);
    let (suggested, help) = match of_others {
        Some((_, name, advice)) => (Some(*name), format!("\nhelp: {advice}")),
        None => match suggest::closest(&spelling, &AGGREGATIONS.map(|(name, _)| name)) {
            Some(name) => (Some(name), format!("\nhelp: did you mean `{name}`?")),
            None => (None, help()),
        },
    };
    errors.at(&word, format!("there is no aggregation `{spelling}`{help}"));
    let (name, kind) = suggested
        .and_then(find)
        .unwrap_or(("Count", AggregationKind::COUNT));
    Aggregation {
        kind,
        word: Ident::new(name, word.span()),
    }
}

/// A help that lists all aggregations.
fn help() -> String {
    suggest::help("", &AGGREGATIONS.map(|(name, _)| name))
}

/// Takes the tokens between `<` and its `>`, or, if there is no `>`, those before the next part of the view.
fn before_close(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut depth = 0_usize;
    while depth > 0 || !input.peek(Token![>]) {
        if input.peek(Token![;]) || input.peek(token::Brace) || at_item(input) {
            break;
        }
        let Ok(token) = input.parse::<TokenTree>() else {
            break;
        };
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        tokens.extend([token]);
    }
    tokens
}
