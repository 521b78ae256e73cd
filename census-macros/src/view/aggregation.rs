//! The part of a view between `:` and `by`: how it aggregates which measure.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Path, Token, token};

use super::View;
use super::parse::at_item;
use crate::errors::Errors;
use crate::suggest;

/// How a view aggregates; the word is the user's own where it was right, so that editors can explain it.
pub(super) struct Aggregation {
    pub(super) kind: Kind,
    pub(super) word: Ident,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count,
    Sum,
    LastValue,
    Distribution,
}

const KINDS: [(&str, Kind); 4] = [
    ("Count", Kind::Count),
    ("Sum", Kind::Sum),
    ("LastValue", Kind::LastValue),
    ("Distribution", Kind::Distribution),
];

/// What other libraries call the same.
const ELSEWHERE: [(&str, &str); 6] = [
    ("Counter", "Count"),
    ("Gauge", "LastValue"),
    ("Latest", "LastValue"),
    ("Histogram", "Distribution"),
    ("Summary", "Distribution"),
    ("Total", "Sum"),
];

impl Aggregation {
    /// For a view that does not say how it aggregates, which was reported.
    pub(super) fn in_place_of_none(name: &Ident) -> Self {
        Self {
            kind: Kind::Count,
            word: Ident::new("Count", name.span()),
        }
    }
}

/// Reads `Count<path::TO_MEASURE>`.
pub(super) fn parse(
    input: ParseStream<'_>,
    view: &mut View,
    errors: &mut Errors,
) -> syn::Result<()> {
    let word = word(input, errors)?;
    let before = errors.count();
    view.aggregation = known(word, errors);
    let is_known = errors.count() == before;
    let word = &view.aggregation.word;
    let no_measure = format!("this view has no measure\nhelp: write `{word}<MEASURE>`");
    if !input.peek(Token![<]) {
        // Of a word that is no aggregation, nobody knows whether it is all there.
        if is_known {
            errors.at(word, no_measure);
        }
        return Ok(());
    }
    let open: Token![<] = input.parse()?;
    let tokens = inside(input);
    if !input.peek(Token![>]) {
        let message = format!("this `<` has no `>`\nhelp: write `{word}<MEASURE>`");
        return Err(syn::Error::new_spanned(open, message));
    }
    let close: Token![>] = input.parse()?;
    if tokens.is_empty() {
        errors.at(quote::quote!(#open #close), no_measure);
        return Ok(());
    }
    let measure = syn::parse::Parser::parse2(Path::parse_mod_style, tokens.clone());
    if measure.is_err() {
        let message =
            format!("a view is of one measure's static\nhelp: write its path: `{word}<MEASURE>`");
        errors.at(tokens, message);
    }
    view.measure = measure.ok();
    Ok(())
}

/// The aggregation's word, which stands without a path.
fn word(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Ident> {
    let leading = input.peek(Token![::]);
    let path = Path::parse_mod_style(input).map_err(|error| {
        syn::Error::new(error.span(), format!("expected an aggregation{}", all()))
    })?;
    let Some(last) = path.segments.last() else {
        return Err(input.error(format!("expected an aggregation{}", all())));
    };
    if leading || path.segments.len() > 1 {
        let word = &last.ident;
        let message =
            format!("an aggregation is a word of `view!`, not a path\nhelp: write `{word}`");
        errors.at(&path, message);
    }
    Ok(last.ident.clone())
}

/// The aggregation of that name, or else, reported, the one that was probably meant.
fn known(word: Ident, errors: &mut Errors) -> Aggregation {
    let text = word.to_string();
    let named = |name: &str| KINDS.iter().find(|(known, _)| *known == name).copied();
    if let Some((_, kind)) = named(&text) {
        return Aggregation { kind, word };
    }
    let meant = ELSEWHERE
        .iter()
        .find(|(theirs, _)| *theirs == text)
        .map(|(_, ours)| *ours)
        .or_else(|| suggest::closest(&text, &KINDS.map(|(name, _)| name)));
    let help = match meant {
        Some(meant) => format!("\nhelp: did you mean `{meant}`?"),
        None => all(),
    };
    errors.at(&word, format!("there is no aggregation `{text}`{help}"));
    let (name, kind) = meant.and_then(named).unwrap_or(("Count", Kind::Count));
    Aggregation {
        kind,
        word: Ident::new(name, word.span()),
    }
}

fn all() -> String {
    suggest::help("", &KINDS.map(|(name, _)| name))
}

/// What stands between `<` and its `>`, or, if it has none, before whatever comes after the measure.
fn inside(input: ParseStream<'_>) -> TokenStream {
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
