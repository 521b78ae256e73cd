//! Descriptions: the first paragraph of an item's doc comment.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The first paragraph in one line, or `None` if there is no doc comment. A `doc` whose value is not a literal, such as
/// `include_str!`, cannot be read by a macro and is left out.
pub(crate) fn first_paragraph(attrs: &[Attribute]) -> Option<String> {
    let mut paragraph = String::new();
    let literals = attrs.iter().filter_map(literal);
    for line in literals.flat_map(|doc| lines(&doc)) {
        match line.as_str() {
            "" if paragraph.is_empty() => {}
            "" => break,
            line => {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(line);
            }
        }
    }
    (!paragraph.is_empty()).then_some(paragraph)
}

/// Whether the item has a `doc` attribute of any form.
pub(crate) fn is_documented(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc"))
}

/// The string of a `#[doc = "…"]`.
fn literal(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attr.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(string),
            ..
        }) if meta.path.is_ident("doc") => Some(string.value()),
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
    use super::first_paragraph;
    use syn::{Attribute, ItemStruct, parse_quote};

    fn description_of(item: ItemStruct) -> Option<String> {
        let attrs: Vec<Attribute> = item.attrs;
        first_paragraph(&attrs)
    }

    #[test]
    fn the_first_paragraph_is_joined_and_trimmed() {
        let description = description_of(parse_quote! {
            ///
            ///  Which client
            /// the video came from.
            ///
            /// More.
            #[derive(Debug)]
            struct Item;
        });
        assert_eq!(
            description.as_deref(),
            Some("Which client the video came from.")
        );
    }

    #[test]
    fn block_comments_lose_their_stars() {
        let starred = description_of(parse_quote!(
            #[doc = "\n * Size of\n * videos.\n *\n * More.\n "]
            struct Item;
        ));
        assert_eq!(starred.as_deref(), Some("Size of videos."));
        let plain = description_of(parse_quote!(
            #[doc = " Size of\n * videos\n and more. "]
            struct Item;
        ));
        assert_eq!(plain.as_deref(), Some("Size of * videos and more."));
    }

    #[test]
    fn other_attributes_give_no_description() {
        assert_eq!(
            description_of(parse_quote!(
                struct Item;
            )),
            None
        );
        assert_eq!(
            description_of(parse_quote!(
                #[doc(hidden)]
                #[doc = include_str!("x.md")]
                #[doc = "  "]
                struct Item;
            )),
            None
        );
    }
}
