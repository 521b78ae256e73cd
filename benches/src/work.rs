//! The work that all cases do: which labels, which values, in which order.

use std::sync::LazyLock;

use census::TagValue;
use measured::FixedCardinalityLabel;
use prometheus_client::encoding::EncodeLabelValue;

/// A label known where one records: each peer's best typed form is derived.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, TagValue, EncodeLabelValue, FixedCardinalityLabel,
)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// Another one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, TagValue, EncodeLabelValue, FixedCardinalityLabel,
)]
pub(crate) enum Status {
    Ok,
    NotFound,
    Refused,
    Broken,
}

impl Method {
    /// The method of a pick: all four come equally often.
    pub(crate) fn of(pick: usize) -> Self {
        match pick & 3 {
            0 => Self::Get,
            1 => Self::Post,
            2 => Self::Put,
            _ => Self::Delete,
        }
    }

    /// For peers whose labels are strings.
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

    /// For peers whose labels are strings.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Broken => "broken",
        }
    }
}

/// How many label sets the two enums make.
pub(crate) const LABEL_SETS: usize = 16;

/// Something for each label set: handles that a program keeps.
pub(crate) struct ForEachLabelSet<T>([T; LABEL_SETS]);

impl<T> ForEachLabelSet<T> {
    /// Makes them.
    pub(crate) fn new(make: impl Fn(Method, Status) -> T) -> Self {
        Self(std::array::from_fn(|set| {
            make(Method::of(set), Status::of(set))
        }))
    }

    /// The one of a pick.
    pub(crate) fn of(&self, pick: usize) -> &T {
        &self.0[pick % LABEL_SETS]
    }
}

/// How many tenants there are.
pub(crate) const TENANTS: usize = 100;
/// How many routes there are: 1,000 series with the tenants.
pub(crate) const ROUTES: usize = 10;

/// Strings that a program learns while it runs.
pub(crate) struct Strings {
    pub(crate) tenants: Vec<String>,
    pub(crate) routes: Vec<String>,
    pairs: Vec<(String, String)>,
}

impl Strings {
    /// The tenant and the route of a pick: one of 1,000 pairs, each with memory of its own, as if it came from a
    /// request.
    pub(crate) fn of(&self, pick: usize) -> (&str, &str) {
        let (tenant, route) = &self.pairs[pick % self.pairs.len()];
        (tenant, route)
    }

    /// Their places in `tenants` and `routes`.
    pub(crate) fn indexes(&self, pick: usize) -> (usize, usize) {
        let pair = pick % self.pairs.len();
        (pair / ROUTES, pair % ROUTES)
    }
}

/// Made once for all.
pub(crate) static STRINGS: LazyLock<Strings> = LazyLock::new(|| {
    let tenants: Vec<_> = (0..TENANTS).map(|n| format!("tenant-{n:03}")).collect();
    let routes: Vec<_> = (0..ROUTES).map(|n| format!("/api/v1/items/{n}")).collect();
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

/// The bounds of every histogram: 14, and `+Inf` after them.
pub(crate) const BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Measured values: spread over all buckets, so that no branch predictor learns which comes next.
pub(crate) struct Values(Vec<f64>);

impl Values {
    /// The value of a pick.
    pub(crate) fn of(&self, pick: usize) -> f64 {
        self.0[(pick >> 4) % self.0.len()]
    }
}

/// Made once for all.
pub(crate) static VALUES: LazyLock<Values> = LazyLock::new(|| {
    let mut random = fastrand::Rng::with_seed(14);
    // Each bucket as likely as any other.
    let value = |bucket: usize, within: f64| {
        let low = bucket.checked_sub(1).map_or(0.0, |below| BUCKETS[below]);
        let high = BUCKETS.get(bucket).copied().unwrap_or(20.0);
        low + (high - low) * within
    };
    Values(
        (0..1024)
            .map(|_| value(random.usize(..=BUCKETS.len()), random.f64()))
            .collect(),
    )
});

/// How long the table of picks is.
pub(crate) const PICKS: usize = 1 << 16;

/// Random picks: long enough that branch predictors learn nothing.
pub(crate) static TABLE: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut random = fastrand::Rng::with_seed(42);
    std::iter::repeat_with(|| random.u32(..1 << 24))
        .take(PICKS)
        .collect()
});
