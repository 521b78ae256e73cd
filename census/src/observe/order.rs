//! The order in which a run reads.

use super::observation::History;

/// Lesser ones are read before. The last number tells slots apart that are equal otherwise.
pub(super) type Rank = ([bool; 2], Option<u64>, u64);

/// The rank of an observation with this index. Those that the deadline left no time for come first, so that each has its
/// turn. In a crowd they come last: most of them would not return.
pub(super) fn rank(history: History, index: u64, run: u64, is_crowded: bool) -> Rank {
    let flags = if is_crowded {
        [history.is_unfinished, history.was_late]
    } else {
        [history.was_late, !history.is_unfinished]
    };
    let begun_in = history.is_unfinished.then_some(history.begun_in);
    let order = if is_crowded {
        scattered(index, run)
    } else {
        index
    };
    (flags, begun_in, order)
}

/// An order that is another one in each run. Observations that were registered one after the other often wait for one
/// lock, and those behind them have to have their turn.
pub(super) fn scattered(index: u64, run: u64) -> u64 {
    // The multipliers are odd numbers without a pattern in their bits.
    let mixed = (index + 1)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(29);
    (mixed ^ run.wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
