//! From a [`Record`] to the statement that records it, and from tags to a map.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{Assignment, Label, Record};
use crate::generate::{Krate, borrowed, ends, shown_at};

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
    let viewed = measurements.iter().map(|Assignment { place, .. }| {
        let (krate, place) = (krate.at(ends(place).0), borrowed(place));
        quote!(#krate::Measure::is_viewed(#place))
    });
    let measurements = measurements.iter().map(|Assignment { place, value }| {
        let (krate, place) = (krate.at(ends(place).0), borrowed(place));
        quote!(#krate::__private::measurement(#place, #value))
    });
    let tags = tags.iter().map(|assignment| tag(krate, assignment));
    let labels = labels.iter().map(|Label { name, value }| {
        let value = parenthesised(value);
        quote!(#krate::__private::exemplar_label(#name, #value))
    });
    quote! {{
        if #(#viewed)||* {
            #krate::__private::record(&[#(#measurements),*], &[#(#tags),*], &[#(#labels),*]);
        }
    }}
}

pub(super) fn tags(krate: &Krate, tags: &[Assignment]) -> TokenStream {
    let tags = tags.iter().map(|assignment| tag(krate, assignment));
    quote!(#krate::__private::tags(&[#(#tags),*]))
}

fn tag(krate: &Krate, Assignment { place, value }: &Assignment) -> TokenStream {
    let krate = krate.at(ends(place).0);
    let place = borrowed(place);
    let value = parenthesised(value);
    quote!(#krate::__private::tag(#place, #value))
}

/// `&(value)`, shown at the value.
fn parenthesised(value: &TokenStream) -> TokenStream {
    let (start, end) = ends(value);
    let value = quote_spanned!(shown_at(end)=> (#value));
    quote_spanned!(shown_at(start)=> &#value)
}
