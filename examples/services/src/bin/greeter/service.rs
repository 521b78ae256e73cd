//! Answers calls.

use std::pin::Pin;

use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::phrases;
use crate::proto::greeter_server::Greeter;
use crate::proto::{GreetInAllRequest, GreetRequest, Greeting};

/// The service. It measures nothing: the layer does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service;

type Greetings = Pin<Box<dyn Stream<Item = Result<Greeting, Status>> + Send>>;

#[tonic::async_trait]
impl Greeter for Service {
    type GreetInAllStream = Greetings;

    async fn greet(&self, request: Request<GreetRequest>) -> Result<Response<Greeting>, Status> {
        let GreetRequest { name, language } = request.into_inner();
        match phrases::greet(&name, &language) {
            Some(text) => Ok(Response::new(Greeting { text })),
            None => Err(Status::not_found(
                "this greeter does not speak that language",
            )),
        }
    }

    async fn greet_in_all(
        &self,
        request: Request<GreetInAllRequest>,
    ) -> Result<Response<Greetings>, Status> {
        let GreetInAllRequest { name } = request.into_inner();
        let greetings = phrases::languages().filter_map(move |language| {
            let text = phrases::greet(&name, language)?;
            Some(Ok(Greeting { text }))
        });
        // The greetings are made when the stream is polled. The layer polls it with the tags of the call.
        Ok(Response::new(Box::pin(tokio_stream::iter(greetings))))
    }
}
