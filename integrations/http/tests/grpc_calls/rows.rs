//! The rows of a test.

use std::collections::BTreeMap;
use std::time::Duration;

use census::{Aggregation, Number, TagKey, View, tag, view};
use census_http::measures::{
    ERROR_TYPE, GRPC_CLIENT_DURATION, GRPC_SERVER_DURATION, RPC_METHOD, RPC_STATUS, SERVER_ADDRESS,
    SERVER_PORT,
};
use census_http::opencensus as oc;

/// The test that a call is part of.
#[tag(local)]
pub(crate) static TEST: TagKey;

view! {
    /// Calls to a server.
    pub(crate) static SERVER_CALLS: Count<GRPC_SERVER_DURATION> by (TEST, RPC_METHOD, RPC_STATUS, ERROR_TYPE);
    /// Calls of a client.
    pub(crate) static CLIENT_CALLS: Count<GRPC_CLIENT_DURATION> by (TEST, RPC_METHOD, RPC_STATUS, ERROR_TYPE);
    /// Calls of a client, by server.
    pub(crate) static CALLS_BY_SERVER: Count<GRPC_CLIENT_DURATION> by (TEST, SERVER_ADDRESS, SERVER_PORT);
    /// Calls that a server began to answer.
    pub(crate) static SERVER_STARTED: Count<oc::GRPC_SERVER_STARTED_RPCS> by (TEST, oc::GRPC_SERVER_METHOD);
    /// Calls that a client began.
    pub(crate) static CLIENT_STARTED: Count<oc::GRPC_CLIENT_STARTED_RPCS> by (TEST, oc::GRPC_CLIENT_METHOD);
    /// Messages that a server received.
    pub(crate) static SERVER_RECEIVED: Sum<oc::GRPC_SERVER_RECEIVED_MESSAGES> by (TEST);
    /// Bytes that a server received.
    pub(crate) static SERVER_RECEIVED_BYTES: Sum<oc::GRPC_SERVER_RECEIVED_BYTES> by (TEST);
    /// Messages that a server sent.
    pub(crate) static SERVER_SENT: Sum<oc::GRPC_SERVER_SENT_MESSAGES> by (TEST);
    /// Bytes that a server sent.
    pub(crate) static SERVER_SENT_BYTES: Sum<oc::GRPC_SERVER_SENT_BYTES> by (TEST);
    /// Messages that a client received.
    pub(crate) static CLIENT_RECEIVED: Sum<oc::GRPC_CLIENT_RECEIVED_MESSAGES> by (TEST);
    /// Bytes that a client received.
    pub(crate) static CLIENT_RECEIVED_BYTES: Sum<oc::GRPC_CLIENT_RECEIVED_BYTES> by (TEST);
    /// Messages that a client sent.
    pub(crate) static CLIENT_SENT: Sum<oc::GRPC_CLIENT_SENT_MESSAGES> by (TEST);
    /// Bytes that a client sent.
    pub(crate) static CLIENT_SENT_BYTES: Sum<oc::GRPC_CLIENT_SENT_BYTES> by (TEST);
}

/// The rows of a test, without its name: the values of the other columns, and the count or sum.
pub(crate) fn rows<A: Aggregation<Data: Value>>(
    view: &View<A>,
    test: &str,
) -> BTreeMap<Vec<String>, u64> {
    let data = view.data();
    let rows = data.rows.iter().filter_map(|row| {
        let mut values = row.tags().map(|(_, value)| value.to_owned());
        (values.next().as_deref() == Some(test)).then(|| (values.collect(), row.data.value()))
    });
    rows.collect()
}

/// Waits until a view has these rows of a test, and fails if it has others.
pub(crate) async fn expect<A: Aggregation<Data: Value>, const N: usize>(
    view: &View<A>,
    test: &str,
    expected: &[([&str; N], u64)],
) {
    let expected: BTreeMap<Vec<String>, u64> = expected
        .iter()
        .map(|(values, count)| (values.map(str::to_owned).into(), *count))
        .collect();
    // A server learns that a client went away after the client did.
    for _ in 0..2_000 {
        if rows(view, test) == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(rows(view, test), expected, "{} of {test}", view.name());
}

/// What a row counts.
pub(crate) trait Value {
    fn value(&self) -> u64;
}

impl Value for u64 {
    fn value(&self) -> u64 {
        *self
    }
}

impl Value for Number {
    fn value(&self) -> u64 {
        match self {
            Self::U64(number) => *number,
            other => unreachable!("{other:?} is not a number of bytes or messages"),
        }
    }
}
