//! Random numbers with a seed, so that a failure of `stress_tasks` or `stress_removals` can be repeated. The other stress
//! tests have fixed seeds.
//!
//! ```sh
//! STRESS_SEED=7 cargo test -p census-tests --test stress_tasks
//! ```

use fastrand::Rng;

/// A generator with the [`seed`].
#[must_use]
pub fn rng() -> Rng {
    Rng::with_seed(seed())
}

/// The seed of the environment variable `STRESS_SEED`, or else a random seed. It is printed: the test harness shows that
/// line when the test fails.
#[must_use]
#[expect(clippy::print_stdout, reason = "the output of a failed test")]
pub fn seed() -> u64 {
    let seed = std::env::var("STRESS_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("STRESS_SEED is a number"),
    );
    println!(
        "STRESS_SEED={seed} repeats the random choices, though not the order in which threads run"
    );
    seed
}
