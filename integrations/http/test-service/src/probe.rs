//! The service.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::proto::{self, Answer, Ask, What};
use crate::seen::Seen;

/// Returns the tags that are current in a handler. This package does not depend on `census`, which is tested with it.
pub type TagsOfHandler = fn() -> String;

/// The service.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What its handlers have seen.
    pub seen: Arc<Seen>,
    tags: TagsOfHandler,
}

type Answers = Pin<Box<dyn Stream<Item = Result<Answer, Status>> + Send>>;

impl Probe {
    /// A service that answers with these tags.
    #[must_use]
    pub fn new(tags: TagsOfHandler) -> Self {
        Self {
            seen: Arc::default(),
            tags,
        }
    }

    fn begin(&self) {
        self.seen.begun.fetch_add(1, Ordering::Relaxed);
    }

    fn receive(&self, ask: &Ask) {
        self.seen.received.add(ask);
    }

    async fn answer(&self, ask: &Ask) -> Result<Response<Answer>, Status> {
        act(ask.what()).await;
        self.seen.answered.fetch_add(1, Ordering::Relaxed);
        status_of(ask)?;
        Ok(Response::new(self.make(ask)))
    }

    fn make(&self, ask: &Ask) -> Answer {
        let answer = Answer {
            payload: vec![7; ask.answer_len as usize],
            tags: (self.tags)(),
        };
        self.seen.sent.add(&answer);
        answer
    }

    /// The answers to a request, then the end that it asks for.
    fn answers(&self, ask: Ask) -> Answers {
        let this = self.clone();
        let end = self.clone();
        let first = ask.clone();
        let answers = stream::iter(0..ask.answers).map(move |_| Ok(this.make(&first)));
        let last = stream::once(async move {
            match ask.what() {
                What::HangAtEnd => pending().await,
                _ => end.seen.answered.fetch_add(1, Ordering::Relaxed),
            };
            status_of(&ask)
        });
        let last = last.filter_map(async |end| end.err().map(Err));
        Box::pin(answers.chain(last))
    }
}

async fn act(what: What) {
    match what {
        What::Panic => std::panic::resume_unwind(Box::new("on purpose")),
        What::Hang => pending().await,
        What::Nothing | What::HangAtEnd => {}
    }
}

fn status_of(ask: &Ask) -> Result<(), Status> {
    match Code::from(ask.status) {
        Code::Ok => Ok(()),
        code => Err(Status::new(code, "as asked")),
    }
}

#[tonic::async_trait]
impl proto::probe_server::Probe for Probe {
    type ServerStreamStream = Answers;
    type BothStream = Answers;

    async fn unary(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        self.begin();
        let ask = request.into_inner();
        self.receive(&ask);
        self.answer(&ask).await
    }

    async fn server_stream(&self, request: Request<Ask>) -> Result<Response<Answers>, Status> {
        self.begin();
        let ask = request.into_inner();
        self.receive(&ask);
        act(ask.what()).await;
        Ok(Response::new(self.answers(ask)))
    }

    async fn client_stream(
        &self,
        request: Request<Streaming<Ask>>,
    ) -> Result<Response<Answer>, Status> {
        self.begin();
        let mut asks = request.into_inner();
        let mut last = Ask::default();
        while let Some(ask) = asks.message().await? {
            self.receive(&ask);
            last = ask;
        }
        self.answer(&last).await
    }

    async fn both(&self, request: Request<Streaming<Ask>>) -> Result<Response<Answers>, Status> {
        self.begin();
        let this = self.clone();
        let answers = request.into_inner().map_ok(move |ask| {
            this.receive(&ask);
            this.answers(ask)
        });
        Ok(Response::new(Box::pin(answers.try_flatten())))
    }

    async fn never_ok(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        self.begin();
        self.receive(request.get_ref());
        Err(Status::failed_precondition("never"))
    }
}
