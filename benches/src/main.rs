//! Times census and its peers: see the package's `README.md`.

fn main() -> std::process::ExitCode {
    census_benches::run()
}
