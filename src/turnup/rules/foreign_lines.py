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
    *(
        "clns enable",
        "ip router openfabric ",
        "ip eigrp ",
        "ip authentication ",
        "ip igmp",
        "ip rsvp ",
        "ip multicast ",
    ),
    *("no ip route-cache", "ip accounting", "ip local-proxy-arp", "ip sticky-arp", "no arp ", "mac-address "),
    *("half-duplex", "duplex half", "keepalive 0", "priority-group ", "custom-queue-list ", "backup ", "dialer"),
    *("autodetect ", "invert ", "monitor-session "),
)

# Lines that an image shows by itself, or that tell the NOC more, and that change nothing for the customer's packets;
# settings of the line are compared with the order where they are read. What is in neither list nobody has looked at.
HARMLESS = (
    *("ip router isis", "clns router isis", "ipv6 router isis", "isis "),  # a fault, which test 5 finds
    *("description ", "no ip directed-broadcast", "no ip redirects", "no ip proxy-arp", "no ip unreachables"),
    *("no ip mroute-cache", "ip route-cache flow", "ip flow ", "flow ipv4 monitor ", "mac-accounting "),
    *("ip unreachables disable", "ip point-to-point", "no cdp enable", "no lldp ", "lldp disable", "ntp disable"),
    *("load-interval ", "carrier-delay ", "snmp trap ", "no snmp trap ", "logging event", "no logging event"),
    *("hold-queue ", "tx-queue-limit ", "tx-cos ", "no fair-queue", "no peer neighbor-route", "no mop "),
    *("negotiation auto", "no negotiation auto", "full-duplex", "duplex full", "duplex auto", "speed 1000"),
    *("speed auto", "media-type ", "transceiver permit ", "arp timeout ", "bandwidth ", "delay ", "keepalive "),
    *("framing ", "cablelength ", "dsu mode ", "dsu bandwidth ", "clock source ", "scramble", "no scramble"),
    *("pos framing ", "pos flag ", "pos scramble-atm", "no pos scramble-atm", "pos report ", "no pos report "),
    *("pos threshold ", "pos ais-shut", "pos delay ", "serial restart-delay ", "serial restart_delay ", "link-detect"),
)
