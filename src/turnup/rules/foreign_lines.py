"""Lines of an interface that no order renders by chance: what each begins with, over all platforms."""

from __future__ import annotations

# Lines that a port has only when somebody wants them, and that decide what becomes of its packets.
FOREIGN = (
    *(
        "ip access-group ",
        "ip policy ",
        "ip address ",
        "ip unnumbered ",
        "ip vrf ",
        "ip nat ",
        "ip verify ",
    ),
    *("rate-limit ", "traffic-shape ", "service-policy ", "crypto map ", "no keepalive", "loopback", "shutdown"),
    *("encapsulation ", "ppp authentication ", "mtu ", "crc ", "bundle id ", "l2transport", "apply-group "),
    *(
        "vrf ",
        "ip mtu ",
        "ip ospf ",
        "ip rip ",
        "ip pim ",
        "ip pim",
        "mpls ",
        "tag-switching ",
        "xconnect ",
    ),
    *("bridge-group ", "channel-group ", "multilink-group ", "ppp multilink", "switchport", "service instance "),
    *("ip directed-broadcast", "ip redirects", "ip proxy-arp", "proxy-arp", "cdp enable", "ip helper-address "),
    *("ip inspect ", "ip wccp ", "zone-member ", "mac access-group ", "ethernet-services access-group ", "pbr-policy "),
    *("ipv6 address ", "ipv6 enable", "ipv6 access-group ", "ipv6 traffic-filter ", "ipv6 unnumbered "),
    *("standby ", "vrrp ", "glbp ", "pppoe ", "storm-control ", "squelch", "dot1q ", "ip rip"),
)
