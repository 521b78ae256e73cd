//! The arguments of an attribute: `word` or `word = expression`, between commas.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Token, token};

use crate::errors::Errors;
use crate::generate::Krate;
use crate::{list, suggest};

/// One argument.
pub(crate) struct Arg {
    pub(crate) word: Ident,
    pub(crate) value: Option<Expr>,
}

/// Reads the arguments of `attribute`; unknown and repeated ones are reported and left out.
pub(crate) fn parse(
    args: TokenStream,
    attribute: &str,
    known: &[&str],
    errors: &mut Errors,
) -> Vec<Arg> {
    let mut kept: Vec<Arg> = Vec::new();
    let mut keep = |arg: Arg, errors: &mut Errors| {
        let word = arg.word.to_string();
        if kept.iter().any(|earlier| earlier.word == arg.word) {
            let message = format!("`{word}` was given already\nhelp: leave one of them out");
            errors.at(&arg.word, message);
        } else {
            kept.push(arg);
        }
    };
    let parser = |input: ParseStream<'_>| {
        for arg in list::parse(input, errors, |input, _| argument(input, attribute, known)) {
            keep(arg, errors);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(args) {
        errors.add(error);
    }
    kept
}

fn argument(input: ParseStream<'_>, attribute: &str, known: &[&str]) -> syn::Result<Arg> {
    if input.peek(LitStr) {
        return Err(string(&input.parse()?));
    }
    let word = input.call(Ident::parse_any)?;
    let text = word.to_string();
    if !known.contains(&text.as_str()) {
        let help = elsewhere(&text).map_or_else(
            || suggest::help(&text, known),
            |help| format!("\nhelp: {help}"),
        );
        let message = format!("{attribute} has no argument `{text}`{help}");
        return Err(syn::Error::new_spanned(word, message));
    }
    if input.peek(token::Paren) || input.peek(Token![:]) {
        let message = format!("the value of an argument follows a `=`\nhelp: write `{word} = …`");
        return Err(input.error(message));
    }
    let value = match input.parse::<Option<Token![=]>>()? {
        Some(token) if input.is_empty() || input.peek(Token![,]) => {
            let message = format!("`{word}` has no value\nhelp: write `{word} = …`");
            return Err(syn::Error::new_spanned(token, message));
        }
        Some(_) => Some(input.parse()?),
        None => None,
    };
    Ok(Arg { word, value })
}

/// Where to say what is not said here.
fn elsewhere(word: &str) -> Option<&'static str> {
    match word {
        "description" | "doc" | "help" => {
            Some("write a doc comment above it: its first paragraph is the description")
        }
        "aggregation" | "bounds" | "buckets" | "max_series" => Some(
            "a view says so: `view! { static NAME: Distribution<MEASURE> { buckets: [1, 2] } }`",
        ),
        "tags" => {
            Some("tags stand where it is recorded: `record!(MEASURE = value, tags(KEY = value))`")
        }
        "values" => Some("a tag has its value where it is used: `tags(KEY = value)`"),
        _ => None,
    }
}

/// A string, which is no argument.
pub(crate) fn string(text: &LitStr) -> syn::Error {
    let message = format!(
        "a string says nothing without its argument's name\nhelp: write `name = {:?}`",
        text.value()
    );
    syn::Error::new_spanned(text, message)
}

impl Arg {
    /// The value, which this argument must have; `example` shows how it is written.
    pub(crate) fn expr(self, example: &str, errors: &mut Errors) -> Option<Expr> {
        if self.value.is_none() {
            let word = &self.word;
            errors.at(
                word,
                format!("`{word}` has no value\nhelp: write `{word} = {example}`"),
            );
        }
        self.value
    }

    /// That the word stands there; a value is reported.
    pub(crate) fn flag(self, errors: &mut Errors) -> bool {
        if let Some(value) = &self.value {
            let word = &self.word;
            errors.at(
                value,
                format!("`{word}` takes no value\nhelp: write `{word}`, or nothing"),
            );
        }
        true
    }

    /// The path to the library that `crate = path` gives.
    pub(crate) fn krate(self, errors: &mut Errors) -> Option<Krate> {
        match self.expr("path::to::census", errors)? {
            Expr::Path(path) if path.qself.is_none() => Some(Krate::given(&path.path)),
            other => {
                let message = "`crate` takes a path\nhelp: write `crate = path::to::census`";
                errors.at(other, message);
                None
            }
        }
    }
}
