//! A real Prometheus, which scrapes one target.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::{eventually, http, programs};

/// The name of the target: its label `job`.
pub const JOB: &str = "test";

/// A running Prometheus, with its files in a temporary directory. It is killed when this is dropped.
#[derive(Debug)]
pub struct Prometheus {
    process: Process,
    address: String,
    target: SocketAddr,
    // Fields are dropped in order: the process, which writes to the directory, before the directory.
    _directory: TempDir,
}

/// What a Prometheus has beside its jobs.
#[derive(Clone, Copy, Default)]
struct Setup<'a> {
    /// Lines of each job's YAML.
    settings: &'a str,
    /// The file of rules.
    rules: &'a str,
    /// Features beside the storage of exemplars, each after a comma.
    features: &'a str,
    /// The program; the one that is installed, if there is none.
    program: Option<&'a Path>,
}

/// The newest values of series, by the name and the labels. The labels that Prometheus adds are left out.
pub type Series = BTreeMap<(String, BTreeMap<String, String>), f64>;

/// The metadata of a family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metadata {
    /// The family's name.
    pub family: String,
    /// The type, such as `counter`.
    pub kind: String,
    /// The HELP text.
    pub help: String,
    /// The unit; empty without one.
    pub unit: String,
}

/// An exemplar and its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// The series' name.
    pub name: String,
    /// The series' label `le`; empty without one.
    pub le: String,
    /// The exemplar's own labels.
    pub labels: BTreeMap<String, String>,
    /// The exemplar's value.
    pub value: f64,
    /// The exemplar's timestamp, in seconds since 1970.
    pub time: f64,
}

impl Prometheus {
    /// Starts a Prometheus, and waits until it has scraped `target`.
    #[must_use]
    pub fn scraping(target: SocketAddr) -> Self {
        let prometheus = Self::with_jobs(target, &[(JOB, 1)]);
        prometheus.wait_for_scrape();
        prometheus
    }

    /// The same with native histograms, for which Prometheus asks for protobuf.
    #[must_use]
    pub fn scraping_with_native_histograms(target: SocketAddr) -> Self {
        let features = ",native-histograms";
        let prometheus = Self::with(
            target,
            &[(JOB, 1)],
            Setup {
                features,
                ..Setup::default()
            },
        );
        prometheus.wait_for_scrape();
        prometheus
    }

    /// Starts a Prometheus 3 with native histograms, and waits until it has scraped `target`. `protocols` are the names of
    /// `scrape_protocols`, for example `PrometheusText1.0.0`.
    ///
    /// # Errors
    /// Says why there is no Prometheus 3.
    pub fn version_3_scraping(target: SocketAddr, protocols: &[&str]) -> Result<Self, String> {
        let program = programs::prometheus_3()?;
        let settings = &format!("    scrape_protocols: [{}]\n", protocols.join(", "));
        let setup = Setup {
            settings,
            features: ",native-histograms",
            program: Some(&program),
            ..Setup::default()
        };
        let prometheus = Self::with(target, &[(JOB, 1)], setup);
        prometheus.wait_for_scrape();
        Ok(prometheus)
    }

    /// Starts a Prometheus that scrapes `target` each second, with further lines of the job's YAML, such as
    /// `scheme: https`. It does not wait for a scrape.
    #[must_use]
    pub fn with_settings(target: SocketAddr, settings: &str) -> Self {
        Self::with_interval(target, 1, settings, false)
    }

    /// As [`with_settings`](Self::with_settings), with an interval in seconds, and with native histograms where they are
    /// asked for.
    #[must_use]
    pub fn with_interval(
        target: SocketAddr,
        seconds: u64,
        settings: &str,
        has_native: bool,
    ) -> Self {
        let settings = settings.lines().map(|line| format!("    {line}\n"));
        let settings = &settings.collect::<String>();
        let features = if has_native { ",native-histograms" } else { "" };
        Self::with(
            target,
            &[(JOB, seconds)],
            Setup {
                settings,
                features,
                ..Setup::default()
            },
        )
    }

    /// Starts a Prometheus that scrapes `target` for each job, and does not wait for a scrape. A job is a name and an
    /// interval in seconds.
    #[must_use]
    pub fn with_jobs(target: SocketAddr, jobs: &[(&str, u64)]) -> Self {
        Self::with(target, jobs, Setup::default())
    }

    /// Starts a Prometheus that scrapes `target` each second and evaluates an alert each second. The alert has the name
    /// `alert`.
    #[must_use]
    pub fn with_alert(target: SocketAddr, expression: &str) -> Self {
        let rules = &format!(
            "groups:\n- name: test\n  interval: 1s\n  rules:\n  - alert: alert\n    expr: '{expression}'\n"
        );
        Self::with(
            target,
            &[(JOB, 1)],
            Setup {
                rules,
                ..Setup::default()
            },
        )
    }

