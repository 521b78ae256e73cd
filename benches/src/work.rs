//! The work that all cases do: their labels, their values, and the order of both.
//!
//! A *pick* is a random number from [`TABLE`]. Its lowest four bits choose one of 16 label sets; the whole number
//! chooses a pair of strings, and the bits above the lowest four a value.

use std::sync::LazyLock;

use census::TagValue;
use measured::FixedCardinalityLabel;
use prometheus_client::encoding::EncodeLabelValue;
use serde::Serialize;

/// A label whose values the recording code knows. The derives give each peer its best typed form.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    TagValue,
    EncodeLabelValue,
    FixedCardinalityLabel,
    Serialize,
    fastmetrics::derive::EncodeLabelValue,
    vise::EncodeLabelValue,
)]
#[metrics(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// A second such label.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    TagValue,
    EncodeLabelValue,
    FixedCardinalityLabel,
    Serialize,
    fastmetrics::derive::EncodeLabelValue,
    vise::EncodeLabelValue,
)]
#[metrics(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Ok,
    NotFound,
    Refused,
    Broken,
}

impl Method {
    /// The method of a pick. All four are equally frequent.
    pub(crate) fn of(pick: usize) -> Self {
        match pick & 3 {
            0 => Self::Get,
            1 => Self::Post,
            2 => Self::Put,
            _ => Self::Delete,
        }
    }

    /// The label's value for peers whose labels are strings.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }
}

impl Status {
    /// The status of a pick, independent of its method.
    pub(crate) fn of(pick: usize) -> Self {
        match (pick >> 2) & 3 {
            0 => Self::Ok,
            1 => Self::NotFound,
            2 => Self::Refused,
            _ => Self::Broken,
        }
    }

    /// The label's value for peers whose labels are strings.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Broken => "broken",
        }
    }
}

/// The number of label sets that the two enums make.
pub(crate) const LABEL_SETS: usize = 16;

/// One `T` for each label set: the handles that a program keeps.
pub(crate) struct ForEachLabelSet<T>([T; LABEL_SETS]);

impl<T> ForEachLabelSet<T> {
    /// Makes the `T` of each label set.
    pub(crate) fn new(make: impl Fn(Method, Status) -> T) -> Self {
        Self(std::array::from_fn(|pick| {
            make(Method::of(pick), Status::of(pick))
        }))
    }

    /// The `T` of a pick's label set.
    pub(crate) fn of(&self, pick: usize) -> &T {
        &self.0[pick % LABEL_SETS]
    }
}

/// The number of tenants.
pub(crate) const TENANTS: usize = 100;
/// The number of routes. With the tenants they make 1,000 series.
pub(crate) const ROUTES: usize = 10;

/// Strings that a program knows only at run time.
pub(crate) struct Strings {
    pub(crate) tenants: Vec<String>,
    pub(crate) routes: Vec<String>,
    pairs: Vec<(String, String)>,
}

impl Strings {
    /// The tenant and the route of a pick: one of 1,000 pairs. Each pair has memory of its own, as if it came from a
    /// request.
    pub(crate) fn of(&self, pick: usize) -> (&str, &str) {
        let (tenant, route) = &self.pairs[pick % self.pairs.len()];
        (tenant, route)
    }

    /// The indexes of a pick's tenant and route in `tenants` and `routes`.
    pub(crate) fn indexes(&self, pick: usize) -> (usize, usize) {
        let pair = pick % self.pairs.len();
        (pair / ROUTES, pair % ROUTES)
    }
}

/// The strings that all cases share.
pub(crate) static STRINGS: LazyLock<Strings> = LazyLock::new(|| {
    let tenants: Vec<_> = (0..TENANTS)
        .map(|tenant| format!("tenant-{tenant:03}"))
        .collect();
    let routes: Vec<_> = (0..ROUTES)
        .map(|route| format!("/api/v1/items/{route}"))
        .collect();
    let pairs = (0..TENANTS * ROUTES)
        .map(|pair| {
            (
                tenants[pair / ROUTES].clone(),
                routes[pair % ROUTES].clone(),
            )
        })
        .collect();
    Strings {
        tenants,
        routes,
        pairs,
    }
});

/// The 14 bounds of every histogram. `+Inf` comes after them.
pub(crate) const BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Values for histograms. They are spread over all buckets, so that a branch predictor cannot learn the next bucket.
pub(crate) struct Values(Vec<f64>);

impl Values {
    /// The value of a pick.
    pub(crate) fn of(&self, pick: usize) -> f64 {
        self.0[(pick >> 4) % self.0.len()]
    }
}

/// The values that all cases share.
pub(crate) static VALUES: LazyLock<Values> = LazyLock::new(|| {
    let mut random = fastrand::Rng::with_seed(14);
    // All buckets are equally likely. `fraction` is the position in the bucket.
    let value = |bucket: usize, fraction: f64| {
        let low = bucket.checked_sub(1).map_or(0.0, |below| BUCKETS[below]);
        let high = BUCKETS.get(bucket).copied().unwrap_or(20.0);
        low + (high - low) * fraction
    };
    Values(
        (0..1024)
            .map(|_| value(random.usize(..=BUCKETS.len()), random.f64()))
            .collect(),
    )
});

/// The length of the table of picks.
pub(crate) const PICKS: usize = 1 << 16;

/// Random picks. The table is so long that a branch predictor cannot learn it.
pub(crate) static TABLE: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut random = fastrand::Rng::with_seed(42);
    std::iter::repeat_with(|| random.u32(..1 << 24))
        .take(PICKS)
        .collect()
});
