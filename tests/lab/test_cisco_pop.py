"""The POP with Cisco images was never run by us. What can be seen without them: it is the same POP."""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Interface
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from turnup import folder
from turnup.virtual.pop import cisco

LAB = Path(folder("lab"))
FILES = {"cr1": "cr1.partial.cfg", "cr2": "cr2.cfg", "cr3": "cr3.cfg"}
SERVICES = "10.0.99.1/30"  # cr1 to the services host, only with Cisco images


def of_frr(router: str) -> str:
    return (LAB / "pop" / router / "frr.conf").read_text()


def of_cisco(router: str) -> str:
    return (LAB / "pop-cisco" / FILES[router]).read_text()


def addresses_of_frr(text: str) -> set[str]:
    return set(re.findall(r"^ ip address (\S+)$", text, re.M))


def addresses_of_cisco(text: str) -> set[str]:
    pairs = re.findall(r"^ (?:ip|ipv4) address (\S+) (\S+)$", text, re.M)
    return {str(IPv4Interface(f"{address}/{mask}")) for address, mask in pairs}


def neighbours_of_frr(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^ neighbor (\S+) remote-as (\d+)$", text, re.M))


def neighbours_of_cisco(text: str) -> set[tuple[str, str]]:
    return neighbours_of_frr(text) | set(re.findall(r"^ neighbor (\S+)\n  remote-as (\d+)$", text, re.M))


@pytest.mark.parametrize("router", FILES)
def test_the_same_addresses(router: str) -> None:
    added = {SERVICES} if router == "cr1" else set()
    found = addresses_of_frr(of_frr(router))
    assert len(found) >= 3
    assert addresses_of_cisco(of_cisco(router)) == found | added


@pytest.mark.parametrize("router", FILES)
def test_the_same_bgp(router: str) -> None:
    found = neighbours_of_frr(of_frr(router))
    assert len(found) >= 2
    assert neighbours_of_cisco(of_cisco(router)) == found
    for line in ("router bgp 64500", f"bgp router-id 10.255.0.{router[-1]}"):
        assert line in of_frr(router)
        assert line in of_cisco(router)


@pytest.mark.parametrize("router", FILES)
def test_the_same_isis(router: str) -> None:
    for pattern in (r"^ net (\S+)$", r"^ is-type (\S+)$", r"^\s+metric-style (\S+)$"):
        found = re.findall(pattern, of_frr(router), re.M)
        assert len(found) == 1
        assert re.findall(pattern, of_cisco(router), re.M) == found


@pytest.mark.parametrize("router", FILES)
def test_the_policies_that_orders_refer_to_are_there(router: str) -> None:
    for name in ("CUST-IN", "CUST-OUT"):
        assert re.search(rf"^(route-map {name} permit 10|route-policy {name})$", of_cisco(router), re.M)
    assert "permit" in of_cisco(router)
    assert "192.0.2.0 0.0.0.255" in of_cisco(router)


def test_the_ordered_port_is_shut() -> None:
    assert "interface GigabitEthernet0/0/0/2\n shutdown\n!" in of_cisco("cr3")


def test_every_cable_s_interface_is_configured() -> None:
    """Except where nobody configures it: far ends that are of kind linux have their own files."""
    told = YAML(typ="safe", pure=True).load((LAB / cisco.FILE).read_text())["topology"]
    for link in told["links"]:
        for end in link["endpoints"]:
            node, _, port = end.partition(":")
            if node in FILES:
                name = re.sub(r"^Gi(\d+)-(\d+)-(\d+)-(\d+)$", r"GigabitEthernet\1/\2/\3/\4", port)
                assert f"\ninterface {name}\n" in of_cisco(node), end


def test_the_same_cables() -> None:
    def cables(file: str) -> set[frozenset[str]]:
        told = YAML(typ="safe", pure=True).load((LAB / file).read_text())["topology"]["links"]
        return {frozenset(end.partition(":")[0] for end in link["endpoints"]) for link in told}

    assert cables(cisco.FILE) == cables("pop.clab.yml") | {frozenset({"cr1", "oob"})}


def test_the_folder_to_deploy_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "pop"
    assert cisco.main([str(place)]) == 0
    assert "nothing started" in capsys.readouterr().out
    told = YAML(typ="safe", pure=True).load((place / cisco.FILE).read_text())["topology"]
    levels = [*told["kinds"].values(), *told["groups"].values(), *told["nodes"].values()]
    for bind in (bind for level in levels for bind in level.get("binds", ())):
        assert (place / bind.split(":")[0]).exists(), bind
    for node in told["nodes"].values():
        assert (place / node.get("startup-config", "pop")).exists()
    assert json.loads((place / "pop/common/secrets/tacacs.json").read_text())["key"]
    assert cisco.main([str(place)]) == 3
    assert cisco.main([]) == 2
