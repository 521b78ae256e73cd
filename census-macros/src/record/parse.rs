//! From the tokens of a `record!` to a [`Record`], and from those of a `tags!` to its tags.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Token, token};

use super::assignment::{self, LhsKind};
use super::model::{Assignment, Label, Record};
use crate::errors::Errors;
use crate::{list, suggest};

const GROUPS: [&str; 2] = ["tags", "exemplar"];

/// The macro whose input is parsed, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Macro {
    Record,
    Hold,
}

impl Macro {
    fn name(self) -> &'static str {
        match self {
            Self::Record => "record!",
            Self::Hold => "hold!",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Record => "record!(VIDEO_SIZE = size, tags(FRONTEND = \"ios\"))",
            Self::Hold => "hold!(CONNECTIONS = 1, tags(LISTENER = \"public\"))",
        }
    }

    /// The arguments that are groups.
    fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Record => &GROUPS,
            Self::Hold => &["tags"],
        }
    }
}

/// One argument of a `record!`.
enum Argument {
    Measurement(Assignment),
    /// `tags(…)` or `exemplar(…)`, whose content is in the record already.
    Group,
}

pub(super) fn record(input: ParseStream<'_>, errors: &mut Errors) -> Record {
    arguments(input, Macro::Record, errors)
}

/// The one measurement of a `hold!`, and its tags.
pub(super) fn hold(input: ParseStream<'_>, errors: &mut Errors) -> Record {
    let mut record = arguments(input, Macro::Hold, errors);
    for further in record
        .measurements
        .drain(1.min(record.measurements.len())..)
    {
        errors.at(
            &further.lhs,
            "`hold!` holds a value of one measure\nhelp: write a second `hold!` for this one",
        );
    }
    record
}

fn arguments(input: ParseStream<'_>, of: Macro, errors: &mut Errors) -> Record {
    let mut record = Record::default();
    let mut seen: Vec<Ident> = Vec::new();
    let before = errors.count();
    let end = input.span();
    let arguments = list::parse(input, errors, |input, errors| {
        let Some(word) = group(input) else {
            let measurement = assignment::parse(input, LhsKind::Measure, errors)?;
            return match literal_text(&measurement) {
                Some(text) => Err(tag_outside(&measurement, &text)),
                None => Ok(Argument::Measurement(measurement)),
            };
        };
        let content = content(input, &word)?;
        let is_repeated = seen.contains(&word);
        let spelling = word.to_string();
        match spelling.as_str() {
            _ if is_repeated => {
                let message = format!(
                    "`{spelling}(…)` is given twice\nhelp: write all of it in one `{spelling}(…)`"
                );
                errors.at(&word, message);
            }
            "tags" => record.tags = read(content, errors, tags),
            "exemplar" if of == Macro::Record => record.labels = read(content, errors, labels),
            _ => {
                let groups = of.groups();
                let help = match suggest::closest(&spelling, groups) {
                    Some(candidate) => format!("\nhelp: did you mean `{candidate}`?"),
                    None => format!("\nhelp: write `{}(…)`", groups.join("(…)` or `")),
                };
                let name = of.name();
                errors.at(
                    &word,
                    format!("`{name}` has no argument `{spelling}(…)`{help}"),
                );
            }
        }
        seen.push(word);
        Ok(Argument::Group)
    });
    let measurements: Vec<Assignment> = arguments
        .into_iter()
        .filter_map(|argument| match argument {
            Argument::Measurement(measurement) => Some(measurement),
            Argument::Group => None,
        })
        .collect();
    if measurements.is_empty() && errors.count() == before {
        let (name, example) = (of.name(), of.example());
        let message = format!("this `{name}` has no measurement\nhelp: write `{example}`");
        errors.add(syn::Error::new(end, message));
    }
    record.measurements = assignment::distinct(measurements, LhsKind::Measure, errors);
    record
}

pub(crate) fn tags(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Assignment> {
    let tags = list::parse(input, errors, |input, errors| {
        assignment::parse(input, LhsKind::TagKey, errors)
    });
    assignment::distinct(tags, LhsKind::TagKey, errors)
}

/// The value of `LHS = "text"`.
fn literal_text(assignment: &Assignment) -> Option<LitStr> {
    syn::parse2(assignment.value.clone()).ok()
}

/// The mistake of a measurement whose value is text: it is a tag.
fn tag_outside(assignment: &Assignment, text: &LitStr) -> syn::Error {
    let lhs = assignment.lhs.to_token_stream();
    let spelling = lhs.to_string().replace(' ', "");
    let message = format!(
        "the value of a measure is a number or a `Duration`, not text\nhelp: if `{spelling}` is a tag, write \
         `tags({spelling} = {})`",
        text.token()
    );
    syn::Error::new_spanned(quote!(#lhs #text), message)
}

/// Takes the word of a group: `word(…)` as a whole argument. A longer expression, like `size().field = 1`, is a
/// measurement; `tags = …` is a group with a mistake.
fn group(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word: Ident = ahead.parse().ok()?;
    let is_known = GROUPS.iter().any(|group| word == group);
    let has_parentheses = ahead.peek(token::Paren);
    if has_parentheses {
        ahead.parse::<proc_macro2::Group>().ok()?;
    }
    let is_whole = has_parentheses && (ahead.is_empty() || ahead.peek(Token![,]));
    if is_whole || is_known && (has_parentheses || ahead.peek(Token![=])) {
        return input.parse().ok();
    }
    None
}

pub(crate) const LABELS_WITHOUT_PARENTHESES: &str =
    "an exemplar's labels are written in parentheses\nhelp: write `exemplar(trace_id = id)`";

/// Takes the content of a group's parentheses.
fn content(input: ParseStream<'_>, word: &Ident) -> syn::Result<TokenStream> {
    if !input.peek(token::Paren) {
        let message = if word == "tags" {
            "tags are written in parentheses\nhelp: write `tags(FRONTEND = \"ios\")`"
        } else {
            LABELS_WITHOUT_PARENTHESES
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
pub(crate) fn labels(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for label in list::parse(input, errors, |input, _| label(input)) {
        let name = label.name.value();
        if labels.iter().any(|earlier| earlier.name.value() == name) {
            let message = "this label is given twice\nhelp: remove one of the two";
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
    let message = "this label has no value\nhelp: write `trace_id = id`";
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(syn::Error::new_spanned(name, message));
    }
    let value = assignment::value(input);
    if value.is_empty() {
        return Err(syn::Error::new_spanned(name, message));
    }
    Ok(Label { name, value })
}
