//! Which addresses of the list may be forwarded to.

use std::net::Ipv4Addr;

/// Whether a node of a list may be at this address. `private` also allows loopback and private ranges; what
/// belongs to the own link or to nobody is never allowed, so that no list can lead to a machine's metadata
/// service or to everybody at once.
pub(super) fn is_allowed(ip: Ipv4Addr, private: bool) -> bool {
    !is_special(ip) && (private || !is_private(ip))
}

/// Loopback, private use (RFC 1918) and addresses shared by customers of one provider (RFC 6598).
fn is_private(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    ip.is_loopback() || ip.is_private() || (a == 100 && b & 0xc0 == 64)
}

/// "This network", link-local, protocol assignments, documentation, benchmarks, 6to4 relays, multicast,
/// reserved and broadcast (RFC 6890).
fn is_special(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    a == 0
        || a >= 224
        || ip.is_link_local()
        || ip.is_documentation()
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(ip: &str, private: bool) -> bool {
        is_allowed(ip.parse().unwrap(), private)
    }

    #[test]
    fn public_addresses_are_allowed() {
        for ip in ["1.1.1.1", "95.216.33.113", "100.63.0.1", "100.128.0.1", "172.32.0.1", "223.255.255.254"] {
            assert!(allowed(ip, false), "{ip}");
        }
    }

    #[test]
    fn private_ranges_need_the_flag() {
        for ip in ["127.0.0.1", "127.20.1.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1"] {
            assert!(!allowed(ip, false), "{ip}");
            assert!(allowed(ip, true), "{ip}");
        }
    }

    #[test]
    fn nobodys_addresses_are_never_allowed() {
        let never = [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "198.18.0.1",
            "198.19.255.255",
            "192.88.99.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
        ];
        for ip in never {
            assert!(!allowed(ip, false), "{ip}");
            assert!(!allowed(ip, true), "{ip}");
        }
    }
}
