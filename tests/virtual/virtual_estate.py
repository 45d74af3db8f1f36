"""A small POP for tests: two routers, four kinds of card; written here so that these tests need no other files."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from turnup.model.equipment import AclEntry, IbgpPeer, IntraPopLink, LineCard, Router, Site
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Speed
from turnup.virtual.baseline import Baseline, Foreign, LabSecrets
from turnup.virtual.device import Device, FarEnd

NOW = datetime(2001, 11, 20, 14, 0, 0, tzinfo=UTC)
CARDS = {
    "OC48/POS": LineCard("OC48/POS", "OC-48c POS", Speed.OC48C, 1, "POS{slot}/{port}", 2, default_crc=32),
    "4OC3/POS": LineCard("4OC3/POS", "4 x OC-3c POS", Speed.OC3C, 4, "POS{slot}/{port}", 0, default_crc=16),
    "6DS3-SMB": LineCard(
        "6DS3-SMB",
        "6 x DS-3",
        Speed.DS3,
        6,
        "Serial{slot}/{port}",
        0,
        hidden_defaults=("encapsulation hdlc", "framing c-bit", "dsu mode 0", "dsu bandwidth 44210", "bandwidth 44210"),
        default_crc=16,
    ),
    "8FE-TX": LineCard("8FE-TX", "8 x FE", Speed.FE, 8, "FastEthernet{slot}/{port}", 1),
    "GE-GBIC": LineCard("GE-GBIC", "GE", Speed.GE, 1, "GigabitEthernet{slot}/{port}", 1),
}
GSR1 = Router(
    name="nyc-hud-gsr1",
    site="NYC-60HUDSON",
    platform="ios",
    chassis="12012",
    processor="GRP-B",
    loopback=IPv4Address("10.255.1.1"),
    net="49.0001.0102.5500.1001.00",
    local_as=64500,
    slots={1: "OC48/POS", 2: "4OC3/POS", 4: "GE-GBIC", 5: "6DS3-SMB", 7: "8FE-TX"},
    links=(
        IntraPopLink(
            InterfaceName.parse("POS1/0"),
            IPv4Interface("10.254.1.1/30"),
            "nyc-hud-gsr2",
            "POS1/0",
            IPv4Address("10.254.1.2"),
        ),
    ),
    ibgp_peers=(IbgpPeer("nyc-hud-gsr2", IPv4Address("10.255.1.2")),),
    dns_zone="example.net",
    name_servers=(IPv4Address("192.0.2.53"),),
    tacacs_servers=(IPv4Address("192.0.2.20"),),
    log_hosts=(IPv4Address("192.0.2.10"),),
    vty_acl="10",
    vty_acl_entries=(AclEntry("permit", IPv4Network("192.0.2.0/24")), AclEntry("deny", IPv4Network("0.0.0.0/0"))),
    flash_device="slot0:",
    last_resort_user="lastresort",
    last_resort_secret="last-resort",
)
SITE = Site("NYC-60HUDSON", "60 Hudson Street", "New York", "America/New_York", ("GSR 12012",), routers=(GSR1.name,))
FOREIGN = Foreign(
    "nyc-hud-gsr1",
    "EXAMPLE-A",
    "POS2/0",
    "OC3C",
    "OC3/NYC/0001",
    "PSO-2001-000042",
    IPv4Network("10.10.1.0/30"),
    64601,
    (IPv4Network("198.51.100.0/24"),),
)
LEVEL3 = FarEnd(
    "level3-ce",
    GSR1.name,
    IPv4Address("10.10.3.2"),
    IPv4Network("10.10.3.0/30"),
    peer_as=64603,
    prefixes=(IPv4Network("203.0.113.0/24"),),
)
GSR2 = FarEnd(
    "nyc-hud-gsr2",
    GSR1.name,
    IPv4Address("10.254.1.2"),
    IPv4Network("10.254.1.0/30"),
    interface=InterfaceName.parse("POS1/0"),
    is_neighbor=True,
)
BASELINE = Baseline(LabSecrets("last-resort-pw", "enable-pw"), {"GRP-B": "slot0:gsr-p-mz.120-17.S3"}, (FOREIGN,))


def device(**changes: object) -> Device:
    """A fresh nyc-hud-gsr1 whose clock stands still."""
    cards = {slot: CARDS[part] for slot, part in GSR1.slots.items()}
    return Device(
        GSR1,
        SITE,
        cards,
        lambda device: BASELINE.text(device.router, device.cards),
        clock=lambda: NOW,
        far_ends=(GSR2, LEVEL3),
        **changes,  # type: ignore[arg-type]
    )
