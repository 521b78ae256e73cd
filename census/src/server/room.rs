//! Who gives way when connections are short.
//!
//! # Rules
//! 1. A client's address has at most `limits.per_address` connections. The networks of IPv6 are counted like addresses: a client
//!    there has many addresses.
//! 2. When there are `limits.connections`, the address that has most of them gives one up, so that a client with many connections
//!    does not take the place of one with few. If no address has more than that of the newcomer, the newcomer's gives one up.
//! 3. Of the connections in question, those go first that wait for a request, and the one first that has waited longest without
//!    a whole request. A connection on which a request was answered goes after those that never had one, if it is one of
//!    the last few (`limits.proven`). Then those go whose client waits for a response, after a while.
//!
//! So a flood of connections from few addresses takes the places of its own connections only. Against a flood from very many
//! addresses, a connection that was used before is kept by rule 3, and a new one has the time in which that many others arrive.

use std::collections::HashMap;
use std::net::IpAddr;

use tokio::task::Id;
use tokio::time::Instant;

use super::activity::{Precedence, Rank};
use super::limits::Limits;
use super::peer::Peer;

/// The clients that count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// An IPv4 address, or the first half of an IPv6 address, which is the network.
    Address(IpAddr),
    /// A Unix socket, whose clients are not told apart.
    Local,
}

impl Origin {
    pub(super) fn of(peer: &Peer) -> Self {
        peer.network().map_or(Self::Local, Self::Address)
    }
}

/// A connection among which one may have to give way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) id: Id,
    pub(super) origin: Origin,
    pub(super) precedence: Precedence,
}

/// Whether there is room for one more connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// There is.
    Free,
    /// If this connection is closed. It may be closed now.
    InPlaceOf(Id),
    /// Not before this time. Then another connection may have to give way.
    NotBefore(Instant),
}

/// The connections that there are at one time.
pub(super) struct Standings<'a> {
    all: &'a [Standing],
    /// How many connections each origin has.
    counts: HashMap<Origin, usize>,
    limits: &'a Limits,
}

impl<'a> Standings<'a> {
    pub(super) fn new(all: &'a [Standing], limits: &'a Limits) -> Self {
        let mut counts = HashMap::new();
        for standing in all {
            *counts.entry(standing.origin).or_default() += 1;
        }
        Self {
            all,
            counts,
            limits,
        }
    }

    /// How many connections an origin has.
    pub(super) fn of(&self, origin: Origin) -> usize {
        self.counts.get(&origin).copied().unwrap_or(0)
    }

    /// The room for a newcomer of this origin.
    pub(super) fn room(&self, newcomer: Origin, now: Instant) -> Room {
        let own = self.of(newcomer);
        let is_bounded = newcomer != Origin::Local;
        let is_own_full = is_bounded && own >= self.limits.per_address;
        if !is_own_full && self.all.len() < self.limits.connections {
            return Room::Free;
        }
        let most = self.counts.values().copied().max().unwrap_or(0);
        let gives_way = |origin: Origin| {
            if is_own_full || own >= most {
                origin == newcomer
            } else {
                self.of(origin) == most
            }
        };
        let candidates = self.all.iter().filter(|it| gives_way(it.origin));
        // Unreachable: the limits are at least 1, so somebody has a connection.
        let Some(first) = self.first(candidates) else {
            return Room::Free;
        };
        let closable_from = first.precedence.closable_from(self.limits);
        if closable_from <= now {
            Room::InPlaceOf(first.id)
        } else {
            Room::NotBefore(closable_from)
        }
    }

