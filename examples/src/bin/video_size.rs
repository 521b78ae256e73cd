//! OpenCensus's classic: the size of processed videos, by frontend.
fn main() {}
