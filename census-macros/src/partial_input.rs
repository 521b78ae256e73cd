//! Input as it is while the user types: every beginning of a valid input, also in the middle of its groups, and every valid
//! input without one of its tokens. For all of them, the macros must not panic, and must emit the user's items.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{DeriveInput, Expr, File, Token};

use crate::{function, measure, record, tag, tag_value, view};

const TAGS: [(&str, &str); 2] = [
    (
        "name = \"myorg/keys/frontend\", local, crate = metrics",
        "/// Which client. \n #[cfg(test)] pub(crate) static FRONTEND: census::TagKey;",
    ),
    ("name = concat!(\"a\", NAME)", "static r#TYPE: TagKey;"),
];

const MEASURES: [(&str, &str); 5] = [
    (
        "name = \"myorg/size\", unit = \"By\", crate = ::metrics::census",
        "/// Size. \n pub static SIZE: census::Measure<u64>;",
    ),
    (
        "unit = UNIT",
        "pub(in crate::a) static LATENCY: Measure<std::time::Duration>;",
    ),
    ("", "static QUEUE: Observed<u64> = || JOBS.len() as u64;"),
    (
        "name = NAME",
        "static POOLS: census::Observed<u64> = |seen: &mut Readings<'_, u64>| { for p in pools() { seen.record(p.size, tags!()); } };",
    ),
    (
        "total, unit = \"ms\"",
        "static CPU: Observed<Duration> = os::cpu_time;",
    ),
];

