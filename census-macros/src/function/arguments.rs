//! From `LATENCY, SIZE = |returned| …, tags(…)` to [`Arguments`].

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitBool, LitStr, Path, Token, token};

use super::model::Arguments;
use crate::args::{Arg, repeated, string_without_name};
use crate::errors::Errors;
use crate::record::{Assignment, parse_tags, value};
use crate::{list, names, suggest};

const ATTRIBUTE: &str = "`#[measure]` of a function";
const WORDS: [&str; 7] = [
    "in_flight",
    "tags",
    "result",
    "name",
    "future",
    "skip",
    "crate",
];
const IN_FLIGHT: &str = "in_flight = IN_FLIGHT";

/// Reads the arguments. Wrong ones are reported and left out.
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
        let message = "`skip` cannot be combined with other arguments\n\
                       help: write `#[measure(skip)]`, or remove the `skip`";
        errors.at(skip, message);
    }
    arguments
}

/// Takes the word of a named argument: one of [`WORDS`], or another word in lower case, which is not the name of a
/// static.
fn word(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    if ahead.peek(Token![::]) {
        return None;
    }
    let spelling = word.unraw().to_string();
    let is_named = WORDS.contains(&spelling.as_str()) || !spelling.chars().any(char::is_uppercase);
    is_named
        .then(|| input.call(Ident::parse_any).ok())
        .flatten()
}

fn keyword(
    input: ParseStream<'_>,
    word: Ident,
    arguments: &mut Arguments,
    seen: &mut Vec<Ident>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let spelling = word.to_string();
    if !WORDS.contains(&spelling.as_str()) {
        list::rest(input);
        let help = match spelling.as_str() {
            "unit" => {
                "\nhelp: a unit is given where the measure is declared: `#[measure(unit = \"ms\")]`"
                    .to_owned()
            }
            "total" => {
                "\nhelp: `total` is for a measure that is read: `#[measure(total)] static SENT: Observed<u64>;`"
                    .to_owned()
            }
            _ => suggest::help(&spelling, &WORDS),
        };
        let message = format!("{ATTRIBUTE} has no argument `{spelling}`{help}");
        return Err(syn::Error::new_spanned(word, message));
    }
    if seen.contains(&word) {
        list::rest(input);
        return Err(repeated(&word));
    }
    seen.push(word.clone());
    match spelling.as_str() {
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
                "future" => {
                    arguments.future = arg
                        .expr("true", errors)
                        .and_then(|value| boolean(value, errors));
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
        return Err(string_without_name(&input.parse()?));
    }
    let path = input.call(Path::parse_mod_style).map_err(|error| {
        let message = "expected a measure or an argument\n\
                       help: write `LATENCY`, `SIZE = |returned| …` or `tags(KEY = value)`";
        syn::Error::new(error.span(), message)
    })?;
    let spelling = path.to_token_stream().to_string();
    let latencies = arguments.latencies.iter();
    let mut measures = latencies.chain(arguments.values.iter().map(|(path, _)| path));
    let is_repeated = measures.any(|other| other.to_token_stream().to_string() == spelling);
    if is_repeated {
        let message = "this measure is given twice\nhelp: remove one of the two";
        errors.at(&path, message);
    }
    if input.peek(token::Paren) {
        list::rest(input);
        let message = "expected a measure, not a call\n\
                       help: write `LATENCY`, or `SIZE = |returned| …`";
        return Err(syn::Error::new_spanned(path, message));
    }
    if input.peek(Token![=]) {
        let example = "SIZE = |returned| returned.len() as u64";
        let tokens = assigned(input, &path, example)?;
        let closure = closure(tokens, example)?;
        if !is_repeated {
            arguments.values.push((path, closure));
        }
    } else if !is_repeated {
        arguments.latencies.push(path);
    }
    Ok(())
}

fn tags(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Assignment>> {
    if !input.peek(token::Paren) {
        let message = "tags are written in parentheses\nhelp: write `tags(FRONTEND = \"ios\")`";
        let error = input.error(message);
        list::rest(input);
        return Err(error);
    }
    let content;
    syn::parenthesized!(content in input);
    Ok(parse_tags(&content, errors))
}

/// Reads `= value`.
fn assigned(input: ParseStream<'_>, to: impl ToTokens, example: &str) -> syn::Result<TokenStream> {
    let without_value = |to| {
        let spelling = ToTokens::to_token_stream(&to).to_string().replace(' ', "");
        let message = format!("`{spelling}` has no value\nhelp: write `{example}`");
        syn::Error::new_spanned(to, message)
    };
    if input.parse::<Option<Token![=]>>()?.is_none() {
        list::rest(input);
        return Err(without_value(to));
    }
    let value = value(input);
    if value.is_empty() {
        return Err(without_value(to));
    }
    Ok(value)
}

/// A closure, or an expression that may be one, such as a path. The compiler reports tokens that do not parse.
fn closure(tokens: TokenStream, example: &str) -> syn::Result<TokenStream> {
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Lit(_) | Expr::Reference(_) | Expr::Binary(_) | Expr::Array(_)) => {
            let message = format!(
                "expected a closure that takes a reference to the returned value\nhelp: write `{example}`"
            );
            Err(syn::Error::new_spanned(tokens, message))
        }
        _ => Ok(tokens),
    }
}

/// The value of `future`, with its place.
fn boolean(value: Expr, errors: &mut Errors) -> Option<LitBool> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(literal),
            ..
        }) => Some(literal),
        // A `macro_rules!` puts an invisible group around a `$literal`.
        Expr::Group(group) => boolean(*group.expr, errors),
        other => {
            let message = "expected `true` or `false`\n\
                           help: write `future = true` if the function returns a future";
            errors.at(other, message);
            None
        }
    }
}

/// The name, checked as far as a macro can.
fn name(name: Expr, errors: &mut Errors) -> Option<Expr> {
    if !names::check_string(&name, "a name", "name = \"work\"", errors) {
        return None;
    }
    if let Some(string) = names::literal(&name) {
        let len = string.value().len();
        if !(1..=names::MAX_LEN).contains(&len) {
            let mistake = match len {
                0 => "is empty".to_owned(),
                len => format!("has {len} bytes"),
            };
            let message = format!(
                "this name {mistake}\nhelp: write 1 to {} bytes",
                names::MAX_LEN
            );
            errors.at(string, message);
            return None;
        }
    }
    Some(name)
}
