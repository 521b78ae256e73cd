//! From a [`Record`] to the statement that records it, and from tags to a map.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, Lit};

use super::model::{Assignment, Label, Record};
use crate::generate::{Krate, first_last_span};

/// Values, tags and labels are inside the `if`, so that they are not evaluated unless a measure is viewed. They are
/// evaluated once each: the values of all measures, the tags, the labels, each in the order in which they are written.
pub(super) fn record(krate: &Krate, record: Record) -> TokenStream {
    let Record {
        measurements,
        tags,
        labels,
    } = record;
    if measurements.is_empty() {
        return TokenStream::new();
    }
    let is_literal = measurements.iter().all(has_number) && tags.iter().all(has_literal);
    let names: Vec<Ident> = (0..measurements.len())
        .map(|index| format_ident!("__census_measure_{index}"))
        .collect();
    let measures = measurements
        .iter()
        .map(|Assignment { lhs, .. }| krate.checked("as_measure", lhs));
    let measurements: Vec<TokenStream> = measurements
        .iter()
        .zip(&names)
        .map(|(assignment, name)| {
            let value = &assignment.value;
            krate.call(
                quote!(measurement),
                spans(assignment),
                quote!(#name, #value),
            )
        })
        .collect();
    let is_viewed = quote!(#(#krate::viewed(#names))||*);
    let recorded = if labels.is_empty() {
        let TagBindings {
            names: tag_names,
            values: tag_values,
            tags,
        } = TagBindings::new(krate, &tags);
        if let ([measurement], [name]) = (measurements.as_slice(), names.as_slice())
            && is_literal
        {
            quote! {
                if let ::core::option::Option::Some(__census_version) = #krate::version(#name) {
                    match (#measurement, #(#tag_values,)*) {
                        (#name, #(#tag_names,)*) => {
                            #krate::record_literals(&#name, __census_version, #tags);
                        }
                    }
                }
            }
        } else if let ([measurement], [name]) = (measurements.as_slice(), names.as_slice()) {
            quote! {
                if #krate::viewed(#name) {
                    match (#measurement, #(#tag_values,)*) {
                        (#name, #(#tag_names,)*) => {
                            #krate::record_one(&#name, #tags);
                        }
                    }
                }
            }
        } else {
            quote! {
                if #is_viewed {
                    match (#(#measurements,)* #(#tag_values,)*) {
                        (#(#names,)* #(#tag_names,)*) => {
                            let __census_tags = #tags;
                            #(#krate::record_if_viewed(&#names, &__census_tags);)*
                        }
                    }
                }
            }
        }
    } else {
        let tags = tags.iter().map(|assignment| tag(krate, assignment));
        let labels = labels
            .iter()
            .map(|each| label(krate, "exemplar_label", each));
        quote! {
            if #is_viewed {
                #krate::record(&[#(#measurements),*], &[#(#tags),*], &[#(#labels),*]);
            }
        }
    };
    quote! {{
        #(let #names = #measures;)*
        #recorded
    }}
}

/// The guard of a held value. Unlike a measurement's, the value and the tags are always evaluated: the guard has the value.
pub(super) fn hold(krate: &Krate, record: &Record) -> TokenStream {
    let Some(measurement) = record.measurements.first() else {
        return TokenStream::new();
    };
    let TagBindings {
        names,
        values,
        tags,
    } = TagBindings::new(krate, &record.tags);
    let measure = krate.checked("as_measure", &measurement.lhs);
    let value = &measurement.value;
    let arguments = quote!(__census_measure, __census_value, #tags);
    let held = krate.call(quote!(hold), spans(measurement), arguments);
    quote! {
        match (#measure, #value, #(#values,)*) {
            (__census_measure, __census_value, #(#names,)*) => #held,
        }
    }
}

/// Tags of measurements without exemplars. Keys and values are evaluated once and bound by a `match`; the recording
/// function borrows them through a closure.
struct TagBindings {
    names: Vec<Ident>,
    values: Vec<TokenStream>,
    /// The closure that makes the tags. The recording function may call it twice: first for the addresses of keys and
    /// literals, which usually suffice, then for the rest.
    tags: TokenStream,
}

impl TagBindings {
    fn new(krate: &Krate, assignments: &[Assignment]) -> Self {
        let mut names = Vec::new();
        let mut values = Vec::new();
        let mut tags = Vec::new();
        for (index, assignment) in assignments.iter().enumerate() {
            let Assignment { lhs, value } = assignment;
            let mut key = format_ident!("__census_key_{index}");
            key.set_span(krate.respan(first_last_span(lhs).0));
            names.push(key.clone());
            values.push(krate.checked("as_tag_key", lhs));
            tags.push(if is_string_literal(value) {
                let value = quote!(#krate::literal!(#value));
                krate.call(quote!(literal_tag), spans(assignment), quote!(#key, #value))
            } else {
                let mut name = format_ident!("__census_value_{index}");
                name.set_span(krate.respan(first_last_span(value).0));
                names.push(name.clone());
                let borrowed = krate.borrowed(value);
                values.push(krate.call(quote!(tag_value), first_last_span(value), borrowed));
                let name = quote_spanned!(name.span()=> &#name);
                krate.call(quote!(known_tag), spans(assignment), quote!(#key, #name))
            });
        }
        Self {
            names,
            values,
            tags: quote!(move || [#(#tags),*]),
        }
    }
}

/// A label of an exemplar, made by one of the library's functions.
pub(crate) fn label(krate: &Krate, function: &str, Label { name, value }: &Label) -> TokenStream {
    let function = Ident::new(function, Span::call_site());
    let spans = (name.span(), first_last_span(value).1);
    let value = krate.borrowed(value);
    krate.call(quote!(#function), spans, quote!(#name, #value))
}

pub(crate) fn tags(krate: &Krate, tags: &[Assignment]) -> TokenStream {
    let tags = tags.iter().map(|assignment| tag(krate, assignment));
    quote!(#krate::tags(&[#(#tags),*]))
}

fn tag(krate: &Krate, assignment: &Assignment) -> TokenStream {
    let Assignment { lhs, value } = assignment;
    let key = krate.checked("as_tag_key", lhs);
    let (function, value) = if is_string_literal(value) {
        (quote!(literal_tag), quote!(#krate::literal!(#value)))
    } else {
        (quote!(tag), krate.borrowed(value))
    };
    krate.call(function, spans(assignment), quote!(#key, #value))
}

/// The first span of the left side and the last one of the value.
fn spans(Assignment { lhs, value }: &Assignment) -> (Span, Span) {
    (first_last_span(lhs).0, first_last_span(value).1)
}

/// Whether the value is a number in the code.
fn has_number(Assignment { value, .. }: &Assignment) -> bool {
    matches!(syn::parse2(value.clone()), Ok(Lit::Int(_) | Lit::Float(_)))
}

/// Whether the value is a literal, and no code of a user runs to find the key.
fn has_literal(Assignment { lhs, value }: &Assignment) -> bool {
    matches!(lhs, Expr::Path(_)) && is_string_literal(value)
}

fn is_string_literal(value: &TokenStream) -> bool {
    matches!(syn::parse2(value.clone()), Ok(Lit::Str(_)))
}
