//! From an enum to a [`TagValue`].

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use super::attribute;
use super::model::{TagValue, Variant};
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
        ident: input.ident,
        generics: input.generics,
        variants,
    }
}

fn variants(items: impl IntoIterator<Item = syn::Variant>, errors: &mut Errors) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for item in items {
        let (value, tokens) = value(&item, errors);
        let earlier = variants.iter().find(|earlier| earlier.value == value);
        if let Some(earlier) = earlier {
            let message = format!(
                "`{}` and `{}` have the same value, {value:?}\nhelp: give one of them another: `#[tag_value(\"…\")]`",
                earlier.ident, item.ident
            );
            errors.at(tokens, message);
        }
        if !matches!(item.fields, Fields::Unit) {
            let message = "a variant of a `TagValue` cannot have fields\n\
                           help: remove the fields, or write `impl AsTagValue` for this type";
            errors.at(&item.fields, message);
        }
        variants.push(Variant {
            ident: item.ident,
            fields: item.fields,
            value,
        });
    }
    variants
}

/// The tag value of a variant, and the tokens that give it.
fn value(variant: &syn::Variant, errors: &mut Errors) -> (String, TokenStream) {
    let (value, tokens) = match attribute::value(&variant.attrs, errors) {
        Some(string) => (string.value(), string.to_token_stream()),
        None => (
            variant.ident.unraw().to_string().to_snake_case(),
            variant.ident.to_token_stream(),
        ),
    };
    if value.is_empty() {
        let message = "this value is empty, which means that the tag is not set\n\
                       help: write `#[tag_value(\"…\")]`, or use an `Option` for a tag that may be unset";
        errors.at(&tokens, message);
    } else if value.len() > MAX_LEN {
        let message = format!(
            "this value has {} bytes\nhelp: write at most {MAX_LEN}: `#[tag_value(\"…\")]`",
            value.len()
        );
        errors.at(&tokens, message);
    }
    (value, tokens)
}
