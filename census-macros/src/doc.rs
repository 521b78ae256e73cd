//! Descriptions: the first paragraph of an item's doc comment.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The first paragraph in one line, or `None` where there is no text. A `doc` that is not a literal (`include_str!`)
/// cannot be read here and counts as none.
pub(crate) fn first_paragraph(attrs: &[Attribute]) -> Option<String> {
    let mut paragraph = String::new();
    for line in attrs.iter().filter_map(text).flat_map(|text| lines(&text)) {
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

/// Whether the item is documented at all, in whatever form.
pub(crate) fn is_documented(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc"))
}

fn text(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attr.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if meta.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// The lines of one `///` or of one whole `/** */`, whose lines may each begin with a star that is no text.
fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec![String::new()];
    }
    let starred = text.lines().count() > 1
        && text
            .lines()
            .skip(1)
            .map(str::trim)
            .all(|line| line.is_empty() || line.starts_with('*'));
    text.lines()
        .map(str::trim)
        .map(|line| line.strip_prefix('*').filter(|_| starred).unwrap_or(line))
        .map(|line| line.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::first_paragraph;
    use syn::{Attribute, ItemStruct, parse_quote};

    fn of(item: ItemStruct) -> Option<String> {
        let attrs: Vec<Attribute> = item.attrs;
        first_paragraph(&attrs)
    }

    #[test]
    fn the_first_paragraph_is_joined_and_trimmed() {
        let text = of(parse_quote! {
            ///
            ///  Which client
            /// the video came from.
            ///
            /// More.
            #[derive(Debug)]
            struct Item;
        });
        assert_eq!(text.as_deref(), Some("Which client the video came from."));
    }

    #[test]
    fn block_comments_lose_their_stars() {
        let starred = of(parse_quote!(
            #[doc = "\n * Size of\n * videos.\n *\n * More.\n "]
            struct Item;
        ));
        assert_eq!(starred.as_deref(), Some("Size of videos."));
        let plain = of(parse_quote!(
            #[doc = " Size of\n * videos\n and more. "]
            struct Item;
        ));
        assert_eq!(plain.as_deref(), Some("Size of * videos and more."));
    }

    #[test]
    fn no_text_is_no_description() {
        assert_eq!(
            of(parse_quote!(
                struct Item;
            )),
            None
        );
        assert_eq!(
            of(parse_quote!(
                #[doc(hidden)]
                #[doc = include_str!("x.md")]
                #[doc = "  "]
                struct Item;
            )),
            None
        );
    }
}
