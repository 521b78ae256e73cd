//! Calls the greeter, as two programs would that are greeted.

use std::error::Error;
use std::net::SocketAddr;

use census::{TagKey, WithTags as _, tag, tags};
use census_http::Measured;
use tokio_stream::StreamExt as _;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::Layer as _;

use crate::proto::greeter_client::GreeterClient;
use crate::proto::{GreetInAllRequest, GreetRequest};

/// The program that wants to be greeted.
#[tag]
pub(crate) static CALLER: TagKey;

type Client = GreeterClient<Measured<Channel>>;

/// Makes so many calls.
pub(crate) async fn call(address: SocketAddr, calls: u32) -> Result<(), Box<dyn Error>> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect_lazy();
    // Measures the calls, and sends the tags that are current.
    let layer = census_http::grpc_client()
        .servers(["greeter:50051"])
        .send_grpc_tags([]);
    let client = GreeterClient::new(layer.layer(channel));
    for number in 0..calls {
        match number % 4 {
            0 | 1 => mail(client.clone()).with_tags(tags!(CALLER = "mail")).await,
            2 => chat(client.clone()).with_tags(tags!(CALLER = "chat")).await,
            _ => lost(client.clone()).with_tags(tags!(CALLER = "chat")).await,
        }?;
    }
    Ok(())
}

/// Asks for a greeting.
async fn mail(mut client: Client) -> Result<(), Status> {
    let request = GreetRequest {
        name: "Ada".to_owned(),
        language: "en".to_owned(),
    };
    client.greet(request).await?;
    Ok(())
}

/// Asks for all greetings, and reads them.
async fn chat(mut client: Client) -> Result<(), Status> {
    let request = GreetInAllRequest {
        name: "Grace".to_owned(),
    };
    let mut greetings = client.greet_in_all(request).await?.into_inner();
    while let Some(greeting) = greetings.next().await {
        greeting?;
    }
    Ok(())
}

/// Asks for a greeting in a language that the greeter does not speak.
async fn lost(mut client: Client) -> Result<(), Status> {
    let request = GreetRequest {
        name: "Grace".to_owned(),
        language: "tlh".to_owned(),
    };
    match client.greet(request).await {
        Err(status) if status.code() == Code::NotFound => Ok(()),
        Err(status) => Err(status),
        Ok(_) => Err(Status::internal("who speaks that?")),
    }
}
