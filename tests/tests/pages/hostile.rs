//! Tag values, and query strings, that try to become markup.

use census::prometheus::{Exporter, Page};
use census::record;
use census::testing::isolate;
use proptest::prelude::*;

use crate::html::{Parsed, page, view};
use crate::shop::{AGENT, REFERRER, VISIT, VISITS, hostile, record_hostile_visits};

fn shown_values(page: &Parsed) -> Vec<String> {
    page.all("td bdi.value")
        .into_iter()
        .map(|element| element.text().collect())
        .collect()
}

#[test]
fn hostile_values_are_shown_as_text() {
    let _isolated = isolate();
    record_hostile_visits();
    let exporter = Exporter::builder().build_lenient();
    let page = view(&exporter, "visits", "per_page=1000");
    let shown = shown_values(&page);
    for (value, expected) in hostile() {
        let count = shown.iter().filter(|it| **it == expected).count();
        assert_eq!(count, 2, "{value:?} in {shown:?}");
    }
    assert_eq!(shown.len(), 2 * hostile().len());
    assert_eq!(VISITS.data().rows.len(), 2 * hostile().len());
    let titles: Vec<&str> = page
        .all(".long")
        .into_iter()
        .filter_map(|it| it.attr("title"))
        .collect();
    assert!(titles.contains(&&*"\\u{1}".repeat(255)));
}

#[test]
fn hostile_names_of_the_exporter_are_shown_as_text() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .namespace("<b>\u{202e}")
        .const_label("region", "</dd><script>")
        .const_label("__\u{7}<b>", "x")
        .build_lenient();
    let home = page(&exporter, "/");
    let text = home.only_text("body");
    assert!(
        text.contains("</dd><script>") && text.contains("<b>\\u{202e}"),
        "{text}"
    );
    assert!(text.contains("const label `__\\u{7}<b>`"), "{text}");
    page(&exporter, "/statsz");
}

#[test]
fn the_stylesheet_is_the_one_that_the_policy_allows() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let _isolated = isolate();
    let home = page(&Exporter::builder().build_lenient(), "/");
    let style: String = home
        .all("style")
        .into_iter()
        .flat_map(|style| style.text())
        .collect();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    let policy = Page::headers()
        .iter()
        .find(|(name, _)| *name == "content-security-policy");
    let (_, policy) = policy.expect("a policy");
    assert!(
        policy.contains(&format!("style-src 'sha256-{hash}';")),
        "sha256-{hash}: {policy}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_becomes_markup(
        values in prop::collection::vec((any::<String>(), "[<>\"'&/!\\-a-z=; \u{0}\u{202e}]{0,80}"), 1..8),
    ) {
        let _isolated = isolate();
        for (agent, referrer) in &values {
            record!(VISIT = 1, tags(AGENT = agent.as_str(), REFERRER = referrer.as_str()));
        }
        let rows = VISITS.data().rows.len();
        let exporter = Exporter::builder().build_lenient();
        let page = view(&exporter, "visits", "");
        prop_assert_eq!(page.cells("rows").len(), rows);
        prop_assert_eq!(page.all("tbody td").len(), 3 * rows);
        let expected = VISITS.data().rows.iter().flat_map(|row| row.tags().map(|(_, value)| value.to_owned()).collect::<Vec<_>>()).filter(|value| !value.is_empty()).count();
        prop_assert_eq!(shown_values(&page).len(), expected);
    }

    #[test]
    fn no_query_fails_or_becomes_markup(name in any::<String>(), value in any::<String>(), raw in any::<String>()) {
        let _isolated = isolate();
        VISIT.record(1);
        let exporter = Exporter::builder().build_lenient();
        let encode = |text: &str| {
            text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02x}"))
        };
        let (name, value) = (encode(&name), encode(&value));
        for query in [
            format!("{name}={value}&filter={value}&tag.{name}={value}&sort={value}&page={value}"),
            format!("view={value}&sort={name}"),
            format!("view=visits&sort={name}&filter={value}&tag.agent={value}&{name}={value}&order={value}&per_page={value}"),
            raw,
        ] {
            let parsed = page(&exporter, &format!("/statsz?{query}"));
            prop_assert!(matches!(parsed.page.status, 200 | 404));
        }
    }
}
