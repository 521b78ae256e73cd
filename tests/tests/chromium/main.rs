//! Pages in a browser: a headless Chromium, driven by its `chromedriver`. `target/chromium-screenshots` has what it has drawn.

mod browser;
#[path = "../pages/shop.rs"]
mod shop;
mod site;

use census::prometheus::Exporter;
use census::testing::{Isolated, isolate};

use self::browser::{Browser, Screen};
use self::site::Site;

/// A site with a day of the shop and all that hostile clients have sent.
fn shop() -> (Isolated, Site) {
    let isolated = isolate();
    shop::record_a_day();
    shop::record_hostile_visits();
    let exporter = Exporter::builder().namespace("shop").build_lenient();
    (isolated, Site::of(exporter))
}

const DURATIONS: &str = "/statsz?view=http_server_request_duration_seconds&sort=count&order=desc";
const VISITS: &str = "/statsz?view=visits&per_page=1000";
const PAGES: [(&str, &str); 6] = [
    ("home", "/"),
    ("statsz", "/statsz"),
    ("durations", DURATIONS),
    ("visits", VISITS),
    (
        "tenants",
        "/statsz?view=tenant_bytes&filter=_over&nothing=1",
    ),
    ("missing", "/statsz?view=missing"),
];

#[test]
fn hostile_values_run_nothing() {
    let (_isolated, site) = shop();
    let browser = Browser::start();
    browser.open(&site.url(VISITS));
    assert_eq!(browser.log(), Vec::<String>::new());
    assert_eq!(browser.title(), "visits");
    let shown =
        browser.run("return [...document.querySelectorAll('td bdi')].map(it => it.textContent)");
    let shown: Vec<&str> = shown
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it.as_str())
        .collect();
    for (value, expected) in shop::hostile() {
        assert!(shown.contains(&&*expected), "{value:?} in {shown:?}");
    }
    let strangers = browser.run("return document.querySelectorAll('script, img, iframe, object, [onload], [onerror]').length");
    assert_eq!(strangers, 0);
    // Even if a value became markup, the policy would keep it from running; and the log would show it.
    browser.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\"><p style=\"color:red\">x')");
    let violations = browser.log();
    assert!(
        violations.len() >= 2
            && violations
                .iter()
                .all(|line| line.contains("Content Security Policy")),
        "{violations:?}"
    );
    assert_eq!(browser.title(), "visits");
}

#[test]
fn pages_are_readable_in_light_and_dark() {
    let (_isolated, site) = shop();
    let browser = Browser::start();
    for (scheme, is_dark) in [("light", false), ("dark", true)] {
        browser.prefer(scheme);
        browser.screen(Screen::Desktop);
        for (name, path) in PAGES {
            browser.open(&site.url(path));
            assert_eq!(browser.log(), Vec::<String>::new(), "{path}");
            let ground = browser
                .run("return luminance(ground(document.body))")
                .as_f64()
                .expect("a number");
            assert_eq!(ground < 0.05, is_dark, "{path} in {scheme}: {ground}");
            assert_eq!(ground > 0.9, !is_dark, "{path} in {scheme}: {ground}");
            // WCAG 2.2, 1.4.3: a ratio of 4.5 at least.
            let faint = browser.run(
                "return texts().filter(it => it.ratio < 4.5).map(it => `${it.ratio}: ${it.text}`)",
            );
            assert_eq!(faint, serde_json::json!([]), "{path} in {scheme}");
            let texts = browser.run("return texts().length").as_u64();
            assert!(texts > Some(8), "{path}: {texts:?}");
            browser.screenshot(&format!("{name}-{scheme}"));
        }
    }
}

#[test]
fn pages_fit_on_a_phone() {
    let (_isolated, site) = shop();
    let browser = Browser::start();
    browser.screen(Screen::Phone);
    for (name, path) in PAGES {
        browser.open(&site.url(path));
        let width = browser.run("return document.documentElement.scrollWidth");
        assert_eq!(width, 360, "{path}");
        assert_eq!(browser.run("return innerWidth"), 360, "{path}");
        browser.screenshot(&format!("{name}-phone"));
    }
    browser.open(&site.url(DURATIONS));
    let scrolls = browser.run("const table = document.querySelector('.scroll'); return table.scrollWidth > table.clientWidth");
    assert_eq!(scrolls, true);
}

#[test]
fn links_and_forms_lead_on() {
    let (_isolated, site) = shop();
    let browser = Browser::start();
    let rows =
        || browser.run("return document.querySelectorAll('[aria-label=rows] tbody tr').length");
    browser.open(&site.url("/"));
    browser.click("main a[href='statsz']");
    browser.click("a[href='statsz?view=tenant_bytes']");
    assert_eq!(browser.title(), "tenant_bytes");
    assert_eq!(rows(), 26);
    browser.write("input[name=filter]", "TENANT-0");
    browser.click("form button");
    assert!(rows().as_u64().is_some_and(|rows| rows > 0 && rows <= 10));
    browser.click("[aria-label=rows] thead th:last-child a");
    let address = browser.run("return location.search");
    assert_eq!(
        address,
        "?view=tenant_bytes&sort=value&order=desc&filter=TENANT-0"
    );
    let sorted =
        browser.run("return document.querySelector('[aria-sort]').getAttribute('aria-sort')");
    assert_eq!(sorted, "descending");
    browser.click("form a");
    assert_eq!(rows(), 26);
    browser.click("header a[href='catalogue.json']");
    let json = browser.run("return document.body.textContent");
    assert!(
        json.as_str()
            .is_some_and(|json| json.contains("\"tag_keys\""))
    );
    assert_eq!(browser.log(), Vec::<String>::new());
}
