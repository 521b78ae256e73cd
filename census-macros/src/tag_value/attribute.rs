//! `#[tag_value(…)]`: on the enum the path to the library, on a variant its value.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Meta, Path, Token};

use crate::errors::Errors;
use crate::generate::Krate;

/// The path that `#[tag_value(crate = path)]` gives, or the usual one.
pub(super) fn krate(attrs: &[Attribute], errors: &mut Errors) -> Krate {
    let path = single(attrs, "crate = path::to::census", errors, |input| {
        if !input.peek(Token![crate]) {
            return Err(input.error(
                "an enum's `#[tag_value]` has no such argument; values stand on the variants\n\
                 help: write `#[tag_value(crate = path::to::census)]`, or nothing",
            ));
        }
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        input.call(Path::parse_mod_style)
    });
    path.map_or_else(Krate::named, |path| Krate::given(&path))
}

/// The value that `#[tag_value("GET")]` gives.
pub(super) fn value(attrs: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    single(attrs, "\"GET\"", errors, |input| {
        if input.peek(LitStr) {
            return input.parse();
        }
        Err(input.error(
            "a variant's `#[tag_value]` takes its value, a string\nhelp: write `#[tag_value(\"GET\")]`",
        ))
    })
}

/// The one argument of the one `#[tag_value]`, if there is any; all else is reported.
fn single<T>(
    attrs: &[Attribute],
    example: &str,
    errors: &mut Errors,
    mut parse: impl FnMut(ParseStream<'_>) -> syn::Result<T>,
) -> Option<T> {
    let mut found = None;
    let ours = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("tag_value"));
    for (position, attr) in ours.enumerate() {
        if position > 0 {
            let message = "`#[tag_value]` stands here already\nhelp: leave one of them out";
            errors.at(attr, message);
            continue;
        }
        let Meta::List(list) = &attr.meta else {
            let message = format!(
                "`#[tag_value]` has its argument in parentheses\nhelp: write `#[tag_value({example})]`"
            );
            errors.at(&attr.meta, message);
            continue;
        };
        let argument = list.parse_args_with(|input: ParseStream<'_>| {
            let argument = parse(input);
            input.parse::<Option<Token![,]>>()?;
            let rest: TokenStream = input.parse()?;
            if argument.is_ok() && !rest.is_empty() {
                return Err(syn::Error::new_spanned(
                    rest,
                    format!("`#[tag_value]` takes a single argument\nhelp: write `#[tag_value({example})]`"),
                ));
            }
            argument
        });
        match argument {
            Ok(argument) => found = Some(argument),
            Err(error) => errors.add(error),
        }
    }
    found
}
