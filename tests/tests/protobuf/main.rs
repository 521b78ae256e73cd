//! Protobuf says what the text formats say, of the views and of a registry.

mod messages;
mod native;
mod series;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, UNIX_EPOCH};

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, Observed, TagKey, TagMap, measure, record, tag, view};
use census_tests::prometheus::Prometheus;
use census_tests::scrape;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::exemplar::{CounterWithExemplar, HistogramWithExemplars};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use proptest::prelude::*;
use prost::Message as _;

use self::messages::{Exemplar, MetricFamily, Timestamp};

const ACCEPT: &str = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,\
                      application/openmetrics-text;version=1.0.0;q=0.8";
const CONTENT_TYPE: &str =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

#[tag]
static WHO: TagKey;
#[tag(name = "where/exactly")]
static WHERE: TagKey;

/// With a \ and "quotes"
/// over two lines.
#[measure(unit = "By")]
static SIZE: Measure<u64>;
#[measure]
static BALANCE: Measure<i64>;
#[measure(unit = "s")]
static LATENCY: Measure<Duration>;
#[measure(total)]
static READ: Observed<u64> = || 7;

view! {
    static SIZES: Count<SIZE> by (WHO, WHERE);
    static SUM_BYTES: Sum<SIZE> by (WHERE);
    static LAST_BYTES: LastValue<SIZE>;
    static SIZE_BYTES: Distribution<SIZE> by (WHO) { buckets: [0, 1_000, 1_048_576] }
    static BALANCES: Sum<BALANCE> by (WHO);
    static BALANCE_SPREAD: Distribution<BALANCE> { buckets: [-1, 7] }
    static BUSY_SECONDS: Sum<LATENCY>;
    static LATENCY_SECONDS: Distribution<LATENCY> by (WHO) { buckets: [Duration::from_micros(649)] }
    static READS: Sum<READ>;
}

fn record_all() {
    for (who, size, balance) in [("a", 0, -1), ("b\"\\\n\u{e9}", u64::MAX, 7), ("", 1_001, 0)] {
        record!(SIZE = size, tags(WHO = who, WHERE = "here"));
        record!(BALANCE = balance, tags(WHO = who));
        record!(
            LATENCY = Duration::from_micros(size % 1_000),
            tags(WHO = who)
        );
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Path {
    path: &'static str,
    le: &'static str,
}

/// A registry with a metric of each type.
fn registry() -> Registry {
    let mut registry = Registry::with_prefix("own");
    let counter = Family::<Path, Counter>::default();
    for path in ["/", "/\"\\\n"] {
        let labels = Path {
            path,
            le: "no bound",
        };
        counter.get_or_create(&labels).inc_by(3);
    }
    registry.register("requests", "Requests with\na \"line\" \\", counter);
    let gauge: Gauge = Gauge::default();
    gauge.set(-5);
    registry.register_with_unit("used", "Used", Unit::Bytes, gauge);
    let histogram = Histogram::new([0.000_649, 1_000_000.0]);
    for value in [0.0001, 0.5, 2e6] {
        histogram.observe(value);
    }
    registry.register_with_unit("wait", "Waits", Unit::Seconds, histogram);
    registry.register("build", "Build", Info::new([("version", "1.0")]));
    let with_exemplar = CounterWithExemplar::<[(&'static str, &'static str); 1]>::default();
    with_exemplar.inc_by(2, Some([("trace_id", "of a counter")]), None);
    registry.register("seen", "Seen", with_exemplar);
    let with_exemplars =
        HistogramWithExemplars::<[(&'static str, &'static str); 1]>::new([1.0].into_iter());
    let time = UNIX_EPOCH + Duration::from_millis(1_700_000_000_125);
    with_exemplars.observe(0.5, Some([("trace_id", "\"\\\n")]), Some(time));
    registry.register("sizes", "Sizes", with_exemplars);
    registry
}

fn exporter() -> Exporter {
    Exporter::builder()
        .namespace("ns")
        .const_label("region", "eu\n\"")
        .build_info([("version", "2")])
        .registry(registry())
        .build()
        .expect("no problems")
}

fn read(mut bytes: &[u8]) -> Vec<MetricFamily> {
    let mut families = Vec::new();
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes);
        families.push(family.expect("a whole family"));
    }
    families
}

fn families(exporter: &Exporter) -> Vec<MetricFamily> {
    let scrape = exporter.scrape(Some(ACCEPT));
    assert_eq!((scrape.status, scrape.content_type), (200, CONTENT_TYPE));
    read(scrape.body.as_bytes())
}

