//! The ranges of addresses from which connections are served.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Ranges of addresses.
///
/// *Invariant: no range has IPv4-mapped IPv6 addresses only.* Peers' addresses are never mapped.
#[derive(Debug)]
pub(super) struct Allowed(Vec<IpNet>);

impl Allowed {
    pub(super) fn new(ranges: &[IpNet]) -> Self {
        Self(ranges.iter().map(|range| unmapped(*range)).collect())
    }

    /// Whether an address that is not mapped is in one of the ranges.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address))
    }
}

/// The range of IPv4 addresses, if the range is one of IPv4-mapped IPv6 addresses.
fn unmapped(range: IpNet) -> IpNet {
    /// `::ffff:0:0/96`
    const MAPPED: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);
    let IpNet::V6(v6) = range else {
        return range;
    };
    if !MAPPED.contains(&v6) {
        return range;
    }
    let v4 = v6.addr().to_ipv4_mapped();
    let v4 = v4.and_then(|it| Ipv4Net::new(it, v6.prefix_len() - MAPPED.prefix_len()).ok());
    v4.map_or(range, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_range_of_its_family() {
        let ranges = [
            "10.0.0.0/8",
            "192.168.1.7/32",
            "fd00::/8",
            "::ffff:172.16.0.0/108",
        ];
        let allowed = Allowed::new(&ranges.map(|it| it.parse().unwrap()));
        for (address, is_allowed) in [
            ("10.255.255.255", true),
            ("11.0.0.0", false),
            ("192.168.1.7", true),
            ("192.168.1.8", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("172.31.255.255", true),
            ("172.32.0.0", false),
            ("127.0.0.1", false),
            ("::1", false),
        ] {
            assert_eq!(
                allowed.contains(address.parse().unwrap()),
                is_allowed,
                "{address}"
            );
        }
    }

    #[test]
    fn all_ipv6_addresses_are_no_ipv4_addresses() {
        let allowed = Allowed::new(&["::/0".parse().unwrap()]);
        assert!(allowed.contains("::1".parse().unwrap()));
        assert!(!allowed.contains("10.0.0.1".parse().unwrap()));
    }
}
