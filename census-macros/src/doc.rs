//! Descriptions: the first paragraph of an item's doc comment.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::generate::Krate;

/// The first paragraph in one line, as an expression of type `&'static str`. `None` if there is no doc comment.
///
/// The value of a `#[doc = …]` may be a macro, such as `concat!` or `include_str!`. The library cuts the paragraph out of
/// these.
pub(crate) fn description(krate: &Krate, attrs: &[Attribute]) -> Option<TokenStream> {
    let values: Vec<&Expr> = attrs.iter().filter_map(doc).collect();
    let literals = values.iter().map_while(|value| literal(value));
    let (paragraph, is_complete) = first_paragraph(literals);
    if is_complete || values.iter().all(|value| literal(value).is_some()) {
        return (!paragraph.is_empty()).then(|| paragraph.into_token_stream());
    }
    let parts = values.into_iter().map(|value| match literal(value) {
        Some(text) => lines(&text).join("\n").into_token_stream(),
        None => value.into_token_stream(),
    });
    Some(quote!(#krate::first_paragraph!(#(#parts),*)))
}

/// The first paragraph, and whether an empty line ends it.
fn first_paragraph(docs: impl Iterator<Item = String>) -> (String, bool) {
    let mut paragraph = String::new();
    for line in docs.flat_map(|doc| lines(&doc)) {
        match line.as_str() {
            "" if paragraph.is_empty() => {}
            "" => return (paragraph, true),
            line => {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(line);
            }
        }
    }
    (paragraph, false)
}

/// Whether the item has a `doc` attribute of any form.
pub(crate) fn is_documented(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc"))
}

/// The value of a `#[doc = …]`.
fn doc(attr: &Attribute) -> Option<&Expr> {
    match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => Some(&meta.value),
        _ => None,
    }
}

fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(string),
            ..
        }) => Some(string.value()),
        // A `macro_rules!` puts an invisible group around a `$doc:expr`.
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// The lines of one `///` or of one `/** */`. If all lines of the latter except the first begin with a star, the stars
/// are removed.
fn lines(doc: &str) -> Vec<String> {
    if doc.is_empty() {
        return vec![String::new()];
    }
    let is_starred = doc.lines().count() > 1
        && doc
            .lines()
            .skip(1)
            .map(str::trim)
            .all(|line| line.is_empty() || line.starts_with('*'));
    doc.lines()
        .map(str::trim)
        .map(|line| {
            line.strip_prefix('*')
                .filter(|_| is_starred)
                .unwrap_or(line)
        })
        .map(|line| line.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::description;
    use crate::generate::Krate;
    use syn::{ItemStruct, parse_quote};

    fn description_of(item: &ItemStruct) -> Option<String> {
        let description = description(&Krate::default_path(), &item.attrs)?;
        Some(description.to_string())
    }

    #[test]
    fn the_first_paragraph_is_joined_and_trimmed() {
        let description = description_of(&parse_quote! {
            ///
            ///  Which client
            /// the video came from.
            ///
            /// More.
            #[doc = include_str!("more.md")]
            #[derive(Debug)]
            struct Item;
        });
        assert_eq!(
            description.as_deref(),
            Some("\"Which client the video came from.\"")
        );
    }

    #[test]
    fn block_comments_lose_their_stars() {
        let starred = description_of(&parse_quote!(
            #[doc = "\n * Size of\n * videos.\n *\n * More.\n "]
            struct Item;
        ));
        assert_eq!(starred.as_deref(), Some("\"Size of videos.\""));
        let plain = description_of(&parse_quote!(
            #[doc = " Size of\n * videos\n and more. "]
            struct Item;
        ));
        assert_eq!(plain.as_deref(), Some("\"Size of * videos and more.\""));
    }

    #[test]
    fn macros_are_left_to_the_library() {
        let description = description_of(&parse_quote!(
            #[doc = " Size of"]
            #[doc = concat!("videos", ".")]
            struct Item;
        ));
        let expected = ":: census :: __private :: first_paragraph ! (\"Size of\" , concat ! (\"videos\" , \".\"))";
        assert_eq!(description.as_deref(), Some(expected));
    }

    #[test]
    fn other_attributes_give_no_description() {
        assert_eq!(
            description_of(&parse_quote!(
                struct Item;
            )),
            None
        );
        assert_eq!(
            description_of(&parse_quote!(
                #[doc(hidden)]
                #[doc = "  "]
                struct Item;
            )),
            None
        );
    }
}
