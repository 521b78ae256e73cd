//! What the macros get while someone types: every beginning of right input, also in the middle of its groups, and right
//! input that lacks a single token. None of it may upset a macro or cost the user an item.

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

const MEASURES: [(&str, &str); 2] = [
    (
        "name = \"myorg/size\", unit = \"By\", crate = ::metrics::census",
        "/// Size. \n pub static SIZE: census::Measure<u64>;",
    ),
    (
        "unit = UNIT",
        "pub(in crate::a) static LATENCY: Measure<std::time::Duration>;",
    ),
];

const VIEWS: [&str; 2] = [
    "/// Sizes, by client. \n
     #[cfg(test)]
     pub static SIZES: Distribution<a::SIZE> by (FRONTEND, keys::CODEC,) {
         name: \"myorg/sizes\", description: TEXT, buckets: [-1, 16 * MIB, Duration::from_secs(5)], max_series: 500,
     }
     static COUNT: Count<SIZE>;
     pub(crate) static SUM: Sum<::a::SIZE> by (FRONTEND);
     static LAST: LastValue<SIZE> { name: \"last\" };",
    "static A: Distribution<LATENCY>; static B: Count<SIZE> {} static C: Count<SIZE>;",
];

const RECORDS: [&str; 3] = [
    "SIZE = 25 * MIB, self.latency = start.elapsed(), (*sizes[i]) = -5",
    "a::SIZE = f::<A, B>(x, |y| y + 1), tags(FRONTEND = \"ios\", self.key = if a == b { c } else { d },),
     exemplar(trace_id = id, \"span-id\" = 5,)",
    "tags(), SIZE = match x { 1 => 2, _ => 3 }, exemplar()",
];

const TAGS_OF_SCOPES: [&str; 1] =
    ["FRONTEND = \"ios\", keys::CODEC = codec(1).await?, *key = A { b }"];

const TAG_VALUES: [&str; 2] = [
    "#[tag_value(crate = metrics)]
     pub enum Method<T: Copy, const N: usize> where u8: Copy { Get, #[tag_value(\"POST\")] Post = 5, r#Type, }",
    "enum Empty {}",
];

/// How many inputs were tried.
struct Tried(usize);

#[test]
fn attributes_keep_their_items() {
    type Attribute = fn(TokenStream, TokenStream) -> TokenStream;
    let all = [
        (tag::attribute as Attribute, &TAGS[..]),
        (measure::attribute, &MEASURES[..]),
        (measure::attribute, &function::tests::VALID[..]),
    ];
    let mut tried = Tried(0);
    for (attribute, valid) in all {
        for (args, item) in valid {
            let (args, item) = (tokens(args), tokens(item));
            for half in halves(&item) {
                let output = attribute(args.clone(), half.clone());
                tried.check(&half, &output, syn::parse2::<File>(half.clone()).is_ok());
            }
            let item_parses = syn::parse2::<File>(item.clone()).is_ok();
            for half in halves(&args) {
                let output = attribute(half.clone(), item.clone());
                tried.check(&item, &output, item_parses && are_expressions(&half));
            }
        }
    }
    tried.are_more_than(2_000);
}

#[test]
fn views_are_all_there() {
    let mut tried = Tried(0);
    for half in VIEWS.iter().flat_map(|input| halves(&tokens(input))) {
        let output = view::items(quote!(census; #half));
        tried.check(&half, &output, true);
    }
    tried.are_more_than(250);
}

#[test]
fn records_and_tags_are_expressions() {
    type Macro = fn(TokenStream) -> TokenStream;
    let all = [
        (record::record as Macro, &RECORDS[..]),
        (record::tags, &TAGS_OF_SCOPES[..]),
    ];
    let mut tried = Tried(0);
    for (expand, valid) in all {
        for half in valid.iter().flat_map(|input| halves(&tokens(input))) {
            let output = expand(quote!(census; #half));
            let output = quote!(fn f() { let () = #output; });
            tried.check(&half, &output, are_expressions(&half));
        }
    }
    tried.are_more_than(200);
}

#[test]
fn enums_have_their_implementation() {
    let mut tried = Tried(0);
    for half in TAG_VALUES.iter().flat_map(|input| halves(&tokens(input))) {
        let output = tag_value::derive(half.clone());
        tried.check(&TokenStream::new(), &output, true);
        if let Ok(input) = syn::parse2::<DeriveInput>(half) {
            let name = input.ident.to_string();
            assert!(
                pairs(&output).contains(&("for".to_owned(), name)),
                "{output}"
            );
        }
    }
    tried.are_more_than(50);
}

impl Tried {
    /// That all `static`s and `fn`s of the input are in the output, which can be read, if it `must_parse`.
    fn check(&mut self, input: &TokenStream, output: &TokenStream, must_parse: bool) {
        self.0 += 1;
        let there = pairs(output);
        for pair in pairs(input) {
            let declares = ["static", "fn"].contains(&pair.0.as_str()) && pair.1 != "mut";
            assert!(
                !declares || there.contains(&pair),
                "there is no `{} {}`\nin  {output}\nfor {input}",
                pair.0,
                pair.1
            );
        }
        if must_parse && let Err(error) = syn::parse2::<File>(output.clone()) {
            panic!("{error}\nin  {output}\nfor {input}");
        }
    }

    fn are_more_than(&self, count: usize) {
        assert!(self.0 > count, "{}", self.0);
    }
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("these are tokens")
}

/// Whether what passes through unread, values and closures, is what the compiler takes.
fn are_expressions(tokens: &TokenStream) -> bool {
    let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
    expressions.parse2(tokens.clone()).is_ok()
}

/// The tokens as they are while they are typed, and with one of them left out.
fn halves(tokens: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut found = vec![TokenStream::new()];
    for (index, token) in tokens.iter().enumerate() {
        let (before, after) = (&tokens[..index], &tokens[index + 1..]);
        let with = |token: Option<TokenTree>, after: &[TokenTree]| {
            let all = before.iter().cloned().chain(token);
            all.chain(after.iter().cloned()).collect::<TokenStream>()
        };
        if let TokenTree::Group(group) = token {
            for inner in halves(&group.stream()) {
                let group = || Some(Group::new(group.delimiter(), inner.clone()).into());
                // The editor has typed the other brace; what comes after it is there already, or not.
                found.extend([with(group(), &[]), with(group(), after)]);
            }
        }
        found.extend([with(Some(token.clone()), &[]), with(None, after)]);
    }
    found
}

/// All words that follow one another.
fn pairs(tokens: &TokenStream) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut earlier: Option<Ident> = None;
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => {
                if let Some(earlier) = earlier.replace(ident.clone()) {
                    found.push((earlier.to_string(), ident.to_string()));
                }
            }
            TokenTree::Group(group) => {
                earlier = None;
                found.extend(pairs(&group.stream()));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => earlier = None,
        }
    }
    found
}
