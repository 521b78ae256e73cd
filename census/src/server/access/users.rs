//! The users whose passwords admit clients.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bcrypt::HashParts;

use super::checks::{Busy, Checks};
use super::credentials::Login;
use super::digest::Digest;
use super::secret::Secret;
use crate::server::ServeError;
use crate::sync::Mutex;

/// The highest cost of a hash. Each step doubles the time of a check; with this one it is about five seconds.
const MAX_COST: u32 = 16;

/// The users, and the passwords of theirs that were right.
///
/// A check of a password is slow on purpose. So each user's last right password is remembered, as a digest with a key
/// that only this value has. Wrong ones are not, because there are too many of them. A client that has succeeded
/// once does not wait for any check any more, however many passwords others try.
#[derive(Clone)]
pub(super) struct Users {
    known: Arc<[User]>,
    /// The hash that an unknown user's password is compared with, so that it takes as long as a known user's.
    decoy: Arc<str>,
    key: Digest,
    checks: Arc<Checks>,
    /// Compares a password with a hash. A field, so that tests can watch it.
    verify: Verify,
}

type Verify = Arc<dyn Fn(&[u8], &str) -> bool + Send + Sync>;

struct User {
    name: Digest,
    hash: Arc<str>,
    /// The [`LoginDigest::whole`] of the last login that was right.
    remembered: Mutex<Option<Digest>>,
}

/// A login, by digests.
pub(super) struct LoginDigest {
    /// The position of the user. `None` if it is unknown.
    user: Option<usize>,
    /// The digest of all parts, and of the key.
    whole: Digest,
    password: Vec<u8>,
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} users", self.known.len())
    }
}

impl Users {
    /// Users with names and hashes. `None` if there are none.
    ///
    /// # Errors
    /// If a name or a hash cannot be right, or if the system has no random numbers.
    pub(super) fn new(users: &[(String, Secret)]) -> Result<Option<Self>, ServeError> {
        if users.is_empty() {
            return Ok(None);
        }
        let mut names = HashSet::new();
        let mut costs = Vec::new();
        let mut known = Vec::new();
        for (name, Secret(hash)) in users {
            if !names.insert(name) {
                return Err(misset(format!(
                    "the user `{name}` is there twice; leave one out"
                )));
            }
            costs.push(check(name, hash).map_err(misset)?);
            known.push(User {
                name: Digest::of(name.as_bytes()),
                hash: hash.as_str().into(),
                remembered: Mutex::default(),
            });
        }
        let key = Digest::random().map_err(|error| ServeError::Start {
            source: error.into(),
        })?;
        // As slow as the slowest.
        let cost = costs.into_iter().max().unwrap_or(bcrypt::DEFAULT_COST);
        Ok(Some(Self {
            known: known.into(),
            // The salt and the digest of no password in particular. Whether one fits does not matter.
            decoy: format!("$2b${cost:02}${}", "O".repeat(53)).into(),
            key,
            checks: Arc::default(),
            verify: Arc::new(|password, hash| bcrypt::verify(password, hash).unwrap_or(false)),
        }))
    }

    pub(super) fn digest(&self, login: &Login) -> LoginDigest {
        let name = Digest::of(&login.name);
        let mut user = None;
        // All users are compared, so the time does not tell whether one is there.
        for (index, known) in self.known.iter().enumerate() {
            if known.name.equals(&name).into() {
                user = Some(index);
            }
        }
        let hash = self.hash(user);
        LoginDigest {
            user,
            whole: Digest::of_all(&[
                self.key,
                name,
                Digest::of(hash.as_bytes()),
                Digest::of(&login.password),
            ]),
            password: login.password.clone(),
        }
    }

    /// Whether the login was right before.
    pub(super) fn remember(&self, login: &LoginDigest) -> bool {
        let user = login.user.and_then(|index| self.known.get(index));
        let remembered = user.and_then(|user| *user.remembered.lock());
        remembered.is_some_and(|it| it.equals(&login.whole).into())
    }

    /// Whether the login is right. It takes the time of a slow check, and of those that wait before it.
    ///
    /// # Errors
    /// If too many logins wait.
    pub(super) async fn check(
        &self,
        login: LoginDigest,
        peer: Option<IpAddr>,
    ) -> Result<bool, Busy> {
        let users = self.clone();
        self.checks.run(peer, move || users.check_now(&login)).await
    }

    fn check_now(&self, login: &LoginDigest) -> bool {
        // The same login may have waited before this one.
        if self.remember(login) {
            return true;
        }
        let fits = (self.verify)(&login.password, self.hash(login.user));
        let user = login.user.and_then(|index| self.known.get(index));
        let Some(user) = user.filter(|_| fits) else {
            return false;
        };
        *user.remembered.lock() = Some(login.whole);
        true
    }

    /// The hash of a user, or the decoy.
    fn hash(&self, user: Option<usize>) -> &str {
        let user = user.and_then(|index| self.known.get(index));
        user.map_or(&self.decoy, |user| &user.hash)
    }
}

fn misset(problem: String) -> ServeError {
    ServeError::Setting {
        setting: "basic_auth",
        problem,
    }
}

/// The cost of a user's hash.
///
/// # Errors
/// Why the name or the hash cannot be right.
fn check(name: &str, hash: &str) -> Result<u32, String> {
    if name.is_empty() {
        return Err("the name of the user is empty".to_owned());
    }
    // RFC 7617, section 2.
    if name.contains(|it: char| it == ':' || it.is_control()) {
        return Err(format!(
            "no client can send the name {name:?}, because it has a colon or a control character"
        ));
    }
    let is_known = ["$2a$", "$2b$", "$2y$"]
        .iter()
        .any(|it| hash.starts_with(it));
    let cost = match hash.parse::<HashParts>() {
        Ok(parts) if is_known => parts.get_cost(),
        _ => {
            return Err(format!(
                "what is given for the user `{name}` is no bcrypt hash; write what `htpasswd -nB {name}` prints after \
                 the colon, 60 characters that begin with `$2y$`"
            ));
        }
    };
    if !(4..=MAX_COST).contains(&cost) {
        return Err(format!(
            "the hash of the user `{name}` has the cost {cost}; make one with a cost from 4 to {MAX_COST}, such as 12"
        ));
    }
    Ok(cost)
}

#[cfg(test)]
mod tests;
