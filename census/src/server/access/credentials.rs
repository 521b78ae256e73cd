//! The credentials of a request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{AUTHORIZATION, HeaderMap};

/// What a request's header `Authorization` has.
#[derive(Debug)]
pub(super) enum Credentials<'a> {
    /// A token (RFC 6750, section 2.1).
    Bearer(&'a [u8]),
    Basic(Login),
}

/// The name and the password of a user (RFC 7617, section 2).
#[derive(Debug)]
pub(super) struct Login {
    pub(super) name: Vec<u8>,
    pub(super) password: Vec<u8>,
}

impl<'a> Credentials<'a> {
    /// The credentials; `None` if there are none of these two kinds. With two headers, it is not clear which one counts,
    /// so none does.
    pub(super) fn of(headers: &'a HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next()?.as_bytes();
        if values.next().is_some() {
            return None;
        }
        let end = value.iter().position(|byte| *byte == b' ')?;
        let (scheme, rest) = value.split_at_checked(end)?;
        let rest = rest.trim_ascii();
        // RFC 9110, section 11.1: the scheme has no case.
        if scheme.eq_ignore_ascii_case(b"bearer") {
            return Some(Self::Bearer(rest));
        }
        if scheme.eq_ignore_ascii_case(b"basic") {
            let mut name = STANDARD.decode(rest).ok()?;
            let colon = name.iter().position(|byte| *byte == b':')?;
            let password = name.split_off(colon + 1);
            name.truncate(colon);
            return Some(Self::Basic(Login { name, password }));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        match Credentials::of(&headers) {
            None => "none".to_owned(),
            Some(Credentials::Bearer(token)) => String::from_utf8_lossy(token).into_owned(),
            Some(Credentials::Basic(login)) => {
                let [name, password] = [login.name, login.password]
                    .map(|it| String::from_utf8_lossy(&it).into_owned());
                format!("{name}|{password}")
            }
        }
    }

    #[test]
    fn both_schemes_in_any_case() {
        assert_eq!(of(&["Bearer abc"]), "abc");
        assert_eq!(of(&["bEARER   abc "]), "abc");
        // The example of RFC 7617, section 2.
        assert_eq!(
            of(&["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]),
            "Aladdin|open sesame"
        );
        assert_eq!(
            of(&["BASIC QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]),
            "Aladdin|open sesame"
        );
        // A password may have colons, and both may be empty. `a:b:c`, `:`.
        assert_eq!(of(&["Basic YTpiOmM="]), "a|b:c");
        assert_eq!(of(&["Basic Og=="]), "|");
    }

    #[test]
    fn what_is_malformed_is_none() {
        for value in [
            "",
            "Bearer",
            "Bearerabc",
            "Digest abc",
            "Basic",
            "Basic ?",
            // Without a colon: `abc`.
            "Basic YWJj",
            // Without its padding.
            "Basic YTpiOmM",
        ] {
            assert_eq!(of(&[value]), "none", "{value}");
        }
        assert_eq!(of(&[]), "none");
        assert_eq!(of(&["Bearer abc", "Bearer abc"]), "none");
    }
}
