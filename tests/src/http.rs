//! An HTTP client.

use ureq::http::header::{ACCEPT, CONTENT_TYPE};

use crate::PATIENCE;

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// The header of that name; empty without one.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// Gets a URL. Without `accept`, everything is accepted.
///
/// # Errors
/// If nobody listens there, or the answer is none.
pub fn get(url: &str, accept: Option<&str>) -> Result<Answer, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false);
    let mut request = config.build().new_agent().get(url);
    if let Some(accept) = accept {
        request = request.header(ACCEPT, accept);
    }
    let mut response = request.call()?;
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: response.body_mut().read_to_string()?,
    })
}

/// The body at a URL, which must be there.
#[must_use]
pub fn body(url: &str, accept: Option<&str>) -> String {
    let answer = get(url, accept).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(answer.status, 200, "{url}: {}", answer.body);
    answer.body
}
