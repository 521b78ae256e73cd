//! Traffic, so that there are numbers to see.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use tokio::time::sleep;

use crate::Order;
use crate::tenant::TENANTS;

/// Sends requests of one tenant, forever.
pub(crate) async fn visit(shop: SocketAddr, number: usize) {
    let client = Client::new();
    let tenant = TENANTS.into_iter().cycle().nth(number).unwrap_or_default();
    for step in number.. {
        let request = choose(&client, shop, tenant, step).header("x-tenant", tenant);
        if let Ok(response) = request.send().await {
            // A connection is used again only when the response was read.
            let _ = response.bytes().await;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// The next request. Those of acme list all items more often than others.
fn choose(client: &Client, shop: SocketAddr, tenant: &str, step: usize) -> RequestBuilder {
    let get = |path: &str| client.get(format!("http://{shop}/{path}"));
    let order = |item, count| {
        let order = Order { item, count };
        client.post(format!("http://{shop}/orders")).json(&order)
    };
    match step % 20 {
        0..8 if tenant == "acme" => get("items"),
        0 => get("items"),
        1..14 => get(&format!("items/{}", step % 20)),
        14..18 => order(7, 1),
        18 => order(20, 1), // sold out
        _ => get("items/404"),
    }
}
