//! From a [`View`] to a static and its entry in the catalogue.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::View;
use super::aggregation::Kind;
use super::bounds::{Bounds, is_negative, is_number};
use crate::errors::Errors;
use crate::generate::{Krate, ends, optional, origin, registered};
use crate::{doc, names};

pub(super) fn view(krate: &Krate, mut view: View, errors: &mut Errors) -> TokenStream {
    let given = view.options.name.take();
    let max_series = view.options.max_series.take();
    // A check that fails is shown where its argument stands.
    let checked = match (&given, &max_series) {
        (Some(name), _) if names::literal(name).is_none() => ends(name),
        (_, Some(max_series)) => ends(max_series),
        _ => ends(&view.name),
    };
    let name = names::name(
        given,
        &view.name,
        "name: \"…\"",
        errors,
        |lower| quote!(#lower),
    );
    let description = optional(match view.options.description.take() {
        Some(description) => Some(description.to_token_stream()),
        None => doc::first_paragraph(&view.attrs).map(|text| text.to_token_stream()),
    });
    let generated_doc = generated_doc(&view);
    let plan = plan(krate, &view);
    let (columns_static, columns) = columns(krate, &view);
    let max_series = optional(max_series);
    let origin = origin(krate, &view.name);
    let cell = krate.call(
        quote!(__private::ViewCell::new),
        checked,
        quote!(#name, #description, #plan, #columns, #max_series, #origin),
    );
    let registered = registered(krate, "VIEWS", "ViewCell");
    let View {
        attrs,
        vis,
        token,
        name: ident,
        aggregation,
        ..
    } = view;
    let aggregation = aggregation.word;
    quote! {
        #(#attrs)*
        #generated_doc
        #vis #token #ident: #krate::View<#krate::#aggregation> = {
            #columns_static
            static __CENSUS_CELL: #krate::__private::ViewCell = #cell;
            #registered
            #krate::View::__from_cell(&__CENSUS_CELL)
        };
    }
}

/// A view without a doc comment has its measure's description, which no macro can see; its documentation says as
/// much, for a crate that documents all that it exports.
fn generated_doc(view: &View) -> Option<TokenStream> {
    if doc::is_documented(&view.attrs) {
        return None;
    }
    let text = |tokens: &dyn ToTokens| tokens.to_token_stream().to_string().replace(' ', "");
    let aggregation = &view.aggregation.word;
    let measure = view.measure.as_ref().map(|path| text(path));
    let measure = measure.unwrap_or_default();
    let columns: Vec<String> = view.columns.iter().map(|column| text(column)).collect();
    let words = if columns.is_empty() {
        format!("`{aggregation}` of `{measure}`.")
    } else {
        let columns = columns.join("`, `");
        format!("`{aggregation}` of `{measure}` by `{columns}`.")
    };
    Some(quote!(#[doc = #words]))
}

/// A static with the columns, each checked by itself and all against each other, and a reference to it.
fn columns(krate: &Krate, view: &View) -> (TokenStream, TokenStream) {
    let paths = &view.columns;
    if paths.is_empty() {
        return (TokenStream::new(), quote!(&[]));
    }
    let of_distribution = view.aggregation.kind == Kind::Distribution;
    let count = Literal::usize_unsuffixed(paths.len());
    let columns = paths.iter().map(|path| {
        let key = krate.checked("tag_key", path);
        let function = quote!(__private::column);
        krate.call(function, ends(path), quote!(#key, #of_distribution))
    });
    let shown = ends(quote!(#(#paths)*));
    let checked = krate.call(quote!(__private::columns), shown, quote!([#(#columns),*]));
    let declared = quote!(static __CENSUS_COLUMNS: [&#krate::TagKey; #count] = #checked;);
    (declared, quote!(&__CENSUS_COLUMNS))
}

/// What to aggregate, and how. In place of what is wrong stands something that compiles.
fn plan(krate: &Krate, view: &View) -> TokenStream {
    let Some(path) = &view.measure else {
        return stand_in(krate);
    };
    let shown = ends(path);
    let measure = krate.checked("measure", path);
    let function = match (view.aggregation.kind, &view.options.buckets) {
        (Kind::Count, _) | (Kind::Distribution, Some(Bounds::Wrong)) => quote!(count),
        (Kind::Sum, _) => quote!(sum),
        (Kind::LastValue, _) => quote!(last_value),
        (Kind::Distribution, None) => quote!(default_distribution),
        (Kind::Distribution, Some(Bounds::Listed { list, bounds })) => {
            let bound = |is: fn(&Expr) -> bool| bounds.iter().find(|bound| is(bound));
            let asked = [
                bound(is_number).map(|bound| asked(krate, "of_numbers", bound)),
                bound(is_negative).map(|bound| asked(krate, "signed", bound)),
            ];
            let asked = asked.iter().flatten();
            // A name for the measure, so that the whole call, with the check in it, is shown where the list stands.
            return quote_spanned! {krate.shown_at(list.span())=> {
                let __census_measure = #measure;
                #(#asked)*
                __census_measure.__distribution(const { &[#(#bounds),*] })
            }};
        }
    };
    krate.call(quote!(__private::#function), shown, measure)
}

/// Asks whether the measure can have such a bound, and says so at the bound. (If not, it has no type any more, and the
/// compiler says nothing about the bounds' types, nor that `-1` should be the greatest number of all.)
fn asked(krate: &Krate, check: &str, bound: &Expr) -> TokenStream {
    let check = Ident::new(check, Span::call_site());
    // All of it at one token: of two errors at one place, the compiler shows one.
    let start = ends(bound).0;
    let measure = Ident::new("__census_measure", krate.shown_at(start));
    let asked = krate.call(quote!(__private::#check), (start, start), &measure);
    quote_spanned!(krate.shown_at(start)=> let #measure = #asked;)
}

/// A plan for a view that names no measure.
fn stand_in(krate: &Krate) -> TokenStream {
    quote! {{
        static __CENSUS_MEASURE_CELL: #krate::__private::MeasureCell = #krate::__private::measure_cell::<
            #krate::Measure<u64>,
        >(
            "_",
            "",
            ::core::option::Option::None,
            #krate::__private::Origin::new("", "", 0, 0),
        );
        static __CENSUS_MEASURE: #krate::Measure<u64> =
            <#krate::Measure<u64>>::__from_cell(&__CENSUS_MEASURE_CELL);
        #krate::__private::count(&__CENSUS_MEASURE)
    }}
}
