//! The views: what this application wants to see of its storage, which knows no tenants.
//!
//! The tags come from the shop, in the header `baggage`: the tenant that a query is for, and the route by which the request
//! came to the shop. So each tenant's cost at the bottom layer can be asked for:
//!
//! - `sum by (tenant) (rate(stock_busy_seconds_total[5m]))` is the number of connections that a tenant keeps busy, on
//!   average. `topk(3, sum by (tenant, shop_route) (rate(stock_busy_seconds_total[5m])))` also says by which routes of the
//!   shop.
//! - `sum by (tenant) (rate(stock_rows_total[5m])) / sum by (tenant) (rate(stock_queries_total[5m]))` is the number of
//!   rows of a tenant's average query.
//!
//! The four golden signals of the storage:
//!
//! - rate: `sum by (query) (rate(stock_query_seconds_count[5m]))`.
//! - errors: `sum by (query) (rate(stock_query_seconds_count{result="error"}[5m]))`, and the callers that got no connection:
//!   `sum(rate(stock_wait_seconds_count{result="error"}[5m]))`.
//! - duration: `histogram_quantile(0.99, sum by (le, query) (rate(stock_query_seconds_bucket[5m])))`.
//! - saturation: `sum(rate(stock_busy_seconds_total[5m])) / sum(stock_connections)` is the share of the pool that is in use.
//!   `sum by (tenant) (stock_connections_awaited)` is the number of requests that wait for a connection now, and
//!   `histogram_quantile(0.99, sum by (le) (rate(stock_wait_seconds_bucket[5m])))` is how long they wait.

use std::time::Duration;

use census::calls::{FUNCTION, RESULT};
use census::{Buckets, TagKey, tag, view};

use crate::storage::{CONNECTIONS, QUERY_TIME, ROWS, RUNNING, TABLE_ROWS, WAIT_TIME, WAITING};

/// The tenant that a query is for. The shop has a tag key of this name, too: two keys of one name are the same key, also in
/// different processes.
#[tag]
pub(crate) static TENANT: TagKey;

/// The route by which the request came to the shop.
#[tag]
pub(crate) static SHOP_ROUTE: TagKey;

/// From 1 ms to 512 ms.
const BUCKETS: Buckets<Duration> = Buckets::exponential(Duration::from_millis(1), 2.0, 10);

view! {
    /// Duration of queries.
    pub(crate) static QUERY_SECONDS: Distribution<QUERY_TIME> by (FUNCTION as query, RESULT) { buckets: BUCKETS }

    /// Queries, by tenant and route of the shop.
    pub(crate) static QUERIES: Count<QUERY_TIME> by (TENANT, SHOP_ROUTE);

    /// Time that connections were busy, by tenant and route of the shop.
    pub(crate) static BUSY: Sum<QUERY_TIME> by (TENANT, SHOP_ROUTE) { name: "busy_seconds" }

    /// Rows read and written, by tenant and route of the shop.
    pub(crate) static ROWS_OF_QUERIES: Sum<ROWS> by (TENANT, SHOP_ROUTE) { name: "rows" }

    /// Connections that are busy, by tenant.
    pub(crate) static CONNECTIONS_BUSY: Sum<RUNNING> by (TENANT);

    /// Connections that are waited for, by tenant.
    pub(crate) static CONNECTIONS_AWAITED: Sum<WAITING> by (TENANT);

    /// Duration of waits for a connection.
    pub(crate) static WAIT_SECONDS: Distribution<WAIT_TIME> by (RESULT) { buckets: BUCKETS }

    /// Connections of the pool.
    pub(crate) static POOL: LastValue<CONNECTIONS> { name: "connections" }

    /// Rows of the table.
    pub(crate) static TABLE: LastValue<TABLE_ROWS> { name: "table_rows" }
}
