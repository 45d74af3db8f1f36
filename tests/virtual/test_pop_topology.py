"""The topology file of the virtual POP: what is read, what is refused, and what the namespace runner makes of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from turnup import folder
from turnup.errors import InputError
from turnup.virtual.pop import scripts
from turnup.virtual.pop.services import DNS, TACACS, core, doors, inside, reach_of, routers
from turnup.virtual.pop.topology import End, read_topology

OURS = folder("lab") / "pop.clab.yml"
SMALL = """\
name: small
mgmt:
  ipv4-subnet: 192.0.2.0/24
  ipv4-gw: 192.0.2.254
topology:
  kinds:
    linux:
      image: one
      cap-add: [NET_ADMIN]
      binds: ["all:/etc/all:ro"]
      env: { A: kind, B: kind }
      sysctls: { net.ipv4.ip_forward: 1 }
  groups:
    router:
      cmd: /start
      cap-add: [NET_RAW]
      env: { B: group }
  nodes:
    cr1:
      group: router
      mgmt-ipv4: 192.0.2.1
      binds: ["own:/etc/own"]
      exec: [ip link show]
    oob:
      kind: linux
      cmd: /other
      mgmt-ipv4: 192.0.2.2
  links:
    - { endpoints: [cr1:POS1-0, oob:eth1], mtu: 4470 }
