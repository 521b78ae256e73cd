//! The value of an observed static: a function that reads it. The tokens of its body stay as they are.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::quote;

use super::model::{Reading, Shape};
use crate::errors::Errors;

/// Tells a closure without arguments, one with an argument, and another expression apart. Reports one that cannot read.
pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Reading> {
    if let Some(grouped) = grouped(&tokens) {
        let Reading { shape, .. } = parse(grouped, errors)?;
        return Some(Reading { shape, tokens });
    }
    let mut rest = tokens.clone().into_iter().peekable();
    let mut asynchronous = None;
    while let Some(TokenTree::Ident(word)) = rest.peek() {
        match word.to_string().as_str() {
            "async" => asynchronous = Some(word.clone()),
            "move" | "static" => {}
            _ => break,
        }
        rest.next();
    }
    let is_closure = matches!(rest.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '|');
    let arguments = if is_closure { arguments(rest) } else { None };
    let Some(arguments) = arguments else {
        return Some(Reading {
            shape: Shape::Expression,
            tokens,
        });
    };
    if let Some(word) = asynchronous {
        let message = "a reading is not `async`: a thread of the library's own calls it, and waits for it\n\
                       help: remove the `async`, and read what needs no `await`";
        errors.at(word, message);
        return None;
    }
    let shape = match arguments.as_slice() {
        [] => Shape::ReturnsValue,
        [_] => Shape::SaysValues,
        [_, further, ..] => {
            let message = "a reading has one argument at most\n\
                           help: write `|| value`, or `|seen| seen.record(value, tags!(KEY = …))` for values with tags";
            errors.at(further, message);
            return None;
        }
    };
    Some(Reading { shape, tokens })
}

/// The tokens of an expression in parentheses, or of one that a `macro_rules` macro was given as `$reading:expr`.
fn grouped(tokens: &TokenStream) -> Option<TokenStream> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) => match group.delimiter() {
            Delimiter::None | Delimiter::Parenthesis => Some(group.stream()),
            Delimiter::Brace | Delimiter::Bracket => None,
        },
        _ => None,
    }
}

/// The arguments of a closure, from after the `|` on; `None` without a second `|`.
fn arguments(tokens: impl Iterator<Item = TokenTree>) -> Option<Vec<TokenStream>> {
    let mut arguments = Vec::new();
    let mut argument = TokenStream::new();
    let mut depth = 0_usize;
    let mut is_after_minus = false;
    for token in tokens {
        let mut ends = false;
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '|' => {
                    if !argument.is_empty() {
                        arguments.push(argument);
                    }
                    return Some(arguments);
                }
                '<' => depth += 1,
                // Not that of a `->`.
                '>' if !is_after_minus => depth = depth.saturating_sub(1),
                ',' => ends = depth == 0,
                _ => {}
            }
            is_after_minus = punct.as_char() == '-' && punct.spacing() == Spacing::Joint;
        } else {
            is_after_minus = false;
        }
        if ends {
            arguments.push(std::mem::take(&mut argument));
        } else {
            argument.extend(quote!(#token));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(tokens: TokenStream) -> Result<Shape, String> {
        let mut errors = Errors::new();
        let reading = parse(tokens, &mut errors);
        let message = errors.finish().to_string();
        reading.map(|reading| reading.shape).ok_or(message)
    }

    #[test]
    fn closures_are_told_apart_by_their_arguments() {
        use Shape::{Expression, ReturnsValue, SaysValues};
        for (tokens, expected) in [
            (quote!(|| JOBS.len() as u64), ReturnsValue),
            (quote!(move || { a || b }), ReturnsValue),
            (quote!(|| 5), ReturnsValue),
            (quote!(|seen| seen.record(5, tags!())), SaysValues),
            (quote!(|_| {}), SaysValues),
            (quote!(|seen| {}), SaysValues),
            (
                quote!(|seen: &mut census::Readings<'_, u64>| {}),
                SaysValues,
            ),
            (quote!(cpu_time), Expression),
            (quote!(crate::a::read::<u64>), Expression),
            (quote!(5), Expression),
            (quote!(async_reading), Expression),
            (quote!(|seen), Expression),
            (quote!((|seen| {})), SaysValues),
            (quote!((|| 5)), ReturnsValue),
            (quote!((cpu_time)), Expression),
            (quote!({ |seen| {} }), Expression),
            (quote!((|seen| {})(5)), Expression),
        ] {
            assert_eq!(shape(tokens.clone()), Ok(expected), "{tokens}");
        }
    }

    #[test]
    fn closures_that_cannot_read_are_reported() {
        let error = shape(quote!(|seen, tags: A<B, C>| {})).expect_err("two arguments");
        assert!(error.contains("one argument at most"), "{error}");
        let error = shape(quote!((|a, b| {}))).expect_err("two arguments");
        assert!(error.contains("one argument at most"), "{error}");
        let error = shape(quote!(async move || 5)).expect_err("async");
        assert!(error.contains("is not `async`"), "{error}");
    }
}