    /// The one that gives way first.
    fn first<'s>(
        &self,
        candidates: impl Iterator<Item = &'s Standing> + Clone,
    ) -> Option<&'s Standing> {
        let mut proven: Vec<Instant> = candidates
            .clone()
            .filter(|it| it.precedence.rank == Rank::Proven)
            .map(|it| it.precedence.since)
            .collect();
        proven.sort_unstable_by(|a, b| b.cmp(a));
        // Those of the last few that were used.
        let kept_since = proven
            .get(..self.limits.proven)
            .unwrap_or(&proven)
            .last()
            .copied();
        let key = |it: &&Standing| {
            let Precedence { rank, since } = it.precedence;
            let is_kept = kept_since.is_some_and(|kept| since >= kept);
            match rank {
                Rank::Proven if !is_kept => (Rank::Idle, since),
                rank => (rank, since),
            }
        };
        candidates.min_by_key(key)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMITS: Limits = Limits {
        connections: 4,
        per_address: 3,
        proven: 1,
        grace: Duration::from_secs(10),
        ..Limits::STANDARD
    };

    /// Connections, by the last byte of their address, their rank, and the second since which they have it.
    fn standings(connections: &[(u8, Rank, u64)]) -> (Vec<Standing>, Instant) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let start = Instant::now();
        let all = connections.iter().map(|(address, rank, since)| Standing {
            id: runtime.spawn(async {}).id(),
            origin: origin(*address),
            precedence: Precedence {
                rank: *rank,
                since: start + Duration::from_secs(*since),
            },
        });
        (all.collect(), start)
    }

    fn origin(address: u8) -> Origin {
        let address = format!("10.0.0.{address}:80");
        Origin::of(&Peer::new(Some(address.parse().unwrap())))
    }

    /// The index of the connection that gives way to a newcomer at this second. `Err` has the second at which one may.
    fn gives_way(
        connections: &[(u8, Rank, u64)],
        newcomer: u8,
        second: u64,
    ) -> Result<Option<usize>, u64> {
        let (all, start) = standings(connections);
        let now = start + Duration::from_secs(second);
        match Standings::new(&all, &LIMITS).room(origin(newcomer), now) {
            Room::Free => Ok(None),
            Room::InPlaceOf(id) => Ok(all.iter().position(|it| it.id == id)),
            Room::NotBefore(time) => Err((time - start).as_secs()),
        }
    }

    use Rank::{Idle, Proven, Responding};

    #[test]
    fn an_address_has_a_bound_although_there_is_room() {
        let of_one = [(1, Idle, 2), (1, Idle, 1), (1, Idle, 3)];
        assert_eq!(gives_way(&of_one, 1, 9), Ok(Some(1)));
        assert_eq!(gives_way(&of_one, 2, 9), Ok(None));
    }

    #[test]
    fn the_address_with_most_connections_gives_way() {
        let flood = [(1, Idle, 0), (2, Idle, 5), (2, Idle, 4), (2, Responding, 1)];
        for newcomer in [1, 2, 3] {
            // The connection of address 1 has waited longest, and stays.
            assert_eq!(gives_way(&flood, newcomer, 9), Ok(Some(2)), "{newcomer}");
        }
        let even = [(1, Idle, 2), (1, Idle, 3), (2, Idle, 1), (2, Idle, 4)];
        assert_eq!(gives_way(&even, 1, 9), Ok(Some(0)));
        assert_eq!(gives_way(&even, 2, 9), Ok(Some(2)));
        assert_eq!(gives_way(&even, 3, 9), Ok(Some(2)));
    }

    #[test]
    fn a_connection_that_was_used_stays_longer() {
        let used = [(1, Proven, 1), (2, Idle, 5), (3, Idle, 4), (4, Idle, 6)];
        assert_eq!(gives_way(&used, 5, 9), Ok(Some(2)));
        // Only the last few of them: all others are like those that were never used.
        let many = [(1, Proven, 1), (2, Proven, 5), (3, Idle, 4), (4, Idle, 6)];
        assert_eq!(gives_way(&many, 5, 9), Ok(Some(0)));
    }

    #[test]
    fn a_response_has_some_time() {
        let responding = [
            (1, Responding, 3),
            (2, Responding, 2),
            (3, Responding, 5),
            (4, Responding, 4),
        ];
        assert_eq!(gives_way(&responding, 5, 9), Err(12));
        assert_eq!(gives_way(&responding, 5, 12), Ok(Some(1)));
    }

    #[test]
    fn a_network_of_ipv6_is_one_origin() {
        let origin = |address: &str| Origin::of(&Peer::new(Some(address.parse().unwrap())));
        assert_eq!(origin("[2001:db8::1]:80"), origin("[2001:db8::ffff:1]:90"));
        assert_ne!(origin("[2001:db8::1]:80"), origin("[2001:db8:0:1::1]:80"));
        assert_ne!(origin("10.0.0.1:80"), origin("10.0.0.2:80"));
        assert_eq!(Origin::of(&Peer::default()), Origin::Local);
    }

    #[test]
    fn clients_of_a_unix_socket_have_no_bound_of_their_own() {
        let (mut all, now) = standings(&[(1, Idle, 0), (1, Idle, 0), (1, Idle, 0)]);
        for standing in &mut all {
            standing.origin = Origin::Local;
        }
        assert_eq!(
            Standings::new(&all, &LIMITS).room(Origin::Local, now),
            Room::Free
        );
    }
}
