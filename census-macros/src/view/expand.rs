//! From a [`View`] to a static and its element in the slice.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt as _;

use super::model::{AggregationKind, Bounds, Buckets, Column, Definition, Native, View};
use crate::doc;
use crate::generate::{Krate, element, first_last_span, optional, origin};
use crate::names::Name;

pub(super) fn view(krate: &Krate, view: View) -> TokenStream {
    let generated_doc = generated_doc(&view);
    let View {
        attrs,
        is_optional,
        vis,
        token,
        ident,
        name,
        definition,
    } = view;
    let options = &definition.options;
    // The library's checks of the arguments fail at these tokens.
    let checked_spans = match (name.unchecked(), &options.max_series) {
        (Some(name), _) => first_last_span(name),
        (None, Some(max_series)) => first_last_span(max_series),
        (None, None) => first_last_span(&ident),
    };
    let name = match name {
        Name::Given(expr) => expr.into_token_stream(),
        Name::Default(lower) => lower.into_token_stream(),
    };
    let description = optional(match &options.description {
        Some(description) => Some(description.to_token_stream()),
        None => doc::description(krate, &attrs),
    });
    let source = source(krate, &definition);
    let (columns_static, columns) = columns(krate, &definition);
    let max_series = optional(options.max_series.as_ref());
    let outside = (options.namespace == Some(false)).then(|| quote!(.outside_of_namespace()));
    let without_zeros = (options.zero == Some(false)).then(|| quote!(.without_zero_rows()));
    let origin = origin(krate, &ident);
    let cell = krate.call(
        quote!(ViewCell::new),
        checked_spans,
        quote!(#name, #description, #source, #columns, #max_series, #origin),
    );
    let cell = match &options.idle {
        Some(time) => with_idle(krate, &cell, time),
        None => cell,
    };
    let optional = is_optional.then(|| quote!(.optional()));
    let element = element(krate, "VIEWS", "ViewCell");
    let aggregation = &definition.aggregation.word;
    quote! {
        #(#attrs)*
        #generated_doc
        #vis #token #ident: #krate::View<#krate::#aggregation> = {
            #columns_static
            static __CENSUS_CELL: #krate::ViewCell = #cell #outside #without_zeros #optional;
            #element
            #krate::static_view(&__CENSUS_CELL)
        };
    }
}

