//! The arguments of an attribute: `word` or `word = expression`, separated by commas.

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

/// Reads the arguments of `attribute`. Unknown and repeated ones are reported and left out.
pub(crate) fn parse(
    args: TokenStream,
    attribute: &str,
    words: &[&str],
    errors: &mut Errors,
) -> Vec<Arg> {
    let mut distinct: Vec<Arg> = Vec::new();
    let mut add = |arg: Arg, errors: &mut Errors| {
        if distinct.iter().any(|earlier| earlier.word == arg.word) {
            errors.add(repeated(&arg.word));
        } else {
            distinct.push(arg);
        }
    };
    let parser = |input: ParseStream<'_>| {
        for arg in list::parse(input, errors, |input, _| argument(input, attribute, words)) {
            add(arg, errors);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(args) {
        errors.add(error);
    }
    distinct
}

fn argument(input: ParseStream<'_>, attribute: &str, words: &[&str]) -> syn::Result<Arg> {
    if input.peek(LitStr) {
        return Err(string_without_name(&input.parse()?));
    }
    let word = input.call(Ident::parse_any)?;
    let spelling = word.to_string();
    if !words.contains(&spelling.as_str()) {
        let help = elsewhere(&spelling).map_or_else(
            || suggest::help(&spelling, words),
            |help| format!("\nhelp: {help}"),
        );
        let message = format!("{attribute} has no argument `{spelling}`{help}");
        return Err(syn::Error::new_spanned(word, message));
    }
    if input.peek(token::Paren) || input.peek(Token![:]) {
        let message =
            format!("an argument and its value are separated by `=`\nhelp: write `{word} = …`");
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

/// For a word that is an argument of another macro: where it is written.
fn elsewhere(word: &str) -> Option<&'static str> {
    match word {
        "description" | "doc" | "help" => {
            Some("write a doc comment above it: its first paragraph is the description")
        }
        "aggregation" | "bounds" | "buckets" | "max_series" | "idle" => Some(
            "this is an option of a view: `view! { static NAME: Distribution<MEASURE> { buckets: [1, 2] } }`",
        ),
        "tags" => Some(
            "tags are given where the measure is recorded: `record!(MEASURE = value, tags(KEY = value))`",
        ),
        "values" => Some("a tag's value is given where the tag is set: `tags(KEY = value)`"),
        _ => None,
    }
}

/// The mistake of an argument or option that is given twice.
pub(crate) fn repeated(word: &Ident) -> syn::Error {
    let message = format!("`{word}` is given twice\nhelp: remove one of the two");
    syn::Error::new_spanned(word, message)
}

/// The mistake of a string in the place of an argument.
pub(crate) fn string_without_name(string: &LitStr) -> syn::Error {
    let message = format!(
        "this string is not an argument: the argument's name is missing\nhelp: write `name = {:?}`",
        string.value()
    );
    syn::Error::new_spanned(string, message)
}

impl Arg {
    /// The value. Reports a word without one; `example` shows how the value is written.
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

    /// `true`, because the word is given. Reports a value.
    pub(crate) fn flag(self, errors: &mut Errors) -> bool {
        if let Some(value) = &self.value {
            let word = &self.word;
            errors.at(
                value,
                format!("`{word}` takes no value\nhelp: write `{word}`, or remove it"),
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