#[test]
fn names_are_those_of_the_escaping() {
    let _isolated = isolate();
    record_all();
    let exporter = Exporter::builder()
        .namespace("my.app")
        .const_label("cloud.region", "eu")
        .utf8_names(true)
        .build()
        .expect("no problems");
    let labels = |escaping: &str, name: &str| -> Vec<String> {
        let accept = format!("{ACCEPT};escaping={escaping}");
        let scrape = exporter.scrape(Some(&accept));
        assert_eq!(
            scrape.content_type,
            format!("{CONTENT_TYPE}; escaping={escaping}")
        );
        let families = read(scrape.body.as_bytes());
        let labels = named(&families, name).metric[0].label.iter();
        labels.filter_map(|label| label.name.clone()).collect()
    };
    // Its escaping is that of the text format: Prometheus 3.5 says none for protobuf.
    assert_eq!(
        labels("allow-utf-8", "my.app_sizes_total"),
        ["cloud.region", "who", "where/exactly"]
    );
    assert_eq!(
        labels("underscores", "my_app_sizes_total"),
        ["cloud_region", "who", "where_exactly"]
    );
    assert_eq!(
        labels("dots", "my_dot_app__sizes__total"),
        ["cloud_dot_region", "who", "where__exactly"]
    );
    assert_eq!(
        labels("values", "U__my_2e_app__sizes__total"),
        ["U__cloud_2e_region", "who", "U__where_2f_exactly"]
    );
}

fn named<'a>(families: &'a [MetricFamily], name: &str) -> &'a MetricFamily {
    let named = families.iter().find(|it| it.name.as_deref() == Some(name));
    named.expect(name)
}

