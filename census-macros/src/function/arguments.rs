//! From `LATENCY, SIZE = |returned| …, tags(…)` to [`Arguments`].

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Path, Token, token};

use super::Arguments;
use crate::args::{Arg, string};
use crate::errors::Errors;
use crate::record::{parse, value};
use crate::{list, suggest};

const ATTRIBUTE: &str = "`#[measure]` of a function";
const WORDS: [&str; 6] = ["in_flight", "tags", "result", "name", "skip", "crate"];
const IN_FLIGHT: &str = "in_flight = IN_FLIGHT";

/// Reads the arguments; what is wrong is reported and left out.
pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Arguments {
    let mut arguments = Arguments::default();
    let mut seen: Vec<Ident> = Vec::new();
    let parser = |input: ParseStream<'_>| {
        list::parse(input, errors, |input, errors| match word(input) {
            Some(word) => keyword(input, word, &mut arguments, &mut seen, errors),
            None => measure(input, &mut arguments, errors),
        });
        Ok(())
    };
    if let Err(error) = parser.parse2(args) {
        errors.add(error);
    }
    if let Some(skip) = &arguments.skip
        && seen.iter().any(|word| word != "skip" && word != "crate")
            | !(arguments.latencies.is_empty() && arguments.values.is_empty())
    {
        let message = "`skip` leaves a method out, so there is nothing more to say\n\
                       help: write `#[measure(skip)]`, or leave the `skip` out";
        errors.at(skip, message);
    }
    arguments
}

/// Takes a word that begins an argument and is no measure: one of ours, or one in lower case, which statics are not.
fn word(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    if ahead.peek(Token![::]) {
        return None;
    }
    let text = word.unraw().to_string();
    let ours = WORDS.contains(&text.as_str()) || !text.chars().any(char::is_uppercase);
    ours.then(|| input.call(Ident::parse_any).ok()).flatten()
}

fn keyword(
    input: ParseStream<'_>,
    word: Ident,
    arguments: &mut Arguments,
    seen: &mut Vec<Ident>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let text = word.to_string();
    if !WORDS.contains(&text.as_str()) {
        list::rest(input);
        let help = match text.as_str() {
            "unit" => {
                "\nhelp: a unit is given where the measure is declared: `#[measure(unit = \"ms\")]`"
                    .to_owned()
            }
            _ => suggest::help(&text, &WORDS),
        };
        let message = format!("{ATTRIBUTE} has no argument `{text}`{help}");
        return Err(syn::Error::new_spanned(word, message));
    }
    if seen.contains(&word) {
        list::rest(input);
        let message = format!("`{text}` was given already\nhelp: leave one of them out");
        return Err(syn::Error::new_spanned(word, message));
    }
    seen.push(word.clone());
    match text.as_str() {
        "tags" => arguments.tags = tags(input, errors)?,
        "in_flight" => {
            let value = assigned(input, &word, IN_FLIGHT)?;
            let path = syn::parse2::<Path>(value.clone()).map_err(|_| {
                let message =
                    format!("`in_flight` takes a path to a measure\nhelp: write `{IN_FLIGHT}`");
                syn::Error::new_spanned(value, message)
            })?;
            arguments.in_flight = Some(path);
        }
        "result" => {
            let value = assigned(input, &word, "result = |returned| …")?;
            arguments.result = Some(closure(value, "result = |returned| …")?);
        }
        other => {
            let value = if input.peek(Token![=]) {
                let value = assigned(input, &word, &format!("{other} = …"))?;
                Some(syn::parse2(value)?)
            } else {
                None
            };
            let arg = Arg { word, value };
            match other {
                "name" => {
                    arguments.name = arg.expr("\"work\"", errors).and_then(|e| name(e, errors));
                }
                "crate" => arguments.krate = arg.krate(errors),
                _ => {
                    arguments.skip = Some(arg.word.clone());
                    arg.flag(errors);
                }
            }
        }
    }
    Ok(())
}

/// `LATENCY`, or `SIZE = |returned| …`.
fn measure(
    input: ParseStream<'_>,
    arguments: &mut Arguments,
    errors: &mut Errors,
) -> syn::Result<()> {
    if input.peek(LitStr) {
        return Err(string(&input.parse()?));
    }
    let path = input.call(Path::parse_mod_style).map_err(|error| {
        let message = "expected a measure, or an argument\n\
                       help: write `LATENCY`, `SIZE = |returned| …` or `tags(KEY = value)`";
        syn::Error::new(error.span(), message)
    })?;
    let text = path.to_token_stream().to_string();
    let latencies = arguments.latencies.iter();
    let mut named = latencies.chain(arguments.values.iter().map(|(path, _)| path));
    let twice = named.any(|other| other.to_token_stream().to_string() == text);
    if twice {
        let message = "this measure stands here twice\nhelp: leave one of them out";
        errors.at(&path, message);
    }
    if input.peek(token::Paren) {
        list::rest(input);
        let message = "a measure is named here, not called\n\
                       help: write `LATENCY`, or `SIZE = |returned| …`";
        return Err(syn::Error::new_spanned(path, message));
    }
    if input.peek(Token![=]) {
        let example = "SIZE = |returned| returned.len() as u64";
        let tokens = assigned(input, &path, example)?;
        let closure = closure(tokens, example)?;
        if !twice {
            arguments.values.push((path, closure));
        }
    } else if !twice {
        arguments.latencies.push(path);
    }
    Ok(())
}

fn tags(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<crate::record::Assignment>> {
    if !input.peek(token::Paren) {
        let message = "tags stand in parentheses\nhelp: write `tags(FRONTEND = \"ios\")`";
        let error = input.error(message);
        list::rest(input);
        return Err(error);
    }
    let content;
    syn::parenthesized!(content in input);
    Ok(parse::tags(&content, errors))
}

/// What follows the `=`.
fn assigned(input: ParseStream<'_>, to: impl ToTokens, example: &str) -> syn::Result<TokenStream> {
    let valueless = |to| {
        let text = ToTokens::to_token_stream(&to).to_string().replace(' ', "");
        let message = format!("`{text}` has no value\nhelp: write `{example}`");
        syn::Error::new_spanned(to, message)
    };
    if input.parse::<Option<Token![=]>>()?.is_none() {
        list::rest(input);
        return Err(valueless(to));
    }
    let value = value(input);
    if value.is_empty() {
        return Err(valueless(to));
    }
    Ok(value)
}

/// A closure, or what may be one. What does not parse yet is the compiler's to report.
fn closure(tokens: TokenStream, example: &str) -> syn::Result<TokenStream> {
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Lit(_) | Expr::Reference(_) | Expr::Binary(_) | Expr::Array(_)) => {
            let message = format!(
                "expected a closure, which gets a reference to what is returned\nhelp: write `{example}`"
            );
            Err(syn::Error::new_spanned(tokens, message))
        }
        _ => Ok(tokens),
    }
}

/// The name, if it can be one as far as can be seen.
fn name(name: Expr, errors: &mut Errors) -> Option<Expr> {
    if !crate::names::check_string(&name, "a name", "name = \"work\"", errors) {
        return None;
    }
    if let Some(text) = crate::names::literal(&name) {
        let len = text.value().len();
        if !(1..=crate::names::MAX_LEN).contains(&len) {
            let wrong = match len {
                0 => "is empty".to_owned(),
                len => format!("has {len} bytes"),
            };
            let message = format!(
                "this name {wrong}\nhelp: write 1 to {} bytes",
                crate::names::MAX_LEN
            );
            errors.at(text, message);
            return None;
        }
    }
    Some(name)
}
