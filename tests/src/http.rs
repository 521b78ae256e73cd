//! An HTTP client.

use ureq::AsSendBody;
use ureq::http::header::{ACCEPT, CONTENT_TYPE};

pub use ureq::http::Request;

use crate::PATIENCE;

/// A response of any status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code, such as 200.
    pub status: u16,
    /// The header `Content-Type`; empty if there is none.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// Sends a GET request, with `accept` as its header `Accept`.
///
/// # Errors
/// If no server listens there, or if its response is not HTTP.
pub fn get(url: &str, accept: Option<&str>) -> Result<Response, ureq::Error> {
    let mut request = Request::get(url);
    if let Some(accept) = accept {
        request = request.header(ACCEPT, accept);
    }
    send(request.body(())?)
}

/// Sends any request. Its body is a text, or `()`.
///
/// # Errors
/// If no server listens there, or if its response is not HTTP.
pub fn send(request: Request<impl AsSendBody>) -> Result<Response, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false);
    let mut response = config.build().new_agent().run(request)?;
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    Ok(Response {
        status: response.status().as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: response.body_mut().read_to_string()?,
    })
}

/// The body of the response to a GET request, whose status must be 200.
#[must_use]
pub fn body(url: &str, accept: Option<&str>) -> String {
    let response = get(url, accept).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(response.status, 200, "{url}: {}", response.body);
    response.body
}
