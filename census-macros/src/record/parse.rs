//! From the text of a `record!` to a [`Record`], and from that of a `tags!` to its tags.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Token, token};

use super::assignment::{self, Assignment, Place};
use super::{Label, Record};
use crate::errors::Errors;
use crate::{list, suggest};

const EXAMPLE: &str = "record!(VIDEO_SIZE = size, tags(FRONTEND = \"ios\"))";
const GROUPS: [&str; 2] = ["tags", "exemplar"];

/// One part of a `record!`.
enum Part {
    Measurement(Assignment),
    /// A group, which went into the record.
    Group,
}

pub(super) fn record(input: ParseStream<'_>, errors: &mut Errors) -> Record {
    let mut record = Record::default();
    let mut seen: Vec<Ident> = Vec::new();
    let before = errors.count();
    let end = input.span();
    let parts = list::parse(input, errors, |input, errors| {
        let Some(word) = group(input) else {
            return assignment::parse(input, Place::Measure, errors).map(Part::Measurement);
        };
        let content = content(input, &word)?;
        let repeated = seen.contains(&word);
        let text = word.to_string();
        match text.as_str() {
            _ if repeated => {
                let message =
                    format!("`{text}` stands here twice\nhelp: write all of it in one `{text}(…)`");
                errors.at(&word, message);
            }
            "tags" => record.tags = read(content, errors, tags),
            "exemplar" => record.labels = read(content, errors, labels),
            _ => {
                let help = match suggest::closest(&text, &GROUPS) {
                    Some(meant) => format!("\nhelp: did you mean `{meant}`?"),
                    None => "\nhelp: write `tags(…)` or `exemplar(…)`".to_owned(),
                };
                errors.at(&word, format!("`record!` has no `{text}(…)`{help}"));
            }
        }
        seen.push(word);
        Ok(Part::Group)
    });
    let measurements: Vec<Assignment> = parts
        .into_iter()
        .filter_map(|part| match part {
            Part::Measurement(measurement) => Some(measurement),
            Part::Group => None,
        })
        .collect();
    if measurements.is_empty() && errors.count() == before {
        let message = format!("there is nothing to record here\nhelp: write `{EXAMPLE}`");
        errors.add(syn::Error::new(end, message));
    }
    record.measurements = assignment::distinct(measurements, Place::Measure, errors);
    record
}

pub(crate) fn tags(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Assignment> {
    let tags = list::parse(input, errors, |input, errors| {
        assignment::parse(input, Place::Key, errors)
    });
    assignment::distinct(tags, Place::Key, errors)
}

/// Takes the word of a group; a call that goes on, like `size().of = 1`, is none. `tags = …` is one, badly written.
fn group(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word: Ident = ahead.parse().ok()?;
    let named = GROUPS.iter().any(|group| word == group);
    let parenthesised = ahead.peek(token::Paren);
    if parenthesised {
        ahead.parse::<proc_macro2::Group>().ok()?;
    }
    let ends = parenthesised && (ahead.is_empty() || ahead.peek(Token![,]));
    if ends || named && (parenthesised || ahead.peek(Token![=])) {
        return input.parse().ok();
    }
    None
}

/// What stands in the parentheses of a group.
fn content(input: ParseStream<'_>, word: &Ident) -> syn::Result<TokenStream> {
    if !input.peek(token::Paren) {
        let message = if word == "tags" {
            "tags stand in parentheses\nhelp: write `tags(FRONTEND = \"ios\")`"
        } else {
            "an exemplar's labels stand in parentheses\nhelp: write `exemplar(trace_id = id)`"
        };
        return Err(input.error(message));
    }
    let content;
    syn::parenthesized!(content in input);
    content.parse()
}

fn read<T: Default>(
    content: TokenStream,
    errors: &mut Errors,
    parse: impl FnOnce(ParseStream<'_>, &mut Errors) -> T,
) -> T {
    let parser = |input: ParseStream<'_>| Ok(parse(input, errors));
    parser.parse2(content).unwrap_or_default()
}

/// `trace_id = id, "span-id" = span`
fn labels(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let parsed = list::parse(input, errors, |input, _| label(input));
    for label in parsed {
        if labels
            .iter()
            .any(|earlier| earlier.name.value() == label.name.value())
        {
            let message = "this exemplar has this label already\nhelp: leave one of them out";
            errors.at(label.name, message);
        } else {
            labels.push(label);
        }
    }
    labels
}

fn label(input: ParseStream<'_>) -> syn::Result<Label> {
    let name: LitStr = if input.peek(LitStr) {
        input.parse()?
    } else {
        let message = "expected a label's name\nhelp: write `trace_id = id`";
        let word = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), message))?;
        LitStr::new(&word.unraw().to_string(), word.span())
    };
    let message = "a label without a value\nhelp: write `trace_id = id`";
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(syn::Error::new_spanned(name, message));
    }
    let value = assignment::value(input);
    if value.is_empty() {
        return Err(syn::Error::new_spanned(name, message));
    }
    Ok(Label { name, value })
}
