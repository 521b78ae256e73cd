use census::measure;

struct OilFuture(u64);

#[measure]
fn price() -> OilFuture {
    OilFuture(5)
}

#[measure(future = "no")]
fn text() -> OilFuture {
    OilFuture(5)
}

#[measure(future)]
fn no_value() -> OilFuture {
    OilFuture(5)
}

#[measure(future = true)]
async fn always() {}

#[measure(future = true)]
fn none() -> u64 {
    5
}

#[measure(future = false)]
impl OilFuture {
    fn price(&self) -> u64 {
        self.0
    }
}

fn main() {}
