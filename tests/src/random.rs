//! Random numbers with a seed, so that a failure of `stress_tasks` can be repeated. The other stress tests have fixed
//! seeds.
//!
//! ```sh
//! STRESS_SEED=7 cargo test -p census-tests --test stress_tasks
//! ```

use fastrand::Rng;

/// A generator with the seed of the environment variable `STRESS_SEED`, or else with a random seed. It prints the seed:
/// the test harness shows that line when the test fails.
#[must_use]
#[expect(clippy::print_stdout, reason = "the output of a failed test")]
pub fn rng() -> Rng {
    let seed = std::env::var("STRESS_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("STRESS_SEED is a number"),
    );
    println!(
        "STRESS_SEED={seed} repeats the random choices, though not the order in which threads run"
    );
    Rng::with_seed(seed)
}
