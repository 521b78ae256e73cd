//! A view with very many rows.

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, TagKey, measure, record, tag, view};

use crate::html::view;
use crate::shop::{AGENT, REFERRER, VISIT};

#[tag]
static USER: TagKey;
#[measure]
static CLICK: Measure<u64>;
view! {
    static CLICKS: Sum<CLICK> by (USER) { max_series: 200_000 }
}

#[test]
fn a_hundred_thousand_rows_are_sorted_and_paged() {
    let _isolated = isolate();
    for user in 0..100_000_u64 {
        let name = format!("user-{user}");
        record!(CLICK = user * 7_919 % 100_003, tags(USER = name.as_str()));
    }
    let exporter = Exporter::builder().build_lenient();
    let page = view(
        &exporter,
        "clicks",
        "sort=value&order=desc&page=3&per_page=5",
    );
    let mut expected: Vec<(u64, String)> = (0..100_000)
        .map(|user| (user * 7_919 % 100_003, format!("user-{user}")))
        .collect();
    expected.sort_by_key(|(clicks, _)| std::cmp::Reverse(*clicks));
    let expected: Vec<&String> = expected
        .iter()
        .skip(10)
        .take(5)
        .map(|(_, user)| user)
        .collect();
    assert_eq!(
        page.first_cells("rows").iter().collect::<Vec<_>>(),
        expected
    );
    assert_eq!(page.texts("nav.pages span")[0], "11–15 of 100,000 rows");
    let last = page
        .all("nav.pages a")
        .last()
        .and_then(|link| link.attr("href").map(str::to_owned));
    assert_eq!(
        last.as_deref(),
        Some("statsz?view=clicks&sort=value&order=desc&page=2000&per_page=5")
    );
    // Without an order, all pages can be reached.
    let page = view(&exporter, "clicks", "page=100&per_page=1000");
    assert_eq!(
        page.first_cells("rows").last().map(String::as_str),
        Some("user-99999")
    );
    let page = view(&exporter, "clicks", "filter=user-9999&sort=tag.user");
    assert_eq!(page.first_cells("rows").len(), 11);
    assert_eq!(CLICKS.data().rows.len(), 100_000);
}

#[test]
fn a_page_of_hostile_rows_is_bounded() {
    let _isolated = isolate();
    for visit in 0..1_200_u64 {
        let agent = format!("{visit}{}", "\u{200b}a".repeat(60));
        let referrer = "\u{1}".repeat(255);
        record!(
            VISIT = 1,
            tags(AGENT = agent.as_str(), REFERRER = referrer.as_str())
        );
    }
    let exporter = Exporter::builder().build_lenient();
    let page = view(&exporter, "visits", "per_page=1000");
    let size = page.page.body.len();
    assert!(size < 5 << 20, "{size} bytes");
    let shown = page.first_cells("rows").len();
    assert!(shown < 1_000, "{shown} rows of {size} bytes");
    let notice = format!("{} further rows", 1_000 - shown);
    assert!(page.texts(".notice").concat().starts_with(&notice));
}
