//! `scenario [--format openmetrics|text] FILE.json`: plays a conformance scenario through the run-time API, and prints
//! the exposition of one scrape. For each declaration or value that the library rejects it prints a line to standard
//! error, and goes on.
//!
//! `tests/conformance/README.md` describes the files.
//!
//! This program uses nothing of the crate `census_tests`, because that crate has a measured function, whose metrics
//! would be in the exposition.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's output"
)]

mod model;
mod run;
mod view;

use std::error::Error;
use std::process::ExitCode;

use census::prometheus::Exporter;
use model::Scenario;
use run::Run;

fn main() -> ExitCode {
    let mut format = "openmetrics".to_owned();
    let mut file = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--format" => format = args.next().unwrap_or_default(),
            _ => file = Some(arg),
        }
    }
    let accept = match format.as_str() {
        "openmetrics" => "application/openmetrics-text; version=1.0.0",
        "text" => "text/plain; version=0.0.4",
        _ => return usage(),
    };
    let Some(file) = file else { return usage() };
    match play(&file, accept) {
        Ok(body) => {
            print!("{body}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: scenario [--format openmetrics|text] FILE.json");
    ExitCode::from(2)
}

fn play(file: &str, accept: &str) -> Result<String, Box<dyn Error>> {
    let scenario: Scenario = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let mut run = Run::new(&scenario);
    for (index, step) in scenario.steps.iter().enumerate() {
        run.step(index, step)?;
    }
    let mut exporter = Exporter::builder().namespace(&scenario.namespace);
    for (name, value) in &scenario.const_labels {
        exporter = exporter.const_label(name, value);
    }
    let exporter = exporter.build_lenient();
    for problem in exporter.problems() {
        eprintln!("exporter: {}: {problem}", run::kind_name(problem.kind()));
    }
    let scrape = exporter.scrape(Some(accept));
    let body = scrape.body.to_string();
    if scrape.status == 200 {
        Ok(body)
    } else {
        Err(body.into())
    }
}
