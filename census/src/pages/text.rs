//! Texts as a reader can see them. Any text may be hostile: a tag value has up to 255 bytes that a client may have chosen.

use maud::{Markup, html};

/// How many combining characters in a row are drawn. No language needs more; a hundred of them cover the lines above.
const MAX_COMBINING: usize = 4;

/// From how many characters on a value has its whole text as a tooltip, too, because it may be clipped.
const LONG: usize = 60;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// Characters that are drawn as they are.
    Plain(String),
    /// Characters that would not be seen, or would change how others are drawn, by their names.
    Special(String),
}

/// The text with everything visible. Characters that are not drawn are marked as such.
pub(super) fn shown(text: &str) -> Markup {
    html! {
        @for piece in pieces(text) {
            @match piece {
                Piece::Plain(text) => (text),
                Piece::Special(name) => span.chip { (name) },
            }
        }
    }
}

/// The same without marks, for attributes.
pub(super) fn plain(text: &str) -> String {
    let texts = pieces(text).into_iter().map(|piece| match piece {
        Piece::Plain(text) | Piece::Special(text) => text,
    });
    texts.collect()
}

/// The value of a tag, which does not change the direction of what stands beside it.
pub(super) fn value(text: &str) -> Markup {
    if text.is_empty() {
        return html! { span.none { "not set" } };
    }
    let title = (text.chars().nth(LONG).is_some()).then(|| plain(text));
    html! {
        @if let Some(title) = title {
            bdi.value.long title=(title) tabindex="0" { (shown(text)) }
        } @else {
            bdi.value { (shown(text)) }
        }
    }
}

/// A name, which is broken after the characters that divide it.
pub(super) fn name(text: &str) -> Markup {
    html! {
        @for part in text.split_inclusive(['_', '/', ':', '.', '-']) { (shown(part)) wbr; }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut combining = 0;
    for character in text.chars() {
        let kind = Kind::of(character);
        combining = if kind == Kind::Combining {
            combining + 1
        } else {
            0
        };
        // A combining character at the start would be drawn onto what stands before the text.
        let is_alone = combining == 1 && matches!(pieces.last(), None | Some(Piece::Special(_)));
        let name = match kind {
            Kind::Plain => None,
            Kind::Combining if combining <= MAX_COMBINING && !is_alone => None,
            Kind::Control | Kind::Invisible | Kind::Combining => Some(name_of(character)),
        };
        match (name, pieces.last_mut()) {
            (None, Some(Piece::Plain(text))) => text.push(character),
            (None, _) => pieces.push(Piece::Plain(character.to_string())),
            (Some(name), Some(Piece::Special(names))) => names.push_str(&name),
            (Some(name), _) => pieces.push(Piece::Special(name)),
        }
    }
    pieces
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Drawn together with the character before it.
    Combining,
    Control,
    /// A mark of a direction, a space other than the usual one, a character that Unicode does not have.
    Invisible,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            ' '..='~' => Self::Plain,
            _ if character.is_control() => Self::Control,
            // They extend the character before them, like combining ones, but are not drawn.
            '\u{200c}' | '\u{34f}' | '\u{e0000}'..='\u{e0fff}' => Self::Invisible,
            // `escape_debug` knows what is drawn, and escapes combining characters at the start of a text only.
            _ if !is_escaped(character.to_string().escape_debug()) => Self::Plain,
            _ if is_escaped(format!("x{character}").escape_debug().skip(1)) => Self::Invisible,
            _ => Self::Combining,
        }
    }
}

fn is_escaped(mut characters: impl Iterator<Item = char>) -> bool {
    characters.next() == Some('\\')
}

/// The name of a character that is not drawn: as in a literal of Rust. (Many systems have no font with the pictures of
/// control characters.)
fn name_of(character: char) -> String {
    match character {
        '\0' => "\\0".to_owned(),
        '\t' | '\r' | '\n' => character.escape_default().to_string(),
        _ => character.escape_unicode().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_markup_and_everything_is_visible() {
        assert_eq!(
            value("<script>alert('1')</script>").into_string(),
            "<bdi class=\"value\">&lt;script&gt;alert('1')&lt;/script&gt;</bdi>"
        );
        let special = |name: &str| format!("a<span class=\"chip\">{name}</span>b");
        for (text, expected) in [
            ("a\0b", special("\\0")),
            ("a\r\nb", special("\\r\\n")),
            ("a\u{7f}b", special("\\u{7f}")),
            ("a\u{85}b", special("\\u{85}")),
            ("a\u{202e}b", special("\\u{202e}")),
            ("a\u{200b}b", special("\\u{200b}")),
            ("a\u{200c}b", special("\\u{200c}")),
            ("a\u{feff}b", special("\\u{feff}")),
            ("a\u{a0}b", special("\\u{a0}")),
            ("a\u{2028}b", special("\\u{2028}")),
            ("a\u{e0041}b", special("\\u{e0041}")),
            ("a\u{10ffff}b", special("\\u{10ffff}")),
            ("Grüße, 世界, שלום, 🦀", "Grüße, 世界, שלום, 🦀".to_owned()),
            ("e\u{301}", "e\u{301}".to_owned()),
            ("\\u{0}\"'", "\\u{0}&quot;'".to_owned()),
        ] {
            assert_eq!(shown(text).into_string(), expected, "{text:?}");
        }
        assert!(
            shown("\u{301}e")
                .into_string()
                .starts_with("<span class=\"chip\">\\u{301}")
        );
        assert_eq!(
            value("").into_string(),
            "<span class=\"none\">not set</span>"
        );
    }

    #[test]
    fn piles_of_combining_characters_end() {
        let pile = format!("e{}", "\u{301}".repeat(100));
        let drawn = pieces(&pile);
        let Some(Piece::Plain(plain)) = drawn.first() else {
            panic!("{drawn:?}");
        };
        assert_eq!(plain.chars().count(), 1 + MAX_COMBINING);
        assert_eq!(drawn.len(), 2);
    }

    #[test]
    fn long_values_have_their_text_as_a_tooltip() {
        let long = value(&"\u{7}".repeat(255)).into_string();
        assert!(
            long.contains(&format!("title=\"{}\"", "\\u{7}".repeat(255))),
            "{long}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_invisible_is_left(text in any::<String>()) {
            let shown = plain(&text);
            let is_hidden = |it: char| {
                it.is_control()
                    || matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            prop_assert!(!shown.chars().any(is_hidden), "{:?}", shown);
            let markup = value(&text).into_string();
            let markup = ["<bdi class=\"value\">", "<bdi class=\"value long\" title=\"", "\" tabindex=\"0\">", "</bdi>", "<span class=\"chip\">", "<span class=\"none\">", "</span>"]
                .iter().fold(markup, |markup, ours| markup.replace(ours, ""));
            prop_assert!(!markup.contains(['<', '>', '"']), "{}", markup);
        }
    }
}
