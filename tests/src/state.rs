//! The state of this process, as Linux tells it.

use std::fs;

/// The state of a process at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The memory in RAM, in KiB.
    pub memory: u64,
    /// The number of threads.
    pub threads: u64,
    /// The number of open file descriptors.
    pub descriptors: u64,
}

impl State {
    /// The state of this process now.
    #[must_use]
    pub fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").expect("Linux");
        let field = |name| {
            let rest = status.lines().find_map(|line| line.strip_prefix(name));
            let value = rest.and_then(|rest| rest.split_whitespace().next());
            value
                .and_then(|value| value.parse().ok())
                .expect("a number")
        };
        // One of them is the directory itself.
        let descriptors = fs::read_dir("/proc/self/fd").expect("Linux").count() - 1;
        Self {
            memory: field("VmRSS:"),
            threads: field("Threads:"),
            descriptors: descriptors.try_into().expect("few descriptors"),
        }
    }
}