    fn with(target: SocketAddr, jobs: &[(&str, u64)], setup: Setup<'_>) -> Self {
        let Setup {
            settings,
            rules,
            features,
            program,
        } = setup;
        let program = program.map_or_else(|| programs::installed("prometheus"), Path::to_owned);
        let directory = TempDir::new().expect("a temporary directory");
        let config = directory.path().join("prometheus.yml");
        let jobs = jobs.iter().map(|(name, seconds)| {
            format!(
                "  - job_name: {name}\n    scrape_interval: {seconds}s\n{settings}    static_configs:\n      \
                 - targets: ['{target}']\n"
            )
        });
        let yaml = format!(
            "rule_files: [rules.yml]\nscrape_configs:\n{}",
            jobs.collect::<String>()
        );
        for (file, text) in [("prometheus.yml", yaml.as_str()), ("rules.yml", rules)] {
            std::fs::write(directory.path().join(file), text)
                .expect("a temporary directory can be written to");
        }
        let mut process = Self::start(&program, &config, &directory.path().join("data"), features);
        let address = process.wait_for("address", |line| {
            let (_, rest) = line
                .split_once("Listening on")
                .and_then(|(_, rest)| rest.split_once("address="))?;
            rest.split_whitespace().next().map(str::to_owned)
        });
        Self {
            process,
            address,
            target,
            _directory: directory,
        }
    }

    fn start(program: &Path, config: &Path, data: &Path, features: &str) -> Process {
        let args = [
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", data.display()),
            "--web.listen-address=127.0.0.1:0".to_owned(),
            format!("--enable-feature=exemplar-storage{features}"),
        ];
        Process::start(Command::new(program).args(args))
    }

    /// Waits until the target's `health` is this one.
    ///
    /// Returns its `lastError`.
    #[must_use]
    pub fn wait_for_health(&self, health: &str) -> String {
        let mut last = None;
        let found = eventually(|| {
            last = self.try_health();
            last.clone().filter(|(found, _)| found == health)
        });
        let log = || format!("not {health} but {last:?}; its log:\n{}", self.log());
        found.unwrap_or_else(|| panic!("{}", log())).1
    }

    /// Waits for the sample `up`, which Prometheus stores together with the samples of a scrape.
    fn wait_for_scrape(&self) {
        let mut last = String::new();
        let up = eventually(|| {
            last = match self.try_api("targets", &[]) {
                Ok(targets) => targets.to_string(),
                Err(problem) => problem,
            };
            let up = self
                .try_api("query", &[("query", &format!("up{{job=\"{JOB}\"}} == 1"))])
                .ok()?;
            up.pointer("/result/0").is_some().then_some(())
        });
        assert!(
            up.is_some(),
            "Prometheus does not scrape {}. Its targets: {last}\nIts log:\n{}",
            self.target,
            self.process.log()
        );
    }

    /// The newest values of all series of the target, without those that Prometheus makes itself.
    #[must_use]
    pub fn series(&self) -> Series {
        let answer = self.api("query", &[("query", &format!("{{job=\"{JOB}\"}}"))]);
        let series = list(&answer, "/result").iter().map(|series| {
            let mut labels = labels(series, "/metric");
            let name = labels.remove("__name__").expect("a series has a name");
            assert_eq!(labels.remove("job").as_deref(), Some(JOB));
            assert_eq!(labels.remove("instance"), Some(self.target.to_string()));
            ((name, labels), number(series, "/value/1"))
        });
        series
            .filter(|((name, _), _)| name != "up" && !name.starts_with("scrape_"))
            .collect()
    }

    /// The families' metadata, in the order of their names.
    #[must_use]
    pub fn metadata(&self) -> Vec<Metadata> {
        let answer = self.api(
            "targets/metadata",
            &[("match_target", &format!("{{job=\"{JOB}\"}}"))],
        );
        let metadata = list(&answer, "").iter().map(|family| Metadata {
            family: string(family, "/metric"),
            kind: string(family, "/type"),
            help: string(family, "/help"),
            unit: string(family, "/unit"),
        });
        let mut metadata: Vec<_> = metadata.collect();
        metadata.sort();
        metadata
    }

