//! Who may make requests.
//!
//! [`Access`] knows requests and no sockets. `request` is what it sees of a request, and `denied` its refusal. It asks
//! `authorize`, functions of the program; with the feature `auth`, also `tokens` and `users`, which read the request's
//! `credentials`. `checks` runs the slow checks of passwords, one at a time.

mod authorize;
#[cfg(feature = "auth")]
mod checks;
#[cfg(feature = "auth")]
mod credentials;
mod denied;
#[cfg(feature = "auth")]
mod digest;
mod request;
#[cfg(feature = "auth")]
mod secret;
#[cfg(feature = "auth")]
mod tokens;
#[cfg(feature = "auth")]
mod users;

use std::sync::Arc;

pub use request::RequestHead;

pub(super) use authorize::Authorize;
#[cfg(feature = "auth")]
use credentials::Credentials;
use denied::Denied;
#[cfg(feature = "auth")]
use denied::Schemes;
#[cfg(feature = "auth")]
pub(super) use secret::Secret;
#[cfg(feature = "auth")]
use tokens::Tokens;
#[cfg(feature = "auth")]
use users::Users;

use super::ServeError;
use super::counts::Counts;

/// The settings of who may make requests.
#[derive(Clone, Debug, Default)]
pub(super) struct AccessSettings {
    pub(super) authorize: Vec<Authorize>,
    #[cfg(feature = "auth")]
    pub(super) tokens: Vec<Secret>,
    /// Names, and hashes of passwords.
    #[cfg(feature = "auth")]
    pub(super) users: Vec<(String, Secret)>,
}

/// Who may make requests: all clients if there is no setting, and otherwise those that one of the settings admits. Cheap
/// to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Access(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    authorize: Vec<Authorize>,
    #[cfg(feature = "auth")]
    tokens: Tokens,
    #[cfg(feature = "auth")]
    users: Option<Users>,
    counts: Arc<Counts>,
}

impl Access {
    /// # Errors
    /// If a setting cannot work.
    #[cfg_attr(
        not(feature = "auth"),
        expect(clippy::unnecessary_wraps, reason = "functions are always right")
    )]
    pub(super) fn new(settings: AccessSettings, counts: Arc<Counts>) -> Result<Self, ServeError> {
        Ok(Self(Arc::new(Inner {
            authorize: settings.authorize,
            #[cfg(feature = "auth")]
            tokens: Tokens::new(&settings.tokens)?,
            #[cfg(feature = "auth")]
            users: Users::new(&settings.users)?,
            counts,
        })))
    }

    /// Whether a client may make a request. The request must not be answered before, whatever it asks for: otherwise the
    /// answer would tell which paths there are.
    ///
    /// # Errors
    /// The refusal, which was counted.
    pub(super) async fn check(&self, request: &RequestHead<'_>) -> Result<(), Denied> {
        let decision = self.0.decide(request).await;
        if let Err(denied) = &decision {
            self.0.counts.count(denied.event());
        }
        decision
    }
}

impl Inner {
    /// Asks the settings, the fast ones first. A password is checked only if nothing else has admitted the client.
    #[cfg(feature = "auth")]
    async fn decide(&self, request: &RequestHead<'_>) -> Result<(), Denied> {
        let schemes = Schemes {
            bearer: !self.tokens.is_empty(),
            basic: self.users.is_some(),
        };
        if !schemes.bearer && !schemes.basic {
            return self.ask_functions(request);
        }
        let credentials = Credentials::of(request.headers());
        let is_token_wrong = match &credentials {
            Some(Credentials::Bearer(token)) if self.tokens.contain(token) => return Ok(()),
            Some(Credentials::Bearer(_)) => true,
            _ => false,
        };
        let login = match (&self.users, credentials) {
            (Some(users), Some(Credentials::Basic(login))) => Some((users, users.digest(&login))),
            _ => None,
        };
        if let Some((users, login)) = &login
            && users.remember(login)
        {
            return Ok(());
        }
        if !self.authorize.is_empty() {
            match self.ask_functions(request) {
                Err(Denied::Forbidden) => {}
                decision => return decision,
            }
        }
        if let Some((users, login)) = login {
            match users.check(login, request.network()).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(checks::Busy) => return Err(Denied::Busy),
            }
        }
        Err(Denied::Unauthorized {
            schemes,
            is_token_wrong,
        })
    }

    /// Asks the functions.
    #[cfg(not(feature = "auth"))]
    #[expect(clippy::unused_async, reason = "only passwords take time")]
    async fn decide(&self, request: &RequestHead<'_>) -> Result<(), Denied> {
        self.ask_functions(request)
    }

    fn ask_functions(&self, request: &RequestHead<'_>) -> Result<(), Denied> {
        if self.authorize.is_empty() {
            return Ok(());
        }
        for authorize in &self.authorize {
            match authorize.admits(request) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(_) => return Err(Denied::Panicked),
            }
        }
        Err(Denied::Forbidden)
    }
}

#[cfg(test)]
mod tests;
