//! Which of several things that wait gives way, when there are too many.

use std::collections::HashMap;
use std::hash::Hash;

/// The thing that gives way: the last one of the client that has most of them, and how many that client has. So a client that
/// asks again and again keeps no other one out. `clients` are the clients of all things, in the order in which they came.
pub(crate) fn gives_way<C: Copy + Eq + Hash>(
    clients: impl Iterator<Item = C> + Clone,
) -> Option<(usize, usize)> {
    let mut counts: HashMap<C, usize> = HashMap::new();
    for client in clients.clone() {
        *counts.entry(client).or_default() += 1;
    }
    let of_client = |(index, client)| (index, counts.get(&client).copied().unwrap_or(0));
    // The last one of several that are equal.
    clients
        .enumerate()
        .map(of_client)
        .max_by_key(|(_, count)| *count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thing_of_the_client_with_most_gives_way() {
        assert_eq!(gives_way("abab".chars()), Some((3, 2)));
        assert_eq!(gives_way("aabab".chars()), Some((3, 3)));
        assert_eq!(gives_way("abc".chars()), Some((2, 1)));
        assert_eq!(gives_way("".chars()), None);
    }
}