    /// The exemplars of the last hour, of those series of the target whose name matches a regular expression.
    #[must_use]
    pub fn exemplars(&self, name: &str) -> Vec<Exemplar> {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("it is after 1970");
        let query = format!("{{__name__=~\"{name}\", job=\"{JOB}\"}}");
        let (start, end) = (
            (now.as_secs() - 3600).to_string(),
            (now.as_secs() + 60).to_string(),
        );
        let answer = self.api(
            "query_exemplars",
            &[("query", &query), ("start", &start), ("end", &end)],
        );
        let mut exemplars = Vec::new();
        for series in list(&answer, "") {
            exemplars.extend(list(series, "/exemplars").iter().map(|exemplar| {
                Exemplar {
                    name: string(series, "/seriesLabels/__name__"),
                    le: labels(series, "/seriesLabels")
                        .remove("le")
                        .unwrap_or_default(),
                    labels: labels(exemplar, "/labels"),
                    value: number(exemplar, "/value"),
                    time: exemplar
                        .pointer("/timestamp")
                        .and_then(Value::as_f64)
                        .expect("an exemplar has a time"),
                }
            }));
        }
        exemplars
    }

    /// The samples of the only series of a range selector, such as `up[5m]`. A sample is a time, in seconds since 1970,
    /// and a value.
    #[must_use]
    pub fn samples(&self, selector: &str) -> Vec<(f64, f64)> {
        let answer = self.api("query", &[("query", selector)]);
        let samples = list(&answer, "/result/0/values").iter().map(|sample| {
            let time = sample.pointer("/0").and_then(Value::as_f64);
            (time.expect("a sample has a time"), number(sample, "/1"))
        });
        samples.collect()
    }

    /// The value of a query that has one series; `None` if it has none.
    #[must_use]
    pub fn value(&self, query: &str) -> Option<f64> {
        let answer = self.api("query", &[("query", query)]);
        let series = list(&answer, "/result");
        assert!(series.len() <= 1, "{query}: {answer}");
        let series = series.first()?;
        Some(number(series, "/value/1"))
    }

    /// The labels of the alerts that fire; none while Prometheus is starting.
    #[must_use]
    pub fn firing_alerts(&self) -> Vec<BTreeMap<String, String>> {
        let Ok(answer) = self.try_api("alerts", &[]) else {
            return Vec::new();
        };
        let alerts = list(&answer, "/alerts").iter();
        alerts
            .filter(|alert| string(alert, "/state") == "firing")
            .map(|alert| labels(alert, "/labels"))
            .collect()
    }

    /// The state of the target: its `health` and its `lastError`.
    #[must_use]
    pub fn health(&self) -> (String, String) {
        let answer = self.api("targets", &[("state", "active")]);
        let target = answer
            .pointer("/activeTargets/0")
            .expect("there is one target");
        (string(target, "/health"), string(target, "/lastError"))
    }

    /// The same; none while Prometheus is starting.
    fn try_health(&self) -> Option<(String, String)> {
        let answer = self.try_api("targets", &[("state", "active")]).ok()?;
        let target = answer.pointer("/activeTargets/0")?;
        Some((string(target, "/health"), string(target, "/lastError")))
    }

    /// The log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    fn api(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let answer = self.try_api(path, parameters);
        answer.unwrap_or_else(|problem| {
            panic!("{path} {parameters:?}: {problem}\nIts log:\n{}", self.log())
        })
    }

    /// Asks the HTTP API, and returns the field `data` of the response.
    fn try_api(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        let url = format!(
            "http://{}/api/v1/{path}?{}",
            self.address,
            parameters.join("&")
        );
        let response = http::get(&url, None).map_err(|error| error.to_string())?;
        let mut value: Value =
            serde_json::from_str(&response.body).map_err(|_| response.body.clone())?;
        match value.pointer("/status").and_then(Value::as_str) {
            Some("success") => Ok(value
                .pointer_mut("/data")
                .map(Value::take)
                .unwrap_or_default()),
            _ => Err(response.body),
        }
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).into()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .unwrap_or_else(|| panic!("no list {pointer} in {value}"))
}

fn string(value: &Value, pointer: &str) -> String {
    let string = value.pointer(pointer).and_then(Value::as_str);
    string
        .unwrap_or_else(|| panic!("no string {pointer} in {value}"))
        .to_owned()
}

/// A number, which the API writes as a string because JSON has no infinity.
fn number(value: &Value, pointer: &str) -> f64 {
    string(value, pointer)
        .parse()
        .unwrap_or_else(|_| panic!("no number {pointer} in {value}"))
}

fn labels(value: &Value, pointer: &str) -> BTreeMap<String, String> {
    let labels = value
        .pointer(pointer)
        .and_then(Value::as_object)
        .unwrap_or_else(|| panic!("no labels in {value}"));
    labels
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}