const VIEWS: [&str; 4] = [
    "/// Sizes, by client. \n
     #[cfg(test)]
     #[optional]
     pub static SIZES: Distribution<a::SIZE> by (FRONTEND as client, keys::CODEC,) {
         name: \"myorg/sizes\", description: TEXT, buckets: [-1, 16 * MIB, Duration::from_secs(5)], max_series: 500, idle: Duration::from_mins(10), namespace: false, zero: false,
     }
     static COUNT: Count<SIZE>;
     pub(crate) static SUM: Sum<::a::SIZE> by (FRONTEND);
     static LAST: LastValue<SIZE> { name: \"last\" };",
    "static A: Distribution<SIZE> { buckets: (census::Buckets::linear(0, 16 * MIB, 5)), name: \"a\" }",
    "static A: Distribution<SIZE> { buckets: native, name: \"a\" }
     static B: Distribution<SIZE> { classic: [1, 2], buckets: native(FACTOR * 1.5) }",
    "static A: Distribution<LATENCY>; static B: Count<SIZE> {} static C: Count<SIZE>;",
];

const RECORDS: [&str; 3] = [
    "SIZE = 25 * MIB, self.latency = start.elapsed(), (*sizes[i]) = -5",
    "a::SIZE = f::<A, B>(x, |y| y + 1), tags(FRONTEND = \"ios\", self.key = if a == b { c } else { d },),
     exemplar(trace_id = id, \"span-id\" = 5,)",
    "tags(), SIZE = match x { 1 => 2, _ => 3 }, exemplar()",
];

const TAG_MAPS: [&str; 1] = ["FRONTEND = \"ios\", keys::CODEC = codec(1).await?, *key = A { b }"];

const TAG_VALUES: [&str; 2] = [
    "#[tag_value(crate = metrics)]
     pub enum Method<T: Copy, const N: usize> where u8: Copy { Get, #[tag_value(\"POST\")] Post = 5, r#Type, }",
    "enum Empty {}",
];

/// Checks outputs, and counts how many.
struct Checker {
    count: usize,
}

#[test]
fn attributes_emit_their_items() {
    type Attribute = fn(TokenStream, TokenStream) -> TokenStream;
    let attributes = [
        (tag::attribute as Attribute, &TAGS[..]),
        (measure::attribute, &MEASURES[..]),
        (measure::attribute, &function::valid_inputs::VALID[..]),
    ];
    let mut checker = Checker { count: 0 };
    for (attribute, valid) in attributes {
        for (args, item) in valid {
            let (args, item) = (tokens(args), tokens(item));
            for partial in partials(&item) {
                let output = attribute(args.clone(), partial.clone());
                checker.check(
                    &partial,
                    &output,
                    syn::parse2::<File>(partial.clone()).is_ok(),
                );
            }
            let item_parses = syn::parse2::<File>(item.clone()).is_ok();
            for partial in partials(&args) {
                let output = attribute(partial.clone(), item.clone());
                checker.check(&item, &output, item_parses && are_expressions(&partial));
            }
        }
    }
    checker.assert_more_than(2_000);
}

#[test]
fn view_emits_every_static() {
    let mut checker = Checker { count: 0 };
    for partial in VIEWS.iter().flat_map(|input| partials(&tokens(input))) {
        let output = view::items(quote!(census; #partial));
        checker.check(&partial, &output, true);
    }
    checker.assert_more_than(250);
}

#[test]
fn record_and_tags_emit_expressions() {
    type Macro = fn(TokenStream) -> TokenStream;
    let macros = [
        (record::record as Macro, &RECORDS[..]),
        (record::tags, &TAG_MAPS[..]),
    ];
    let mut checker = Checker { count: 0 };
    for (expand, valid) in macros {
        for partial in valid.iter().flat_map(|input| partials(&tokens(input))) {
            let output = expand(quote!(census; #partial));
            let output = quote!(fn f() { let () = #output; });
            checker.check(&partial, &output, are_expressions(&partial));
        }
    }
    checker.assert_more_than(200);
}

#[test]
fn derive_emits_an_implementation() {
    let mut checker = Checker { count: 0 };
    for partial in TAG_VALUES.iter().flat_map(|input| partials(&tokens(input))) {
        let output = tag_value::derive(partial.clone());
        checker.check(&TokenStream::new(), &output, true);
        if let Ok(input) = syn::parse2::<DeriveInput>(partial) {
            let name = input.ident.to_string();
            assert!(
                pairs(&output).contains(&("for".to_owned(), name)),
                "{output}"
            );
        }
    }
    checker.assert_more_than(50);
}

impl Checker {
    /// Asserts that all `static`s and `fn`s of the input are in the output, and that the output parses if it `must_parse`.
    fn check(&mut self, input: &TokenStream, output: &TokenStream, must_parse: bool) {
        self.count += 1;
        let output_pairs = pairs(output);
        for pair in pairs(input) {
            let declares = ["static", "fn"].contains(&pair.0.as_str()) && pair.1 != "mut";
            assert!(
                !declares || output_pairs.contains(&pair),
                "there is no `{} {}`\nin  {output}\nfor {input}",
                pair.0,
                pair.1
            );
        }
        if must_parse && let Err(error) = syn::parse2::<File>(output.clone()) {
            panic!("{error}\nin  {output}\nfor {input}");
        }
    }

    fn assert_more_than(&self, count: usize) {
        assert!(self.count > count, "{}", self.count);
    }
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("these are tokens")
}

/// Whether the values and closures in the tokens, which a macro emits unread, are expressions.
fn are_expressions(tokens: &TokenStream) -> bool {
    let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
    expressions.parse2(tokens.clone()).is_ok()
}

/// Every beginning of the tokens, and the tokens without one of them.
fn partials(tokens: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut collected = vec![TokenStream::new()];
    for (index, token) in tokens.iter().enumerate() {
        let (before, after) = (&tokens[..index], &tokens[index + 1..]);
        let with = |token: Option<TokenTree>, after: &[TokenTree]| {
            let begun = before.iter().cloned().chain(token);
            begun.chain(after.iter().cloned()).collect::<TokenStream>()
        };
        if let TokenTree::Group(group) = token {
            for inner in partials(&group.stream()) {
                let group = || Some(Group::new(group.delimiter(), inner.clone()).into());
                // An editor inserts the closing delimiter. The tokens after it may be there already, or not.
                collected.extend([with(group(), &[]), with(group(), after)]);
            }
        }
        collected.extend([with(Some(token.clone()), &[]), with(None, after)]);
    }
    collected
}

/// All pairs of identifiers that follow one another.
fn pairs(tokens: &TokenStream) -> Vec<(String, String)> {
    let mut collected = Vec::new();
    let mut earlier: Option<Ident> = None;
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => {
                if let Some(earlier) = earlier.replace(ident.clone()) {
                    collected.push((earlier.to_string(), ident.to_string()));
                }
            }
            TokenTree::Group(group) => {
                earlier = None;
                collected.extend(pairs(&group.stream()));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => earlier = None,
        }
    }
    collected
}
