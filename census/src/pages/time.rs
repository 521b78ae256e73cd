//! Times as people read them.

use std::time::{Duration, SystemTime};

use maud::{Markup, html};

use super::number::Unit;
use crate::declare::Number;

/// A time, and how long ago it was.
pub(super) fn since(time: SystemTime) -> Markup {
    let ago = SystemTime::now().duration_since(time).unwrap_or_default();
    let ago = Duration::from_secs(ago.as_secs());
    let ago = Unit { ucum: "s" }.number(Number::Duration(ago));
    // A clock that was not set is before 1970.
    let moment = httpdate::fmt_http_date(time.max(SystemTime::UNIX_EPOCH));
    html! { (moment) " (" (ago.rounded) " ago)" }
}
