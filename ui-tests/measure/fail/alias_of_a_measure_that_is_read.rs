use census::{Measure, measure};

type Size = Measure<u64>;

#[measure]
static SIZE: Size = || 5;

fn main() {}
