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
    places: "a `static`",
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
    for arg in args::parse(
        args,
        DECLARES.attribute,
        &["name", "local", "crate"],
        errors,
    ) {
        match arg.word.to_string().as_str() {
            "name" => tag.name = arg.expr("\"myorg/keys/frontend\"", errors),
            "local" => tag.local = arg.flag(errors),
            _ => tag.krate = arg.krate(errors).unwrap_or(tag.krate),
        }
    }
    tag
}

/// Whether the type is certainly another, as far as can be seen.
fn is_foreign(ty: &Type) -> bool {
    match item::last_segment(ty) {
        Some(last) => item::FOREIGN.iter().any(|name| last.ident == name),
        None => !matches!(ty, Type::Macro(_)),
    }
}

/// Whether the type may be `TagKey`, under whatever name; one that cannot is reported.
fn is_tag_key(ty: &Type, errors: &mut Errors) -> bool {
    let message = match item::declared_by(ty) {
        Some(other) if other != DECLARES.attribute => {
            format!("`#[tag]` declares a `TagKey`\nhelp: write {other} for a static of this type")
        }
        None if is_foreign(ty) => format!(
            "a tag key's type is `TagKey`; its values are given where it is used\nhelp: write `{}`",
            DECLARES.example
        ),
        _ => return true,
    };
    errors.at(ty, message);
    false
}
