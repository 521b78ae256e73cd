//! From an enum to a [`TagValue`].

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use super::{TagValue, Variant, attribute};
use crate::errors::Errors;
use crate::names::MAX_LEN;

pub(super) fn tag_value(input: DeriveInput, errors: &mut Errors) -> TagValue {
    let krate = attribute::krate(&input.attrs, errors);
    let message = "`#[derive(TagValue)]` goes on an `enum`\n\
                   help: write an enum, or `impl AsTagValue` for this type";
    let variants = match input.data {
        Data::Enum(data) => Some(variants(data.variants, errors)),
        Data::Struct(data) => {
            errors.at(data.struct_token, message);
            None
        }
        Data::Union(data) => {
            errors.at(data.union_token, message);
            None
        }
    };
    TagValue {
        krate,
        name: input.ident,
        generics: input.generics,
        variants,
    }
}

fn variants(found: impl IntoIterator<Item = syn::Variant>, errors: &mut Errors) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for found in found {
        let (value, written) = value(&found, errors);
        let earlier = variants.iter().find(|earlier| earlier.value == value);
        if let Some(earlier) = earlier {
            let message = format!(
                "`{}` and `{}` are both {value:?}\nhelp: write another value: `#[tag_value(\"…\")]`",
                earlier.name, found.ident
            );
            errors.at(written, message);
        }
        if !matches!(found.fields, Fields::Unit) {
            let message = "the variants of a `TagValue` have no fields\n\
                           help: leave the fields out, or `impl AsTagValue` for this type";
            errors.at(&found.fields, message);
        }
        variants.push(Variant {
            name: found.ident,
            fields: found.fields,
            value,
        });
    }
    variants
}

/// The value of a variant, and the tokens that say so.
fn value(variant: &syn::Variant, errors: &mut Errors) -> (String, TokenStream) {
    let (value, written) = match attribute::value(&variant.attrs, errors) {
        Some(text) => (text.value(), text.to_token_stream()),
        None => (
            variant.ident.unraw().to_string().to_snake_case(),
            variant.ident.to_token_stream(),
        ),
    };
    if value.is_empty() {
        let message = "an empty value is the same as none\n\
                       help: write `#[tag_value(\"…\")]`, or use an `Option` where there may be none";
        errors.at(&written, message);
    } else if value.len() > MAX_LEN {
        let message = format!(
            "this value has {} bytes\nhelp: write at most {MAX_LEN}: `#[tag_value(\"…\")]`",
            value.len()
        );
        errors.at(&written, message);
    }
    (value, written)
}
