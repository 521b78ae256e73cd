//! The client of the back end.

use axum::body::Body;
use axum::http::{self, StatusCode};
use axum::response::{IntoResponse as _, Response};
use census_http::reqwest::MeasuredClient;
use reqwest::{Client, Url};

/// The back end.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    client: MeasuredClient,
    url: Url,
}

impl Back {
    /// Each request is measured, and takes the current tags along: the tenant, and the route of the shop.
    pub(crate) fn new(url: Url) -> Self {
        let layer = census_http::client()
            .servers([url.authority().to_owned()])
            .send_baggage([]);
        let client = MeasuredClient::new(Client::new(), layer);
        Self { client, url }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(http::Method::GET, path).await
    }

    pub(crate) async fn post(&self, path: &str) -> Response {
        self.send(http::Method::POST, path).await
    }

    /// The back end's response, or 502 if there is none.
    async fn send(&self, method: http::Method, path: &str) -> Response {
        let mut url = self.url.clone();
        url.set_path(path);
        match self
            .client
            .execute(reqwest::Request::new(method, url))
            .await
        {
            Ok(response) => http::Response::from(response).map(Body::new),
            Err(error) => (StatusCode::BAD_GATEWAY, format!("{error}\n")).into_response(),
        }
    }
}
