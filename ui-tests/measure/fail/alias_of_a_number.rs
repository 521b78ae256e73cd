use census::measure;

type Size = u64;

#[measure]
static SIZE: Size;

fn main() {}
