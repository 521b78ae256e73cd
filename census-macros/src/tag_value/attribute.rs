//! `#[tag_value(…)]`: on an enum the path to the library, on a variant its tag value.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Meta, Path, Token};

use crate::errors::Errors;
use crate::generate::Krate;

/// The path of `#[tag_value(crate = path)]`, or the default one.
pub(super) fn krate(attrs: &[Attribute], errors: &mut Errors) -> Krate {
    let path = single(attrs, "crate = path::to::census", errors, |input| {
        if !input.peek(Token![crate]) {
            return Err(input.error(
                "`#[tag_value]` on an enum takes only `crate`; a variant's value is given on the variant\n\
                 help: write `#[tag_value(crate = path::to::census)]`, or remove it",
            ));
        }
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        input.call(Path::parse_mod_style)
    });
    path.map_or_else(Krate::default_path, |path| Krate::given(&path))
}

/// The value of `#[tag_value("GET")]`.
pub(super) fn value(attrs: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    single(attrs, "\"GET\"", errors, |input| {
        if input.peek(LitStr) {
            return input.parse();
        }
        Err(input.error(
            "`#[tag_value]` on a variant takes its value, a string\nhelp: write `#[tag_value(\"GET\")]`",
        ))
    })
}

/// The one argument of the one `#[tag_value]`, if there is one. Reports repeated attributes and other arguments.
fn single<T>(
    attrs: &[Attribute],
    example: &str,
    errors: &mut Errors,
    mut parse: impl FnMut(ParseStream<'_>) -> syn::Result<T>,
) -> Option<T> {
    let mut single = None;
    let tag_values = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("tag_value"));
    for (index, attr) in tag_values.enumerate() {
        if index > 0 {
            let message = "`#[tag_value]` is given twice\nhelp: remove one of the two";
            errors.at(attr, message);
            continue;
        }
        let Meta::List(list) = &attr.meta else {
            let message = format!(
                "`#[tag_value]` takes its argument in parentheses\nhelp: write `#[tag_value({example})]`"
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
            Ok(argument) => single = Some(argument),
            Err(error) => errors.add(error),
        }
    }
    single
}
