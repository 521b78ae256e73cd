//! Native buckets: `native` or `native(1.1)`.

use proc_macro2::{Group, Ident};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token, token};

use super::model::{Buckets, Native, Options};
use crate::errors::Errors;
use crate::list;

const OTHER_PARAMETER: &str = "native buckets have no other parameter than a growth factor\nhelp: write `buckets: native` or \
                               `buckets: native(1.1)`, and classic buckets beside them as `classic: [10, 20]`";

/// Whether the value is `native`, with or without arguments, and not an expression that begins with a path of this name.
pub(super) fn is_next(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any);
    let is_word = word.is_ok_and(|word| word == "native");
    is_word && !ahead.peek(Token![::]) && !ahead.peek(Token![.]) && !ahead.peek(Token![!])
}

/// Reads `native` or `native(1.1)`. Reports mistakes.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Option<Native> {
    let word = input.call(Ident::parse_any).ok()?;
    let arguments = if input.peek(token::Paren) {
        input.parse::<Group>().ok()
    } else {
        None
    };
    let rest = list::rest(input);
    if !rest.is_empty() {
        errors.at(rest, OTHER_PARAMETER);
        return None;
    }
    let growth = match arguments {
        Some(arguments) => Some(factor(arguments, errors)?),
        None => None,
    };
    Some(Native { word, growth })
}

/// Reads `(1.1)`.
fn factor(arguments: Group, errors: &mut Errors) -> Option<Expr> {
    let parser = |input: ParseStream<'_>| Ok(list::parse(input, errors, |input, _| input.parse()));
    let exprs: Vec<Expr> = parser.parse2(arguments.stream()).ok()?;
    if exprs.is_empty() && arguments.stream().is_empty() {
        let message = "`native()` has no growth factor\nhelp: write `native` or `native(1.1)`";
        errors.at(arguments, message);
        return None;
    }
    let mut exprs = exprs.into_iter();
    let growth = exprs.next()?;
    if let Some(second) = exprs.next() {
        errors.at(second, OTHER_PARAMETER);
        return None;
    }
    Some(growth)
}

/// Puts the classic buckets where those of a view without native ones are. Reports classic ones that stand alone.
pub(super) fn join(options: &mut Options, classic: Option<(Ident, Buckets)>, errors: &mut Errors) {
    let Some((word, classic)) = classic else {
        return;
    };
    if options.native.is_none() && !matches!(options.buckets, Some(Buckets::Wrong)) {
        let message = "`classic` stands beside native buckets\nhelp: write `buckets: native, classic: …`, or `buckets: …` \
                       for classic buckets alone";
        errors.at(word, message);
    }
    options.buckets.get_or_insert(classic);
}
