//! Which addresses are the internet's, and which lie inside: this machine, its network, clouds' metadata.
//! May import: ipnet, nix.
//! Next: `upstream.rs`, which connects to no other address than one that was asked about here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// IPv4 networks that are nobody's on the internet (IANA's special-purpose registry).
const INSIDE_V4: [Ipv4Net; 16] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    // Metadata of most clouds among them.
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    // Multicast, reserved, broadcast.
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
    // Azure's way to the machine's own host.
    v4([168, 63, 129, 16], 32),
];

/// The only IPv6 network that is the internet's, less what is carved out of it.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);
const INSIDE_V6: [Ipv6Net; 4] = [
    // Teredo, ORCHID and their kind.
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0xdb8, 0], 32),
    // 6to4: it names an IPv4 address, and nobody serves there any more.
    v6([0x2002, 0, 0], 16),
    v6([0x3fff, 0, 0], 20),
];
/// Translators of IPv4 (NAT64): they lead to the address in the last four bytes.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0], 96);

const fn v4(octets: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]), length)
}

const fn v6(start: [u16; 3], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(start[0], start[1], start[2], 0, 0, 0, 0, 0), length)
}

/// Whether an address is no stranger's on the internet. `except` are networks that the operator lets through.
pub fn is_inside(address: IpAddr, except: &[IpNet]) -> bool {
    let address = address.to_canonical();
    if except.iter().any(|network| network.contains(&address)) {
        return false;
    }
    is_special(address) || is_of_this_machine(address)
}

fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => INSIDE_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_special(Ipv4Addr::new(a, b, c, d).into())
        }
        IpAddr::V6(address) => {
            !GLOBAL_V6.contains(&address) || INSIDE_V6.iter().any(|network| network.contains(&address))
        }
    }
}

/// A machine with a public address serves things there, too, that are for its neighbours alone.
fn is_of_this_machine(address: IpAddr) -> bool {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else { return true };
    interfaces.filter_map(|interface| interface.address).any(|own| {
        let v4 = own.as_sockaddr_in().map(|own| IpAddr::V4(own.ip()));
        let v6 = own.as_sockaddr_in6().map(|own| IpAddr::V6(own.ip()));
        v4.or(v6) == Some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_internet_is_outside() {
        let inside = [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "fec0::1",
            "2001::1",
            "100::1",
            "3fff::1",
        ];
        for address in inside {
            assert!(is_inside(address.parse().unwrap(), &[]), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "64:ff9b::808:808", "2a00:1450::1"] {
            assert!(!is_inside(address.parse().unwrap(), &[]), "{address}");
        }
    }

    #[test]
    fn an_operator_lets_a_network_through_and_no_other() {
        let except = ["10.20.0.0/16".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        let inside = |text: &str| is_inside(text.parse().unwrap(), &except);
        assert!(!inside("10.20.1.1") && !inside("::ffff:10.20.1.1") && !inside("127.0.0.1"));
        assert!(inside("10.21.0.1") && inside("127.0.0.2") && inside("169.254.169.254"));
    }
}
