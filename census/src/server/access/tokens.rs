//! The tokens that admit clients.

use subtle::Choice;

use super::digest::Digest;
use super::secret::Secret;
use crate::server::ServeError;

/// The digests of the tokens.
#[derive(Default)]
pub(super) struct Tokens(Vec<Digest>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tokens", self.0.len())
    }
}

impl Tokens {
    /// # Errors
    /// If no request could have one of the tokens.
    pub(super) fn new(tokens: &[Secret]) -> Result<Self, ServeError> {
        let digest = |Secret(token): &Secret| match problem(token) {
            None => Ok(Digest::of(token.as_bytes())),
            Some(problem) => Err(ServeError::Setting {
                setting: "bearer_token",
                problem: problem.to_owned(),
            }),
        };
        Ok(Self(tokens.iter().map(digest).collect::<Result<_, _>>()?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a token is one of them. The time tells nothing of them but their number.
    pub(super) fn contain(&self, token: &[u8]) -> bool {
        let given = Digest::of(token);
        let is_one = |found: Choice, it: &Digest| found | it.equals(&given);
        self.0.iter().fold(Choice::from(0), is_one).into()
    }
}

/// Why a client cannot send a token.
fn problem(token: &str) -> Option<&'static str> {
    if token.is_empty() {
        return Some("the token is empty; maybe the variable or the file that it comes from is");
    }
    if token.ends_with(['\r', '\n']) {
        return Some(
            "the token ends with a line break, which no header can carry; cut it off, for example with `trim_end`",
        );
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(
            "the token has a character that no header can carry; use visible ASCII characters, without spaces",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(tokens: &[&str]) -> Result<Tokens, ServeError> {
        let tokens: Vec<_> = tokens.iter().map(|it| Secret((*it).to_owned())).collect();
        Tokens::new(&tokens)
    }

    #[test]
    fn each_of_several_tokens_is_contained() {
        let tokens = tokens(&["old", "new"]).unwrap();
        assert!(tokens.contain(b"old") && tokens.contain(b"new"));
        for other in ["", "ol", "oldnew", "OLD", "old ", "\u{e4}"] {
            assert!(!tokens.contain(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_token_that_cannot_be_sent_is_an_error_that_does_not_show_it() {
        for (token, expected) in [
            ("", "empty"),
            ("secret\n", "line break"),
            ("secret word", "visible ASCII"),
            ("secret\u{e4}", "visible ASCII"),
            ("secret\0", "visible ASCII"),
        ] {
            let error = tokens(&["right", token]).unwrap_err().to_string();
            assert!(
                error.contains("`bearer_token`") && error.contains(expected),
                "{error}"
            );
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
