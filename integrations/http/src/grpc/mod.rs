//! What is particular to gRPC.

mod messages;
mod methods;
mod status;

pub(crate) use messages::{MessageCount, MessageCounter};
pub(crate) use methods::Methods;
pub(crate) use status::GrpcStatus;