/// The cell with `idle`. The whole call is shown at the time, where the library's check of it fails. (A method call would
/// begin with the cell.)
fn with_idle(krate: &Krate, cell: &TokenStream, time: &Expr) -> TokenStream {
    let spans = first_last_span(time);
    let time = krate.checked("idle_time", time);
    krate.call(quote!(ViewCell::with_idle), spans, quote!(#cell, *#time))
}

/// The documentation of a view without a doc comment, for crates that deny `missing_docs`. The view's description is its
/// measure's, which a macro cannot see.
fn generated_doc(view: &View) -> Option<TokenStream> {
    if doc::is_documented(&view.attrs) {
        return None;
    }
    let compact = |tokens: &dyn ToTokens| tokens.to_token_stream().to_string().replace(' ', "");
    let definition = &view.definition;
    let aggregation = &definition.aggregation.word;
    let measure = definition.measure.as_ref().map(|path| compact(path));
    let measure = measure.unwrap_or_default();
    let columns: Vec<String> = definition
        .columns
        .iter()
        .map(|it| compact(&it.path))
        .collect();
    let sentence = if columns.is_empty() {
        format!("`{aggregation}` of `{measure}`.")
    } else {
        let columns = columns.join("`, `");
        format!("`{aggregation}` of `{measure}` by `{columns}`.")
    };
    Some(quote!(#[doc = #sentence]))
}

/// A static with the columns, each checked by itself and all against each other, and a reference to it.
fn columns(krate: &Krate, definition: &Definition) -> (TokenStream, TokenStream) {
    if definition.columns.is_empty() {
        return (TokenStream::new(), quote!(&[]));
    }
    let is_distribution = definition.aggregation.kind == AggregationKind::Distribution;
    let count = Literal::usize_unsuffixed(definition.columns.len());
    let columns = definition.columns.iter().map(|Column { path, label }| {
        let key = krate.checked("tag_key", path);
        let spans = (
            first_last_span(path).0,
            first_last_span(quote!(#path #label)).1,
        );
        let label = optional(label.as_ref().map(|label| {
            let mut text = Literal::string(&label.unraw().to_string());
            text.set_span(label.span());
            text
        }));
        krate.call(
            quote!(column),
            spans,
            quote!(#key, #label, #is_distribution),
        )
    });
    let paths = definition.columns.iter().map(|column| &column.path);
    let spans = first_last_span(quote!(#(#paths)*));
    let checked = krate.call(quote!(columns), spans, quote!([#(#columns),*]));
    let columns_static = quote! {
        static __CENSUS_COLUMNS: [#krate::StaticColumn; #count] = #checked;
    };
    (columns_static, quote!(&__CENSUS_COLUMNS))
}

/// The view's measure and aggregation. In the place of wrong parts, which were reported, it has parts that compile.
fn source(krate: &Krate, definition: &Definition) -> TokenStream {
    let Some(path) = &definition.measure else {
        return stand_in(krate);
    };
    let check = match definition.options.idle {
        Some(_) => "measure_with_idle",
        None => "measure",
    };
    let measure = krate.checked(check, path);
    let options = &definition.options;
    let constructor = match (definition.aggregation.kind, &options.buckets) {
        (AggregationKind::Plain(constructor), _) => constructor,
        (AggregationKind::Distribution, None) => match &options.native {
            Some(native) => return native_distribution(krate, &measure, native),
            None => "__default_distribution",
        },
        // The buckets were reported. Any aggregation without options will do.
        (AggregationKind::Distribution, Some(Buckets::Wrong)) => "__count",
        (AggregationKind::Distribution, Some(Buckets::Bounds(bounds))) => {
            let classic = distribution(krate, &measure, bounds);
            return and_native(krate, classic, options.native.as_ref());
        }
        (AggregationKind::Distribution, Some(Buckets::Series(series))) => {
            let classic = distribution_in(krate, &measure, series);
            return and_native(krate, classic, options.native.as_ref());
        }
    };
    let (first, last) = first_last_span(path);
    let constructor = Ident::new(constructor, krate.respan(first));
    quote_spanned!(krate.respan(last)=> #measure.#constructor())
}

fn distribution(krate: &Krate, measure: &TokenStream, bounds: &Bounds) -> TokenStream {
    let Bounds {
        list,
        exprs,
        first_number,
        first_negative,
    } = bounds;
    let checks = [
        ("number_measure", first_number),
        ("signed_measure", first_negative),
    ];
    let checks = checks
        .iter()
        .filter_map(|(check, bound)| Some(check_bound(krate, check, bound.as_ref()?)));
    // The measure has a name so that the compiler shows the whole call, with the check in it, at the list.
    quote_spanned! {krate.respan(list.span())=> {
        let __census_measure = #measure;
        #(#checks)*
        __census_measure.__distribution(const { &[#(#exprs),*] })
    }}
}

/// A distribution with buckets of a `Buckets`.
fn distribution_in(krate: &Krate, measure: &TokenStream, series: &Expr) -> TokenStream {
    let (first, last) = first_last_span(series);
    // From the first token to the last: there the compiler shows what the check of the series says.
    let series = if matches!(series, Expr::Path(_)) {
        // A constant may be a slice. Of a call, the compiler's own message about the arguments is better.
        let checked = krate.checked("given_buckets", series);
        quote_spanned!(krate.respan(first)=> *#checked)
    } else {
        series.to_token_stream()
    };
    let series = quote_spanned!(krate.respan(last)=> (#series));
    let measure = quote_spanned!(krate.respan(first)=> (#measure));
    let method = quote_spanned!(krate.respan(first)=> .__distribution_in);
    quote!(#measure #method #series)
}

/// A distribution with native buckets.
fn native_distribution(krate: &Krate, measure: &TokenStream, native: &Native) -> TokenStream {
    let (first, last) = native_spans(native);
    let buckets = native.growth.as_ref().map_or_else(
        || quote!(#krate::Buckets::native()),
        |growth| quote!(#krate::Buckets::native_with_growth(#growth)),
    );
    // From the first token of the factor to the last: there the compiler shows what the check of it says.
    let buckets = quote_spanned!(krate.respan(last)=> (#buckets));
    let measure = quote_spanned!(krate.respan(first)=> (#measure));
    let method = quote_spanned!(krate.respan(first)=> .__distribution_in);
    quote!(#measure #method #buckets)
}

/// A distribution with native buckets beside the classic ones, if there are native ones.
fn and_native(krate: &Krate, classic: TokenStream, native: Option<&Native>) -> TokenStream {
    let Some(native) = native else {
        return classic;
    };
    let growth = native
        .growth
        .as_ref()
        .map_or_else(|| quote!(#krate::DEFAULT_GROWTH), ToTokens::to_token_stream);
    krate.call(
        quote!(and_native),
        native_spans(native),
        quote!(#classic, #growth),
    )
}

/// The growth factor, or the word `native`.
fn native_spans(native: &Native) -> (Span, Span) {
    match &native.growth {
        Some(growth) => first_last_span(growth),
        None => first_last_span(&native.word),
    }
}

/// Checks at a bound whether the measure can have it. If it cannot, the result of the check has no known type, so the
/// compiler reports neither the types of the bounds nor a `-1` of an unsigned type.
fn check_bound(krate: &Krate, check: &str, bound: &Expr) -> TokenStream {
    let check = Ident::new(check, Span::call_site());
    // All of it at one token: of two errors at the same token, the compiler shows one.
    let first = first_last_span(bound).0;
    let measure = Ident::new("__census_measure", krate.respan(first));
    let checked = krate.call(quote!(#check), (first, first), &measure);
    quote_spanned!(krate.respan(first)=> let #measure = #checked;)
}

/// A source for a view without a valid measure.
fn stand_in(krate: &Krate) -> TokenStream {
    quote! {{
        static __CENSUS_MEASURE_CELL: #krate::MeasureCell = #krate::measure_cell::<
            #krate::Measure<u64>,
        >(
            "_",
            "",
            ::core::option::Option::None,
            #krate::Origin::new("", "", 0, 0),
        );
        static __CENSUS_MEASURE: #krate::Measure<u64> =
            #krate::static_measure(&__CENSUS_MEASURE_CELL);
        __CENSUS_MEASURE.__count()
    }}
}
