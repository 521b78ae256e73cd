//! From `#[tag(name = "…", local)] pub static FRONTEND: TagKey;` to a [`Tag`].

use proc_macro2::TokenStream;
use syn::Type;

use super::Tag;
use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::{Declares, Item, Static};
use crate::{args, item};

const DECLARES: Declares = Declares {
    attribute: "`#[tag]`",
    ty: "TagKey",
    example: "pub static FRONTEND: TagKey;",
};

pub(super) fn item(tokens: TokenStream, errors: &mut Errors) -> Item {
    let mut item = item::parse(tokens, &DECLARES, errors);
    if let Item::Static(item) = &mut item {
        item.ty.take_if(|ty| !is_tag_key(ty, errors));
    }
    item
}

pub(super) fn tag(args: TokenStream, item: Static, errors: &mut Errors) -> Tag {
    let mut tag = Tag {
        item,
        krate: Krate::named(),
        name: None,
        local: false,
    };
    for arg in args::parse(args, DECLARES.attribute, &["name", "local", "crate"], errors) {
        match arg.word.to_string().as_str() {
            "name" => tag.name = arg.expr("\"myorg/keys/frontend\"", errors),
            "local" => tag.local = arg.flag(errors),
            _ => tag.krate = arg.krate(errors).unwrap_or(tag.krate),
        }
    }
    tag
}

/// Whether the type may be `TagKey`, under whatever name; one that cannot is reported.
fn is_tag_key(ty: &Type, errors: &mut Errors) -> bool {
    let message = match (ty, item::declared_by(ty)) {
        (_, Some("`#[tag]`")) => return true,
        (_, Some(other)) => {
            format!("`#[tag]` declares a `TagKey`\nhelp: write {other} for a static of this type")
        }
        (Type::Path(_) | Type::Group(_) | Type::Paren(_) | Type::Macro(_), None) => return true,
        (_, None) => format!(
            "a tag key's type is `TagKey`; a measurement gives it its value\nhelp: write `{}`",
            DECLARES.example
        ),
    };
    errors.at(ty, message);
    false
}