#[test]
fn protobuf_has_the_series_of_the_text() {
    let _isolated = isolate();
    record_all();
    let exporter = exporter();
    let families = families(&exporter);
    let text = scrape::text(&exporter);
    // They count the scrapes.
    let is_stable = |name: &str| !name.starts_with("census_");
    let mut from_protobuf = series::of_families(&families);
    from_protobuf.retain(|(name, _), _| is_stable(name));
    let mut from_text = series::of_text(&text);
    from_text.retain(|(name, _), _| is_stable(name));
    assert_eq!(from_protobuf, from_text);
    assert!(from_text.len() > 60, "{}", from_text.len());

    // Names, types and help, too: `HELP` and `TYPE` of text 0.0.4 name series.
    let types = ["counter", "gauge", "summary", "untyped", "histogram"];
    let heads = families.iter().map(|family| {
        let name = family.name.clone().expect("a name");
        let help = family.help.as_deref().expect("a help");
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let index = usize::try_from(family.r#type.expect("a type")).expect("not negative");
        format!("# HELP {name} {help}\n# TYPE {name} {}", types[index])
    });
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(heads.collect::<Vec<_>>().join("\n"), lines.join("\n"));
}

#[test]
fn units_are_those_of_openmetrics() {
    let _isolated = isolate();
    record_all();
    let exporter = exporter();
    let families = families(&exporter);
    let open_metrics = scrape::open_metrics(&exporter);
    let units: BTreeMap<&str, &str> = families
        .iter()
        .filter_map(|it| {
            Some((
                it.name.as_deref()?.trim_end_matches("_total"),
                it.unit.as_deref()?,
            ))
        })
        .collect();
    let expected = open_metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# UNIT "));
    let expected: BTreeMap<&str, &str> = expected.filter_map(|it| it.split_once(' ')).collect();
    assert_eq!(units, expected);
    assert!(units.contains_key("own_used_bytes") && units.contains_key("ns_busy_seconds"));
}

#[test]
fn rows_say_when_they_began() {
    let _isolated = isolate();
    record_all();
    let families = families(&exporter());
    let time = |start: Option<std::time::SystemTime>| {
        let since = start?.duration_since(UNIX_EPOCH).expect("after 1970");
        Some(Timestamp {
            seconds: since.as_secs().try_into().expect("in this century"),
            nanos: since.subsec_nanos().try_into().expect("less than 10^9"),
        })
    };
    let counts = SIZES.data();
    let expected: Vec<_> = counts.rows.iter().map(|row| time(row.start)).collect();
    let metrics = named(&families, "ns_sizes_total").metric.iter();
    let created = metrics.map(|it| it.counter.as_ref()?.created_timestamp.clone());
    assert_eq!(created.collect::<Vec<_>>(), expected);
    assert!(expected.iter().all(Option::is_some));
    let sizes = SIZE_BYTES.data();
    let expected: Vec<_> = sizes.rows.iter().map(|row| time(row.start)).collect();
    let metrics = named(&families, "ns_size_bytes").metric.iter();
    let created = metrics.map(|it| it.histogram.as_ref()?.created_timestamp.clone());
    assert_eq!(created.collect::<Vec<_>>(), expected);
    let read = &named(&families, "ns_reads_total").metric[0];
    let read = read.counter.as_ref().expect("a counter");
    assert_eq!(
        read.created_timestamp, None,
        "the start of a total is not known"
    );
}

fn labels(exemplar: &Exemplar) -> Vec<(&str, &str)> {
    exemplar
        .label
        .iter()
        .map(messages::LabelPair::parts)
        .collect()
}

#[test]
fn exemplars_are_on_buckets_and_counters() {
    let _isolated = isolate();
    record!(
        LATENCY = Duration::from_secs(2),
        tags(WHO = "a"),
        exemplar("trace_id" = "\"x\"\n")
    );
    let families = families(&exporter());
    let metric = &named(&families, "ns_latency_seconds").metric[0];
    let histogram = metric.histogram.as_ref().expect("a histogram");
    let [first, last] = &*histogram.bucket else {
        panic!("{histogram:?}");
    };
    assert_eq!(first.exemplar, None);
    let exemplar = last.exemplar.as_ref().expect("an exemplar");
    assert_eq!(labels(exemplar), [("trace_id", "\"x\"\n")]);
    assert_eq!(exemplar.value, Some(2.0));
    let data = LATENCY_SECONDS.data();
    let kept = data.rows[0].data.exemplars[1]
        .as_ref()
        .expect("an exemplar");
    let time = kept.time.duration_since(UNIX_EPOCH).expect("after 1970");
    let timestamp = exemplar.timestamp.as_ref().expect("a time");
    assert_eq!(u64::try_from(timestamp.seconds), Ok(time.as_secs()));
    assert_eq!(u32::try_from(timestamp.nanos), Ok(time.subsec_nanos()));

    let counter = named(&families, "own_seen_total").metric[0].counter.clone();
    let exemplar = counter.expect("a counter").exemplar.expect("an exemplar");
    assert_eq!(labels(&exemplar), [("trace_id", "of a counter")]);
    assert_eq!((exemplar.value, exemplar.timestamp), (Some(2.0), None));
    let histogram = named(&families, "own_sizes").metric[0].histogram.clone();
    let bucket = histogram.expect("a histogram").bucket.swap_remove(0);
    let exemplar = bucket.exemplar.expect("an exemplar");
    assert_eq!(labels(&exemplar), [("trace_id", "\"\\\n")]);
    let timestamp = exemplar.timestamp.expect("a time");
    let expected = (1_700_000_000, 125_000_000);
    assert_eq!((timestamp.seconds, timestamp.nanos), expected);
}

#[test]
fn a_large_exposition_comes_in_chunks() {
    let _isolated = isolate();
    for who in 0..1_900 {
        record!(SIZE = who, tags(WHO = who, WHERE = "everywhere"));
    }
    let exporter = exporter();
    let scrape = exporter.scrape(Some(ACCEPT));
    assert!(scrape.body.chunks().count() > 3);
    assert!(scrape.body.chunks().all(|chunk| chunk.len() <= 64 * 1024));
    let families = read(scrape.body.as_bytes());
    assert_eq!(named(&families, "ns_size_bytes").metric.len(), 1_900);
    assert_eq!(SIZES.data().get(&TagMap::new()), None);
    // Without a change, the same bytes again, from the memory of the exposition before.
    let again = read(exporter.scrape(Some(ACCEPT)).body.as_bytes());
    let sizes = |families: &[MetricFamily]| named(families, "ns_size_bytes").clone();
    assert_eq!(sizes(&again), sizes(&families));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever a scraper sends, it gets an exposition, in one of the formats.
    #[test]
    fn any_accept_header_is_answered(
        ranges in proptest::collection::vec(range(), 0..6),
        noise in "\\PC*",
        place in 0_usize..40,
    ) {
        let _isolated = isolate();
        let mut accept = ranges.join(",");
        let place = accept.floor_char_boundary(place);
        accept.insert_str(place, &noise);
        let scrape = Exporter::builder().build_lenient().scrape(Some(&accept));
        prop_assert_eq!(scrape.status, 200);
        let content_type = scrape.content_type;
        let content_type = content_type.strip_suffix("; escaping=underscores").unwrap_or(content_type);
        let is_text = scrape.body.to_str().is_some_and(|text| text.starts_with("# HELP "));
        match content_type {
            CONTENT_TYPE => prop_assert!(!read(scrape.body.as_bytes()).is_empty()),
            "text/plain; version=0.0.4; charset=utf-8"
            | "text/plain; version=1.0.0; charset=utf-8"
            | "application/openmetrics-text; version=1.0.0; charset=utf-8" => prop_assert!(is_text),
            other => prop_assert!(false, "{}", other),
        }
    }
}

/// A media range such as scrapers send, and some that none sends.
fn range() -> impl Strategy<Value = String> {
    let media_type = prop_oneof![
        Just("*/*"),
        Just("text/plain"),
        Just("text/*"),
        Just("application/openmetrics-text"),
        Just("application/vnd.google.protobuf"),
        Just("a/b+c"),
    ];
    let parameter = prop_oneof![
        Just(""),
        Just(";version=0.0.4"),
        Just(";version=1.0.0"),
        Just("; proto=io.prometheus.client.MetricFamily"),
        Just(";encoding=delimited"),
        Just(";encoding=\"te\\\"xt\""),
        Just(" ; escaping=values"),
        Just(";q=0.5"),
        Just(";q=0"),
        Just(";q=x"),
    ];
    let parameters = proptest::collection::vec(parameter, 0..4);
    (media_type, parameters)
        .prop_map(|(media_type, parameters)| media_type.to_owned() + &parameters.concat())
}

#[test]
fn families_are_chosen_by_name() {
    let _isolated = isolate();
    record_all();
    let server = exporter().spawn("127.0.0.1:0").expect("a server");
    let mut connection = TcpStream::connect(server.local_addr()).expect("a connection");
    let names = "name[]=own_requests_total&name[]=ns_sizes_total";
    write!(
        connection,
        "GET /metrics?{names} HTTP/1.1\r\nHost: test\r\nAccept: {ACCEPT}\r\nConnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut response = Vec::new();
    connection.read_to_end(&mut response).expect("a response");
    let mut windows = response.windows(4);
    let end = windows.position(|four| four == b"\r\n\r\n");
    let (head, body) = response.split_at(end.expect("the end of the head") + 4);
    let head = String::from_utf8_lossy(head);
    assert!(
        head.contains(&format!("content-type: {CONTENT_TYPE}\r\n")),
        "{head}"
    );
    let families = read(body);
    let names: Vec<_> = families
        .iter()
        .filter_map(|it| it.name.as_deref())
        .collect();
    assert_eq!(names, ["own_requests_total", "ns_sizes_total"]);
}

#[test]
fn prometheus_reads_the_same_series_of_a_registry() {
    let _isolated = isolate();
    record_all();
    let server = exporter().spawn("127.0.0.1:0").expect("a server");
    let series = |prometheus: &Prometheus| {
        let series = prometheus
            .series()
            .into_iter()
            .filter_map(|((name, mut labels), value)| {
                if name.starts_with("census_") {
                    return None;
                }
                if let Some(le) = labels.get_mut("le").filter(|_| name.ends_with("_bucket")) {
                    let bound: f64 = le.parse().expect("a bound is a number");
                    *le = format!("{bound:?}");
                }
                Some(((name, labels), value.to_bits()))
            });
        series.collect::<BTreeMap<_, _>>()
    };
    let exemplars = |prometheus: &Prometheus| {
        let exemplars = prometheus.exemplars("own_.*").into_iter();
        let exemplars = exemplars.map(|it| (it.name, it.value.to_bits()));
        let mut exemplars: Vec<_> = exemplars.collect();
        exemplars.sort();
        exemplars
    };
    let text = Prometheus::scraping(server.local_addr());
    let protobuf = Prometheus::scraping_with_native_histograms(server.local_addr());
    let expected = series(&text);
    assert!(expected.keys().any(|(name, _)| name == "own_build_info"));
    assert_eq!(series(&protobuf), expected);
    let types = |prometheus: &Prometheus| {
        let metadata = prometheus.metadata().into_iter();
        let own = metadata.filter(|it| it.family.starts_with("own_"));
        own.map(|it| (it.family, it.kind, it.help))
            .collect::<Vec<_>>()
    };
    for (family, kind, help) in types(&protobuf) {
        let name = family.trim_end_matches("_total").trim_end_matches("_info");
        let in_text = types(&text);
        let other = in_text.iter().find(|(family, _, _)| family == name);
        let (_, other_kind, other_help) = other.expect("the same family");
        let is_info = other_kind == "info";
        assert_eq!(
            (&*kind, &help),
            (if is_info { "gauge" } else { other_kind }, other_help)
        );
    }
    assert_eq!(exemplars(&protobuf), exemplars(&text));
}
