use census::measure;

#[measure]
mod inner {
    pub(crate) fn work() {}
}

fn main() {
    inner::work();
}
