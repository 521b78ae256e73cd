//! Does nothing. Cargo wants a build script for a package with `links`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
