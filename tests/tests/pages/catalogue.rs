//! `/catalogue.json`.

use census::prometheus::Exporter;
use census::testing::isolate;
use serde_json::{Value, json};

use crate::shop;

fn catalogue(exporter: &Exporter) -> Value {
    let page = exporter.page("/catalogue.json").expect("a page");
    assert_eq!((page.status, page.content_type), (200, "application/json"));
    serde_json::from_str(&page.body).expect("JSON")
}

fn entry<'j>(list: &'j Value, name: &str) -> &'j Value {
    let mut entries = list.as_array().expect("a list").iter();
    entries
        .find(|entry| entry["name"] == name || entry["view"] == name)
        .unwrap_or_else(|| panic!("no {name} in {list}"))
}

#[test]
fn everything_that_is_declared_is_there() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .namespace("shop")
        .const_label("region", "e\u{0}u")
        .const_label("le", "x")
        .build_lenient();
    let json = catalogue(&exporter);
    assert_eq!(json["namespace"], "shop");
    assert_eq!(
        json["const_labels"],
        json!([{"name": "region", "value": "e\u{0}u"}])
    );
    let mut latency = entry(&json["measures"], shop::LATENCY.name()).clone();
    let line = latency["origin"]["line"].take();
    assert!(line.as_u64().is_some_and(|line| line > 20), "{line}");
    assert_eq!(latency["origin"]["crate"], "pages");
    assert_eq!(latency["origin"]["module"], "pages::shop");
    latency["origin"].take();
    assert_eq!(
        latency,
        json!({
            "name": shop::LATENCY.name(),
            "description": "How long requests take, from their first byte to the last byte of the response.",
            "unit": "s", "value_kind": "duration", "observed": false, "total": false, "viewed": true, "origin": null,
        })
    );
    assert_eq!(
        entry(&json["measures"], shop::ROWS_SCANNED.name())["viewed"],
        false
    );
    assert_eq!(entry(&json["measures"], shop::CPU.name())["total"], true);
    let method = entry(&json["tag_keys"], shop::METHOD.name());
    assert_eq!(method["values"], json!(["DELETE", "GET", "POST"]));
    assert_eq!(
        entry(&json["tag_keys"], shop::ROUTE.name())["values"],
        Value::Null
    );
    let view = entry(&json["views"], "slow_requests");
    assert_eq!(view["state"], "optional");
    assert_eq!(
        (&view["aggregation"], &view["optional"]),
        (&json!("distribution"), &json!(true))
    );
    assert_eq!(view["buckets"], json!([1.0, 10.0]));
    let view = entry(&json["views"], "revenue");
    assert_eq!(
        (&view["idle"], &view["unit"]),
        (&json!(1800.0), &json!("{cent}"))
    );
    assert_eq!(
        view["columns"],
        json!([{"key": shop::TENANT.name(), "label": "tenant"}])
    );
    assert_eq!(entry(&json["views"], "tenant_bytes")["max_series"], 25);
    assert_eq!(
        entry(&json["families"], "tenant_bytes"),
        &json!({"view": "tenant_bytes", "name": "shop_tenant_bytes", "type": "counter"})
    );
    assert_eq!(json["problems"], json!([]));
    let problem = &json["exporter_problems"][0];
    assert_eq!(
        (&problem["kind"], &problem["kept_at"]),
        (&json!("invalid_exporter"), &Value::Null)
    );
}

#[test]
fn the_order_is_that_of_the_places() {
    let _isolated = isolate();
    let exporter = Exporter::builder().build_lenient();
    let json = catalogue(&exporter);
    assert_eq!(json, catalogue(&exporter));
    for list in ["measures", "tag_keys", "views"] {
        let places: Vec<_> = json[list]
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| {
                let origin = &entry["origin"];
                let text = |field: &str| origin[field].as_str().expect("a text").to_owned();
                let number = |field: &str| origin[field].as_u64().expect("a number");
                (
                    text("crate"),
                    text("file"),
                    number("line"),
                    number("column"),
                )
            })
            .collect();
        assert!(places.is_sorted() && places.len() > 3, "{list}: {places:?}");
    }
}
