//! What the handlers have seen.

use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message;

/// What the handlers of a service have seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Calls that have begun.
    pub begun: AtomicU64,
    /// Calls whose handler has made an answer, or the last of its answers.
    pub answered: AtomicU64,
    /// Messages of requests.
    pub received: Total,
    /// Messages of responses.
    pub sent: Total,
}

/// Messages, and their bytes.
#[derive(Debug, Default)]
pub struct Total {
    messages: AtomicU64,
    bytes: AtomicU64,
}

impl Total {
    pub(crate) fn add(&self, message: &impl Message) {
        self.messages.fetch_add(1, Ordering::Relaxed);
        self.bytes
            .fetch_add(message.encoded_len() as u64, Ordering::Relaxed);
    }

    /// How many messages.
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// How many bytes they are.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}