"""


def small(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in SMALL
    file = tmp_path / "pop.clab.yml"
    file.write_text(SMALL.replace(old, new, 1) if old else SMALL)
    return file


def test_our_own_file() -> None:
    pop = read_topology(OURS)
    assert list(pop.nodes) == ["cr1", "cr2", "cr3", "dnac", "cust1", "cust2", "oob"]
    assert pop.interfaces("cr1") == ("POS1-0", "POS1-1", "POS2-0")
    assert pop.far_end("cr3", "Serial3-0") == End("cust2", "Serial0-0")
    assert pop.nodes["cr1"].command == "/etc/pop/start-router.sh"
    assert pop.nodes["cr1"].capabilities == ("NET_ADMIN", "NET_RAW", "SYS_ADMIN")
    assert routers(pop) == ("cr1", "cr2", "cr3", "dnac", "cust1", "cust2")
    assert core(pop) == ("cr1", "cr2", "cr3")


def test_every_file_that_a_node_sees_is_there() -> None:
    made = {"pop/console"}  # by the stage
    for node in read_topology(OURS).nodes.values():
        for bind in node.binds:
            assert str(bind.source) in made or (OURS.parent / bind.source).is_dir(), bind
        program = OURS.parent / "pop/common" / Path(node.command).name
        assert program.stat().st_mode & 0o111, f"{program} cannot be run"


@pytest.mark.parametrize("script", sorted((OURS.parent / "pop/common").glob("**/*")), ids=lambda path: path.name)
def test_every_shell_script_is_one(script: Path) -> None:
    if script.is_file() and script.read_text().startswith("#!/bin/sh"):
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_both_ends_of_a_cable_lie_in_one_network_and_services_stand_where_the_runners_look() -> None:
    pop = read_topology(OURS)
    addresses = {
        node: dict(re.findall(r"^interface (\S+)\n(?: (?!ip address).*\n)*? ip address (\S+)$", text, re.MULTILINE))
        for node in routers(pop)
        for text in [(OURS.parent / "pop" / node / "frr.conf").read_text()]
    }
    for link in pop.links:
        ends = [addresses[end.node].get(end.interface) for end in (link.one, link.other)]
        if End("cr3", "Serial3-0") in (link.one, link.other):
            assert ends == [None, "10.2.2.2/30"]  # the port that an order is for is bare
        else:
            one, other = (str(end).rpartition(".")[0] for end in ends)
            assert one == other, link
    told = [line for node in pop.nodes.values() for line in node.after]
    for address in (TACACS.host, DNS.host):
        assert f"ip address add {address}/24 dev eth0" in told


def test_levels_are_merged(tmp_path: Path) -> None:
    pop = read_topology(small(tmp_path))
    node = pop.nodes["cr1"]
    assert (node.command, str(node.management), node.after) == ("/start", "192.0.2.1", ("ip link show",))
    assert [(str(bind.source), bind.read_only) for bind in node.binds] == [("all", True), ("own", False)]
    assert dict(node.environment) == {"A": "kind", "B": "group"}
    assert node.capabilities == ("NET_ADMIN", "NET_RAW")
    assert dict(node.kernel) == {"net.ipv4.ip_forward": "1"}
    assert pop.nodes["oob"].command == "/other"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name: small\n", "", "'name' is missing"),
        ("image: one", "imagee: one", "did you mean 'image'"),
        ("mgmt-ipv4: 192.0.2.1\n", "mgmt-ipv4: 192.0.2.1\n      ports: [1:1]\n", "ports"),
        ("mgmt-ipv4: 192.0.2.1\n", "mgmt-ipv4: 198.51.100.1\n", "needs a mgmt-ipv4"),
        ("mgmt-ipv4: 192.0.2.1\n", "mgmt-ipv4: 192.0.2.2\n", "has the address of cr1"),
        ("mgmt-ipv4: 192.0.2.1\n", "mgmt-ipv4: 192.0.2.254\n", "has the address of the NOC"),
        ("      mgmt-ipv4: 192.0.2.1\n", "", "needs a mgmt-ipv4"),
        ("group: router", "group: routers", "no group 'routers'"),
        ("kind: linux", "kind: cisco_iol", "only linux"),
        ("cmd: /other\n", "image: x\n", "has no cmd"),
        ("own:/etc/own", "../own:/etc/own", "must lead from this folder"),
        ("own:/etc/own", "/own:/etc/own", "must lead from this folder"),
        ("own:/etc/own", "own:etc", "must lead from this folder"),
        ("own:/etc/own", "own:/etc/own:rx", "no option 'rx'"),
        ("cr1:POS1-0", "cr2:POS1-0", "no node 'cr2'"),
        ("cr1:POS1-0", "cr1:POS1/0", "no name for an interface"),
        ("cr1:POS1-0", "cr1:eth0", "no name for an interface"),
        ("cr1:POS1-0", "cr1:--help", "no name for an interface"),
        ("cr1:POS1-0, oob:eth1", "cr1:POS1-0", "must have 2 entries"),
        ("oob:eth1], mtu: 4470 }", "oob:eth1] }\n    - endpoints: [cr1:POS1-0, oob:eth2]", "has two cables"),
        ("mtu: 4470", "mtu: 20", "mtu 20"),
        ("NET_RAW", "net raw; reboot", "no capability"),
        ("net.ipv4.ip_forward: 1", "kernel.panic: 1", "not of the node's own network"),
        ("net.ipv4.ip_forward: 1", "net.ipv4.ip_forward: 1; reboot", "not of the node's own network"),
        ("    cr1:", "    Cr1 x:", "not a host's name"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(InputError, match=re.escape(complaint)) as error:
        read_topology(small(tmp_path, old, new))
    assert "pop.clab.yml" in str(error.value)


def test_a_mistake_is_shown_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pop\.clab\.yml:21: .*cr1.mgmt_ipv4"):
        read_topology(small(tmp_path, "mgmt-ipv4: 192.0.2.1\n", "mgmt-ipv4: none\n"))


def test_no_cable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no cable at cr1:POS9-9"):
        read_topology(small(tmp_path)).far_end("cr1", "POS9-9")


def test_the_cables_of_namespaces(tmp_path: Path) -> None:
    told = list(scripts.cables(read_topology(small(tmp_path))))
    assert told == [
        "netns add cr1",
        "netns add oob",
        "link add eth0 netns cr1 type veth peer name port0",
        "link set port0 master pop up",
        "link add eth0 netns oob type veth peer name port1",
        "link set port1 master pop up",
        "link add POS1-0 mtu 4470 netns cr1 type veth peer name eth1 mtu 4470 netns oob",
    ]


def test_the_script_of_a_node(tmp_path: Path) -> None:
    pop = read_topology(small(tmp_path))
    text = scripts.node(pop.nodes["cr1"], pop)
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
    lines = text.splitlines()
    assert "mount --bind ./all /etc/all" in lines
    assert "mount -o remount,bind,ro /etc/all" in lines
    assert "mount -o remount,bind,ro /etc/own" not in lines
    assert "echo 1 >/proc/sys/net/ipv4/ip_forward" in lines
    assert "ip address add 192.0.2.1/24 dev eth0" in lines
    assert "ip link set POS1-0 up" in lines
    assert lines.index("mount -o remount,bind,ro /") < lines.index("hostname cr1")
    assert lines[-1].endswith("A=kind B=group /start")
    assert "+net_raw" in text
    assert "+sys_admin" not in text


@pytest.mark.parametrize("with_parent", [False, True])
def test_the_script_of_the_ground(tmp_path: Path, with_parent: bool) -> None:
    text = scripts.ground(read_topology(small(tmp_path)), with_parent=with_parent)
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
    assert "ip address add 192.0.2.254/24 dev pop" in text
    assert text.splitlines()[-1].startswith("read" if with_parent else "while")


def test_what_the_noc_reaches_has_one_name_in_both_runners() -> None:
    pop = read_topology(OURS)
    reach = reach_of(pop, inside(pop))
    assert set(doors(pop)) == {
        *(f"ssh/{name}" for name in reach.ssh),
        *(f"console/{name}" for name in reach.console),
        "dns",
        "tacacs",
    }
    assert (reach.ssh["cust2"].host, reach.ssh["cust2"].port) == ("192.0.2.32", 22)
    assert (reach.console["cr3"].host, reach.console["cr3"].port) == ("192.0.2.10", 2003)


def test_the_console_server_has_the_ports_that_the_runners_name() -> None:
    text = (OURS.parent / "pop/oob/ser2net.yaml").read_text()
    told = dict(re.findall(r"connection: &(\S+)\n  accepter: telnet,tcp,(\d+)", text))
    pop = read_topology(OURS)
    assert told == {name: str(address.port) for name, address in reach_of(pop, inside(pop)).console.items()}


def test_the_pop_s_inventory_says_what_the_pop_is() -> None:
    from turnup.equipment.estate import load_equipment

    pop = read_topology(OURS)
    estate = load_equipment(OURS.parent / "pop" / "inventory")
    assert sorted(estate.routers) == list(core(pop))
    for name, router in estate.routers.items():
        text = (OURS.parent / "pop" / name / "frr.conf").read_text()
        assert f" ip address {router.loopback}/32\n" in text
        assert f" net {router.net}\n" in text
        assert f"router bgp {router.local_as}\n" in text
        for link in router.links:
            far = pop.far_end(name, str(link.interface))
            assert (far.node, far.interface) == (link.far_router, str(link.far_interface))
            assert f"interface {link.interface}\n description CORE|{link.far_router}|{link.far_interface}|\n" in text
            assert f" ip address {link.address}\n" in text
