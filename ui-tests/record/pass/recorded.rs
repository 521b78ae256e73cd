//! All arguments of `record!`.

use std::cell::Cell;
use std::time::Duration;

use census::{Measure, TagKey, measure, record, tag, tags, view};

#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static FRAMES: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static UNVIEWED: Measure<f64>;

view! {
    static SIZES: Sum<VIDEO_SIZE> by (FRONTEND, CODEC);
    static ALL_FRAMES: Sum<FRAMES>;
    static LATENCIES: Distribution<LATENCY>;
}

struct Metrics {
    sizes: [Measure<u64>; 2],
    latency: Measure<Duration>,
    key: TagKey,
}

impl Metrics {
    fn run(&self, at: usize) -> Option<()> {
        let latency = &self.latency;
        let key = self.key.clone();
        record!(
            self.sizes[at] = Some(7)?,
            self.latency = Duration::ZERO,
            tags(self.key = "field")
        );
        record!((*latency) = Duration::ZERO, tags(key = "local"));
        Some(())
    }
}

macro_rules! recorded {
    ($measure:expr, $value:expr) => {
        record!(
            $measure = $value,
            tags(FRONTEND = if true { "a" } else { "b" })
        )
    };
}

fn main() {
    let codec = String::from("av1");
    let size: u64 = 25;
    record!(VIDEO_SIZE = size);
    record!(
        crate::VIDEO_SIZE = 3,
        FRAMES = {
            let n = 1;
            n + 2
        },
        tags(FRONTEND = "ios", CODEC = codec),
    );
    record!(exemplar(trace_id = &codec, "span-id" = 5, type = 'x'), tags(CODEC = None::<&str>), VIDEO_SIZE = 1);
    let () = record!(VIDEO_SIZE = 1, tags(), exemplar());
    recorded!(VIDEO_SIZE, 2 + 3);
    assert_eq!(
        SIZES
            .data()
            .get(&tags!(FRONTEND = "a"))
            .map(|sum| *sum == 5_u64),
        Some(true)
    );
    assert_eq!(
        SIZES
            .data()
            .get(&tags!(FRONTEND = "ios", CODEC = "av1"))
            .map(|sum| *sum == 3_u64),
        Some(true)
    );

    let evaluated = Cell::new(0);
    let count = || {
        evaluated.set(evaluated.get() + 1);
        1
    };
    record!(
        UNVIEWED = f64::from(count()),
        tags(FRONTEND = count()),
        exemplar(trace_id = count())
    );
    assert_eq!(evaluated.get(), 0, "what is not viewed is not evaluated");
    record!(UNVIEWED = f64::from(count()), FRAMES = 1);
    assert_eq!(evaluated.get(), 1);

    let metrics = Metrics {
        sizes: [VIDEO_SIZE.clone(), FRAMES.clone()],
        latency: LATENCY.clone(),
        key: CODEC.clone(),
    };
    assert_eq!(metrics.run(1), Some(()));
    let _ = (&ALL_FRAMES, &LATENCIES);
}
