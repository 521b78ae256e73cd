//! `reqwest`'s client, with its requests measured. With the feature `reqwest`.

use std::task::{Context, Poll};

use http::{Request, Response};
use reqwest::{Body, Client, ResponseBuilderExt as _};
use tower_layer::Layer as _;
use tower_service::Service;

use crate::layer::ClientLayer;

/// A `reqwest` client whose requests are measured.
///
/// ```
/// use census_http::reqwest::MeasuredClient;
///
/// # async fn get() -> Result<(), reqwest::Error> {
/// let layer = census_http::client().servers(["api.example.com"]);
/// let client = MeasuredClient::new(reqwest::Client::new(), layer);
///
/// let request = client.inner().get("https://api.example.com/users/7").build()?;
/// let user = client.execute(request).await?.text().await?;
/// # Ok(())
/// # }
/// ```
///
/// A request that is redirected is measured as one. A timeout of the client counts as `service_error` before there is a
/// response, and as `body_error` after. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MeasuredClient {
    client: Client,
    layer: ClientLayer,
}

impl MeasuredClient {
    /// A client that measures what it [executes](Self::execute).
    #[must_use]
    pub fn new(client: Client, layer: ClientLayer) -> Self {
        Self { client, layer }
    }

    /// The client, which makes requests. What it sends itself is not measured.
    #[must_use]
    pub fn inner(&self) -> &Client {
        &self.client
    }

    /// Sends a request, and measures it until the last of the response's body was read, or the response was dropped.
    ///
    /// # Errors
    ///
    /// As those of [`reqwest::Client::execute`].
    pub async fn execute(&self, request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        let request = Request::<Body>::try_from(request)?;
        let mut service = self.layer.layer(HttpService {
            client: self.client.clone(),
        });
        let response = service.call(request).await?;
        Ok(response.map(Body::wrap).into())
    }
}

/// `reqwest`'s client as a service of `http`'s types.
#[derive(Clone, Debug)]
struct HttpService {
    client: Client,
}

type Sent = std::pin::Pin<Box<dyn Future<Output = reqwest::Result<Response<Body>>> + Send>>;

impl Service<Request<Body>> for HttpService {
    type Response = Response<Body>;
    type Error = reqwest::Error;
    type Future = Sent;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<reqwest::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Sent {
        let client = self.client.clone();
        Box::pin(async move {
            let response = client.execute(request.try_into()?).await?;
            let url = response.url().clone();
            let (parts, body) = Response::<Body>::from(response).into_parts();
            let mut with_url = Response::builder().url(url).body(body);
            if let Ok(response) = &mut with_url {
                *response.status_mut() = parts.status;
                *response.version_mut() = parts.version;
                *response.headers_mut() = parts.headers;
                response.extensions_mut().extend(parts.extensions);
            }
            Ok(with_url.expect("nothing in it is invalid"))
        })
    }
}
