//! From `#[tag(name = "…", local)] pub static FRONTEND: TagKey;` to a [`Tag`].

use proc_macro2::TokenStream;
use syn::Type;

use super::model::Tag;
use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::{Declaration, Item, Static};
use crate::names::Name;
use crate::{args, item};

const DECLARATION: Declaration = Declaration {
    attribute: "`#[tag]`",
    ty: "TagKey",
    items: "a `static`",
    example: "pub static FRONTEND: TagKey;",
};

pub(super) fn item(tokens: TokenStream, errors: &mut Errors) -> Item {
    let mut item = item::parse(tokens, &DECLARATION, errors);
    if let Item::Static(item) = &mut item {
        item.ty.take_if(|ty| !is_tag_key(ty, errors));
    }
    item
}

pub(super) fn tag(mut krate: Krate, args: TokenStream, item: Static, errors: &mut Errors) -> Tag {
    item.refuse_value(&DECLARATION, errors);
    let mut name = None;
    let mut local = false;
    let words = ["name", "local", "crate"];
    for arg in args::parse(args, DECLARATION.attribute, &words, errors) {
        match arg.word.to_string().as_str() {
            "name" => name = arg.expr("\"myorg/keys/frontend\"", errors),
            "local" => local = arg.flag(errors),
            _ => krate = arg.krate(errors).unwrap_or(krate),
        }
    }
    let name = Name::new(name, &item.ident, "name = \"…\"", errors);
    Tag {
        item,
        krate,
        name,
        local,
    }
}

/// Whether the type may be `TagKey` or an alias of it. Reports one that cannot.
fn is_tag_key(ty: &Type, errors: &mut Errors) -> bool {
    let message = match item::declared_by(ty) {
        Some(other) if other != DECLARATION.attribute => {
            format!("`#[tag]` declares a `TagKey`\nhelp: write {other} for a static of this type")
        }
        None if is_foreign(ty) => format!(
            "a tag key's type is `TagKey`; a tag's value is given where the tag is set\nhelp: write `{}`",
            DECLARATION.example
        ),
        _ => return true,
    };
    errors.at(ty, message);
    false
}

/// Whether the type, as it is written, cannot be an alias of `TagKey`.
fn is_foreign(ty: &Type) -> bool {
    match item::last_segment(ty) {
        Some(last) => item::FOREIGN.iter().any(|name| last.ident == name),
        None => !matches!(ty, Type::Macro(_)),
    }
}
