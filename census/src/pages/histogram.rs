//! A distribution's buckets, drawn as SVG.

use maud::{Markup, html};

use super::number::{Unit, count};
use crate::aggregate::DistributionData;

/// The sizes of a drawing, in its own units.
const WIDTH: usize = 240;
const HEIGHT: usize = 92;
const BASELINE: usize = 68;

/// More buckets than these are drawn together, several in a bar.
const MAX_BARS: usize = 60;

/// How many bounds are written at the axis.
const MAX_LABELS: usize = 4;

/// A bar: some successive buckets.
#[derive(Debug, PartialEq, Eq)]
struct Bar {
    /// The indices of its first bucket, and of the one after its last.
    buckets: [usize; 2],
    count: u64,
}

/// Draws the buckets of a row. `number` is different for each drawing of a page.
pub(super) fn histogram(data: &DistributionData, unit: Unit<'_>, number: usize) -> Markup {
    let bound = |index: usize| {
        let bound = data.bounds.get(index);
        bound.map(|bound| unit.number(*bound).rounded)
    };
    let bars = bars(&data.bucket_counts);
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let width = WIDTH / bars.len().max(1);
    let left = (WIDTH - width * bars.len()) / 2;
    let range = |bar: &Bar| {
        let [first, end] = bar.buckets;
        let lower = first.checked_sub(1).and_then(bound);
        match (lower, bound(end - 1)) {
            (None, Some(upper)) => format!("up to {upper}"),
            (Some(lower), Some(upper)) => format!("above {lower}, up to {upper}"),
            (Some(lower), None) => format!("above {lower}"),
            (None, None) => "all values".to_owned(),
        }
    };
    let described = described(data, &bars, range);
    let labels = labels(bars.len());
    html! {
        svg.histogram viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby={ "h" (number) "t h" (number) "d" } {
            title id={ "h" (number) "t" } { "Histogram of " (count(data.count).rounded) " values" }
            desc id={ "h" (number) "d" } { (described) }
            @for (index, bar) in bars.iter().enumerate() {
                @let height = height(bar.count, most);
                // As high as the drawing, so that there is something to point at.
                g {
                    title { (range(bar)) ": " (count(bar.count).rounded) }
                    rect.back x=(left + index * width) y="4" width=(width) height=(BASELINE - 4) {}
                    @if height > 0 {
                        rect.bar x=(left + index * width + gap(width)) y=(BASELINE - height) width=(width - 2 * gap(width)) height=(height) {}
                    }
                }
            }
            path.axis d={ "M" (left) " " (BASELINE) "h" (width * bars.len()) } {}
            @for border in labels {
                @if let Some(text) = bars.get(border).and_then(|bar| bound(bar.buckets[1] - 1)) {
                    @let x = left + (border + 1) * width;
                    path.axis d={ "M" (x) " " (BASELINE) "v4" } {}
                    text x=(x) y=(HEIGHT - 8) text-anchor=(anchor(x)) { (text) }
                }
            }
        }
    }
}

/// The room on each side of a bar.
const fn gap(width: usize) -> usize {
    if width >= 8 { 1 } else { 0 }
}

/// A label at the side is not drawn beyond it.
const fn anchor(x: usize) -> &'static str {
    match x {
        0..20 => "start",
        _ if x + 20 > WIDTH => "end",
        _ => "middle",
    }
}

fn bars(counts: &[u64]) -> Vec<Bar> {
    let per_bar = counts.len().div_ceil(MAX_BARS).max(1);
    let bars = counts.chunks(per_bar).enumerate();
    let bars = bars.map(|(index, counts)| Bar {
        buckets: [index * per_bar, index * per_bar + counts.len()],
        count: counts
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count)),
    });
    bars.collect()
}

/// The height of a bar; at least one for a bar with a value.
fn height(count: u64, most: u64) -> usize {
    let full = (BASELINE - 4) as u128;
    let height = u128::from(count) * full / u128::from(most.max(1));
    usize::try_from(height)
        .unwrap_or(0)
        .max(usize::from(count > 0))
}

/// After which bars the bounds are written. The last bar has no upper bound.
fn labels(bars: usize) -> impl Iterator<Item = usize> {
    let borders = bars.saturating_sub(1);
    let step = borders.div_ceil(MAX_LABELS).max(1);
    // The first bound and the last one, and some between.
    let first = borders.saturating_sub(1) % step;
    (first..borders).step_by(step)
}

/// The bars that have values, in words.
fn described(data: &DistributionData, bars: &[Bar], range: impl Fn(&Bar) -> String) -> String {
    let with_values = bars.iter().filter(|bar| bar.count > 0);
    let texts: Vec<String> = with_values
        .map(|bar| format!("{}: {}", range(bar), count(bar.count).rounded))
        .collect();
    match texts.as_slice() {
        [] => "There are no values.".to_owned(),
        texts => format!(
            "{} buckets. Values by bucket: {}.",
            data.bucket_counts.len(),
            texts.join("; ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_all_values_and_never_vanish() {
        let counts: Vec<u64> = (0..501).collect();
        let all = bars(&counts);
        assert!(all.len() <= MAX_BARS);
        assert_eq!(
            all.iter().map(|bar| bar.count).sum::<u64>(),
            counts.iter().sum::<u64>()
        );
        assert_eq!(all.last().map(|bar| bar.buckets[1]), Some(501));
        assert_eq!(height(1, u64::MAX), 1);
        assert_eq!(height(u64::MAX, u64::MAX), BASELINE - 4);
        assert_eq!(height(0, 0), 0);
    }

    #[test]
    fn few_bounds_are_written_the_last_one_always() {
        for count in 0..200 {
            let written: Vec<usize> = labels(count).collect();
            assert!(written.len() <= MAX_LABELS, "{count}: {written:?}");
            assert_eq!(written.last().copied(), count.checked_sub(2), "{count}");
        }
    }
}
