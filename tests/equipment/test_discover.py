"""An entry written from a router's answers loads once the site is filled in, and says the same as the inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sample_estate import configuration_of, sample_cards, sample_estate, scratch_inventory

from turnup.configuration import Configuration
from turnup.equipment import load_equipment
from turnup.equipment.discover import discover_entry, discover_from_getters
from turnup.errors import InputError
from turnup.facts.slot import Slot
from turnup.facts.version import Version

CARDS = sample_cards()["ios"]
ROUTER = sample_estate().router("nyc-hud-gsr1")
VERSION = Version(
    image_name="GSR-P-M",
    version="12.0(17)S3",
    hostname="nyc-hud-gsr1",
    uptime="2 weeks",
    image_file="slot0:gsr-p-mz.120-17.S3",
    booted_via=None,
    chassis="12012/GRP",
    processor_revision="0x05",
    memory_kbyte=262144,
    io_memory_kbyte=None,
    config_register="0x2102",
    next_config_register=None,
    returned_to_rom_by=None,
    rom_version=None,
    bootldr_version=None,
    board_id=None,
)
SLOTS = [
    Slot(0, "Route Processor", "IOS Running  ACTIVE"),
    *(
        Slot(slot, f"{CARDS[part].show_diag[0]} Single Mode/SC connector", "IOS Running")
        for slot, part in ROUTER.slots.items()
    ),
    Slot(8, "1 Port Something New", "IOS Running"),
    Slot(16, "Clock Scheduler Card OC-192", "Card Powered"),
]
GLOBAL = """\
router isis
 net 49.0001.0102.5500.1001.00
 is-type level-2-only
router bgp 64500
 no synchronization
ip domain-name example.net
ip name-server 192.0.2.53 192.0.2.54
tacacs-server host 192.0.2.20
tacacs-server host 192.0.2.21
logging 192.0.2.10
logging buffered 16384
line vty 0 4
 access-class 10 in
end"""


def running() -> Configuration:
    interfaces = configuration_of(
        ROUTER,
        POS1_0=("ip address 10.254.1.1 255.255.255.252", "ip router isis"),
        GigabitEthernet4_0=("ip address 10.254.1.5 255.255.255.252", "ip router isis"),
        Serial5_0=("ip address 10.10.3.1 255.255.255.252",),
    )
    text = [f" {line.text}" if line.section else line.text for line in interfaces.lines[:-1]]
    loopback = ["interface Loopback0", " ip address 10.255.1.1 255.255.255.255", " ip router isis"]
    return Configuration.read("\n".join([*text, *loopback, GLOBAL]))


def test_an_entry_from_our_own_facts() -> None:
    entry = YAML(typ="safe").load(discover_entry(VERSION, SLOTS, running(), CARDS))["nyc-hud-gsr1"]
    data = entry["data"]
    assert (entry["hostname"], entry["platform"]) == ("10.255.1.1", "ios")
    assert data["slots"] == dict(ROUTER.slots)
    assert (data["chassis"], data["processor"], data["memory_kbyte"]) == ("12012", "GRP", 262144)
    assert (data["loopback"], data["net"], data["local_as"]) == ("10.255.1.1", ROUTER.net, 64500)
    assert [(link["interface"], link["far_address"]) for link in data["links"]] == [
        ("POS1/0", "10.254.1.2"),
        ("GigabitEthernet4/0", "10.254.1.6"),
    ]
    assert data["tacacs_servers"] == ["192.0.2.20", "192.0.2.21"]
    assert (data["name_servers"], data["log_hosts"]) == (["192.0.2.53", "192.0.2.54"], ["192.0.2.10"])
    assert (data["vty_acl"], data["flash_device"], data["dns_zone"]) == ("10", "slot0:", "example.net")


def test_what_the_router_cannot_tell_is_asked_for_by_the_loader(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    entry = discover_entry(VERSION, SLOTS, running(), CARDS)
    assert "# 8: 1 Port Something New (no record in linecards/)" in entry
    assert "# site" in entry
    (folder / "hosts.yaml").write_text(entry)
    with pytest.raises(InputError) as caught:
        load_equipment(folder, cards=sample_cards())
    for field in ("site: is missing", "links[0].far_router: is missing", "links[1].far_interface: is missing"):
        assert f"nyc-hud-gsr1.{field}" in str(caught.value)


def test_a_filled_in_entry_loads_as_the_same_router(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    entry = discover_entry(VERSION, SLOTS, running(), CARDS)
    entry = entry.replace("  data:\n", "  groups: [nyc-60hudson, grp-b]\n  data:\n", 1)
    asked, told = "# far_router, far_interface: what lies behind it", "far_router: x\n        far_interface: POS1/0"
    entry = entry.replace(asked, told)
    (folder / "hosts.yaml").write_text(entry)
    router = load_equipment(folder, cards=sample_cards()).router("nyc-hud-gsr1")
    assert (router.slots, router.net, router.loopback) == (ROUTER.slots, ROUTER.net, ROUTER.loopback)


def test_two_cards_with_one_name_are_not_guessed() -> None:
    from dataclasses import replace

    cards = {**CARDS, "TWIN": replace(CARDS["GE-GBIC"], part="TWIN")}
    entry = discover_entry(VERSION, SLOTS, running(), cards)
    assert "      # 4:" in entry
    assert "(one of GE-GBIC, TWIN)" in entry


def test_a_router_cannot_write_into_the_file() -> None:
    from dataclasses import replace

    for name in ("x: {password: y}", "a\nb"):
        try:
            entry = discover_entry(replace(VERSION, hostname=name), SLOTS, running(), CARDS)
        except InputError:
            continue
        assert list(YAML(typ="safe").load(entry)) == [name]


def test_an_entry_from_napalm_s_getters() -> None:
    facts = {"hostname": "lab-r1", "model": "7206VXR", "vendor": "Cisco", "serial_number": "1", "interface_list": []}
    addresses: dict[str, Any] = {"Loopback0": {"ipv4": {"10.255.9.1": {"prefix_length": 32}}}, "Gi0/0": {"ipv6": {}}}
    entry = YAML(typ="safe").load(discover_from_getters(facts, addresses, platform="ios"))
    data = {"chassis": "7206VXR", "loopback": "10.255.9.1"}
    assert entry == {"lab-r1": {"hostname": "10.255.9.1", "platform": "ios", "data": data}}
