//! Values that were refused: NaN and infinite ones and, of running totals, negative ones.

#[cfg(feature = "testing")]
use std::collections::BTreeMap;

use crate::declare::MeasureCell;
#[cfg(feature = "testing")]
use crate::sync::Mutex;
#[cfg(feature = "testing")]
use crate::tags::{is_isolated, with_part};

/// How many values of each measure an isolation has refused, by the measures' names. Outside of isolations, each measure
/// counts its own.
#[cfg(feature = "testing")]
struct Rejected(Mutex<BTreeMap<String, u64>>);

#[cfg(feature = "testing")]
fn with_rejected<R>(f: impl FnOnce(&mut BTreeMap<String, u64>) -> R) -> R {
    static NONE: Rejected = Rejected::new();
    with_part(
        || &NONE,
        Rejected::new,
        |rejected| f(&mut rejected.0.lock()),
    )
}

#[cfg(feature = "testing")]
impl Rejected {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

/// Counts a value that was refused.
pub(crate) fn count_rejected(measure: &MeasureCell) {
    #[cfg(feature = "testing")]
    if is_isolated() {
        let name = measure.descriptor.name.as_ref();
        with_rejected(|rejected| *rejected.entry(name.to_owned()).or_default() += 1);
        return;
    }
    measure.count_rejected_value();
}

/// How many values of the measure with these cells were refused.
#[cfg(feature = "prometheus")]
pub(crate) fn rejected_values(
    name: &str,
    cells: impl Iterator<Item = crate::declare::Handle<MeasureCell>>,
) -> u64 {
    #[cfg(feature = "testing")]
    if is_isolated() {
        return with_rejected(|rejected| rejected.get(name).copied().unwrap_or_default());
    }
    #[cfg(not(feature = "testing"))]
    let _ = name;
    cells.map(|cell| cell.rejected_values()).sum()
}
