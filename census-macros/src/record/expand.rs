//! From a [`Record`] to the statement that records it, and from tags to a map.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

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
    let tags = tags.iter().map(|assignment| tag(krate, assignment));
    let labels = labels.iter().map(|Label { name, value }| {
        let shown = (name.span(), ends(value).1);
        let value = krate.borrowed(value);
        krate.call(
            quote!(__private::exemplar_label),
            shown,
            quote!(#name, #value),
        )
    });
    quote! {{
        #(let #names = #measures;)*
        if #(#krate::Measure::is_viewed(#names))||* {
            #krate::__private::record(&[#(#measurements),*], &[#(#tags),*], &[#(#labels),*]);
        }
    }}
}

pub(crate) fn tags(krate: &Krate, tags: &[Assignment]) -> TokenStream {
    let tags = tags.iter().map(|assignment| tag(krate, assignment));
    quote!(#krate::__private::tags(&[#(#tags),*]))
}

fn tag(krate: &Krate, Assignment { place, value }: &Assignment) -> TokenStream {
    let shown = (ends(place).0, ends(value).1);
    let key = krate.checked("as_tag_key", place);
    let value = krate.borrowed(value);
    krate.call(quote!(__private::tag), shown, quote!(#key, #value))
}
