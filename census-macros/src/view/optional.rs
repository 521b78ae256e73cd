//! The attribute `#[optional]` of a view.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

use crate::errors::Errors;

/// Takes `#[optional]` out of a view's attributes, which stay on the static, and returns whether it was there.
pub(super) fn take(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> bool {
    let mut is_optional = false;
    attrs.retain(|attr| {
        if let Some(word) = under_a_condition(attr) {
            let message = "`#[optional]` has no condition\nhelp: write `#[optional]`, and have the program register the \
                           view under the condition";
            errors.at(word, message);
            return false;
        }
        if !attr.path().is_ident("optional") {
            return true;
        }
        report_arguments(attr, errors);
        if is_optional {
            let message = "`#[optional]` is given twice\nhelp: remove one of the two";
            errors.at(attr, message);
        }
        is_optional = true;
        false
    });
    is_optional
}

fn report_arguments(attr: &Attribute, errors: &mut Errors) {
    let arguments = match &attr.meta {
        Meta::Path(_) => return,
        Meta::List(list) => {
            let tokens = list.to_token_stream().into_iter().skip(1);
            tokens.collect::<TokenStream>()
        }
        Meta::NameValue(meta) => {
            let (equals, value) = (&meta.eq_token, &meta.value);
            quote!(#equals #value)
        }
    };
    let message = "`#[optional]` takes no argument\nhelp: write `#[optional]`";
    errors.at(arguments, message);
}

/// The word in a `#[cfg_attr(condition, optional)]`. The macro cannot know the condition, and the compiler would look for
/// an attribute of this name.
fn under_a_condition(attr: &Attribute) -> Option<TokenTree> {
    let Meta::List(list) = &attr.meta else {
        return None;
    };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    let mut first_tokens = tokens.split(is_comma).skip(1).filter_map(<[_]>::first);
    let word = first_tokens.find(|token| token.to_string() == "optional");
    word.cloned()
}
