//! From a [`Record`] to the statement that records it, and from tags to a map.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Lit;

use super::{Assignment, Label, Record};
use crate::generate::{Krate, ends};

/// Values, tags and labels stand inside the `if`: what is not viewed is not evaluated.
pub(super) fn record(krate: &Krate, record: Record) -> TokenStream {
    let Record {
        measurements,
        tags,
        labels,
    } = record;
    if measurements.is_empty() {
        return TokenStream::new();
    }
    let names: Vec<Ident> = (0..measurements.len())
        .map(|index| format_ident!("__census_measure_{index}"))
        .collect();
    let measures = measurements
        .iter()
        .map(|Assignment { place, .. }| krate.checked("as_measure", place));
    let measurements = measurements.iter().zip(&names).map(|(measurement, name)| {
        let Assignment { place, value } = measurement;
        let shown = (ends(place).0, ends(value).1);
        krate.call(quote!(__private::measurement), shown, quote!(#name, #value))
    });
    let labels = labels.iter().map(|Label { name, value }| {
        let shown = (name.span(), ends(value).1);
        let value = krate.borrowed(value);
        krate.call(
            quote!(__private::exemplar_label),
            shown,
            quote!(#name, #value),
        )
    });
    let measurements: Vec<TokenStream> = measurements.collect();
    let viewed = quote!(#(#krate::Measure::is_viewed(#names))||*);
    let recorded = if labels.len() > 0 {
        let tags = tags.iter().map(|assignment| tag(krate, assignment));
        quote! {
            if #viewed {
                #krate::__private::record(&[#(#measurements),*], &[#(#tags),*], &[#(#labels),*]);
            }
        }
    } else {
        let Lent {
            names: lent,
            evaluated,
            tags,
        } = Lent::new(krate, &tags);
        if let ([measurement], [name]) = (measurements.as_slice(), names.as_slice()) {
            quote! {
                if let ::core::option::Option::Some(__census_version) = #krate::__private::viewed(#name) {
                    match (#(#evaluated,)*) {
                        (#(#lent,)*) => {
                            #krate::__private::record_one(__census_version, &#measurement, #tags);
                        }
                    }
                }
            }
        } else {
            quote! {
                if #viewed {
                    match (#(#measurements,)* #(#evaluated,)*) {
                        (#(#names,)* #(#lent,)*) => {
                            let __census_tags = #tags;
                            #(#krate::__private::record_if_viewed(&#names, &__census_tags);)*
                        }
                    }
                }
            }
        }
    };
    quote! {{
        #(let #names = #measures;)*
        #recorded
    }}
}

/// Tags, lent to measurements without exemplars.
struct Lent {
    /// What is evaluated beforehand, and its names.
    names: Vec<Ident>,
    evaluated: Vec<TokenStream>,
    /// A closure that looks at each tag, maybe twice: for their places, which mostly suffice, and for all of it. So
    /// nothing that only the second needs is prepared for the first.
    tags: TokenStream,
}

impl Lent {
    fn new(krate: &Krate, tags: &[Assignment]) -> Self {
        let name = |what: &str, index: usize| format_ident!("__census_{what}_{index}");
        let mut names = Vec::new();
        let mut evaluated = Vec::new();
        let mut looked_at = Vec::new();
        for (index, Assignment { place, value }) in tags.iter().enumerate() {
            let shown = (ends(place).0, ends(value).1);
            let key = name("key", index);
            names.push(key.clone());
            evaluated.push(krate.checked("as_tag_key", place));
            looked_at.push(if is_literal(value) {
                let value = literal(value);
                krate.call(quote!(__private::literal_tag), shown, quote!(#key, #value))
            } else {
                let mut text = name("value", index);
                text.set_span(krate.shown_at(ends(value).0));
                names.push(text.clone());
                evaluated.push(krate.borrowed(value));
                krate.call(quote!(__private::tag), shown, quote!(#key, #text))
            });
        }
        Self {
            names,
            evaluated,
            tags: quote!(|| [#(#looked_at),*]),
        }
    }
}

pub(crate) fn tags(krate: &Krate, tags: &[Assignment]) -> TokenStream {
    let tags = tags.iter().map(|assignment| tag(krate, assignment));
    quote!(#krate::__private::tags(&[#(#tags),*]))
}

fn tag(krate: &Krate, Assignment { place, value }: &Assignment) -> TokenStream {
    let shown = (ends(place).0, ends(value).1);
    let key = krate.checked("as_tag_key", place);
    let (function, value) = if is_literal(value) {
        (quote!(__private::literal_tag), literal(value))
    } else {
        (quote!(__private::tag), krate.borrowed(value))
    };
    krate.call(function, shown, quote!(#key, #value))
}

/// A literal is known by its place: it need not be read to be found again. That of a constant may be several.
fn literal(value: &TokenStream) -> TokenStream {
    quote!({
        static __CENSUS_LITERAL: &::core::primitive::str = #value;
        &__CENSUS_LITERAL
    })
}

fn is_literal(value: &TokenStream) -> bool {
    matches!(syn::parse2(value.clone()), Ok(Lit::Str(_)))
}
