//! Times census and its peers. See the package's `README.md`.

fn main() -> std::process::ExitCode {
    census_benches::run()
}
