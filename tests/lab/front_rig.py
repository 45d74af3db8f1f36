"""A small POP of real FRR nodes in namespaces, for the GSR front: no container, no SSH in the nodes, nothing left behind.

    gsr1 (front) POS1-0 ---- POS1-0 (front) gsr2
    gsr1 Gi4-0 ---- core dnac upstream ---- eth1 services (TACACS+, the management networks)
    gsr1 POS2-0 ---- eth1 example-a      gsr1 Serial5-0 ---- eth1 level3

Needs root, Debian's frr and iproute2. Every node is a process with its own mount, network, host name and PID
namespaces; when the first process of a node is killed, all of it is gone.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

DAEMONS = "zebra staticd bgpd isisd"
# $1 is the node's folder, $2 its name, $3 the daemons.
_NODE = """
set -e
mount --make-rprivate /
mount -t tmpfs none /run
mkdir -p /run/frr
mount --bind "$1" /etc/frr
mount -t tmpfs none /var/log/frr
hostname "$2"
ip link set lo up
sysctl -qw net.ipv4.ip_forward=1
touch /var/log/frr/frr.log
chown -R frr:frr /run/frr /etc/frr /var/log/frr
for daemon in $3; do /usr/lib/frr/$daemon -d; done
if [ -n "$3" ]; then vtysh -b >/dev/null; fi
echo ready
exec sleep infinity
"""
_START = ("unshare", "-m", "-n", "-u", "-p", "--fork", "--kill-child=SIGKILL", "--mount-proc")
CABLES = (
    ("nyc-hud-gsr1", "POS1-0", "nyc-hud-gsr2", "POS1-0"),
    ("nyc-hud-gsr1", "Gi4-0", "nyc-hud-dnac1", "core"),
    ("nyc-hud-gsr1", "POS2-0", "example-a-ce", "eth1"),
    ("nyc-hud-gsr1", "Serial5-0", "level3-ce", "eth1"),
    ("nyc-hud-dnac1", "services", "services", "eth1"),
)
FRONTS = ("nyc-hud-gsr1", "nyc-hud-gsr2")
_HEAD = "frr defaults traditional\nhostname {name}\nlog file /var/log/frr/frr.log informational\n!\n"
_ISIS = " ip router isis core\n isis circuit-type level-2-only\n isis hello-interval 1\n isis hello-multiplier 3\n"
DNAC = f"""\
interface lo
 ip address 10.255.1.101/32
 ip router isis core
 isis passive
exit
!
interface core
 ip address 10.254.1.6/30
{_ISIS}exit
!
interface services
 ip address 192.0.2.1/24
 ip router isis core
 isis passive
exit
!
router isis core
 net 49.0001.0102.5500.1101.00
 is-type level-2-only
 log-adjacency-changes
exit
!
router bgp 64500
 bgp router-id 10.255.1.101
 neighbor 10.255.1.1 remote-as 64500
 neighbor 10.255.1.1 update-source lo
 neighbor 10.255.1.1 timers 3 9
 neighbor 10.255.1.1 timers connect 1
exit
!
"""


def customer(address: str, peer: str, own_as: int, key: str, *networks: str) -> str:
    """Configuration of a customer's router that announces these networks, each with a discard route of its own."""
    lines = [f"ip route {network} Null0" for network in networks]
    lines += ["interface eth1", f" ip address {address}/30", "exit", f"router bgp {own_as}"]
    lines += [" no bgp ebgp-requires-policy", f" neighbor {peer} remote-as 64500", f" neighbor {peer} password {key}"]
    lines += [f" neighbor {peer} timers 3 9", f" neighbor {peer} timers connect 1", " address-family ipv4 unicast"]
    lines += [f"  network {network}" for network in networks]
    return "\n".join([*lines, " exit-address-family", "exit", ""])


@dataclass(frozen=True)
class Node:
    """A running node. `run` is a command in its namespaces."""

    name: str
    pid: int

    def run(self, *command: str, check: bool = True, timeout: float = 30) -> str:
        enter = ("nsenter", "-t", str(self.pid), "-m", "-n", "-u", "-p")
        return subprocess.run([*enter, *command], capture_output=True, text=True, check=check, timeout=timeout).stdout

    def type(self, *lines: str) -> str:
        """Configuration by hand; what vtysh answers."""
        words = (word for line in ("configure terminal", *lines) for word in ("-c", line))
        return self.run("vtysh", *words, check=False)


@contextmanager
def pop(folder: Path, secrets: Mapping[str, str]) -> Iterator[dict[str, Node]]:
    """The POP above, running. `secrets`: BGP keys of `level3-ce` and `example-a-ce`."""
    texts = {
        "nyc-hud-gsr1": "",
        "nyc-hud-gsr2": "",
        "nyc-hud-dnac1": DNAC,
        "example-a-ce": customer("10.10.1.2", "10.10.1.1", 64601, secrets["example-a-ce"], "198.51.100.0/24"),
        "level3-ce": customer("10.10.3.2", "10.10.3.1", 64603, secrets["level3-ce"], "203.0.113.0/24"),
    }
    with ExitStack() as stack:
        nodes = {name: stack.enter_context(_node(folder / name, name, DAEMONS, text)) for name, text in texts.items()}
        nodes["services"] = stack.enter_context(_node(folder / "services", "services", "", ""))
        for near, port, far, far_port in CABLES:
            ends = ("name", port, "netns", str(nodes[near].pid), "mtu", "9216", "type", "veth", "peer")
            _ip("link", "add", *ends, "name", far_port, "netns", str(nodes[far].pid), "mtu", "9216")
            for name, side in ((near, port), (far, far_port)):
                if name not in FRONTS:
                    mtu = {"core": "1500", "services": "1500"}.get(side, "4470" if side == "eth1" else "1500")
                    nodes[name].run("ip", "link", "set", side, "mtu", mtu, "up")
        _services(nodes["services"])
        yield nodes


def _services(node: Node) -> None:
    node.run("ip", "link", "set", "eth1", "mtu", "1500", "up")
    for last in (10, 20, 21, 53, 54):
        node.run("ip", "address", "add", f"192.0.2.{last}/24", "dev", "eth1")
    node.run("ip", "route", "add", "default", "via", "192.0.2.1")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextmanager
def _node(folder: Path, name: str, daemons: str, text: str) -> Iterator[Node]:
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "frr.conf").write_text(_HEAD.format(name=name) + text)
    (folder / "vtysh.conf").write_text("service integrated-vtysh-config\n")
    command = [*_START, "bash", "-c", _NODE, "node", str(folder), name, daemons]
    with (
        (folder.parent / f"{name}.log").open("w") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout
        try:
            assert process.stdout.readline() == "ready\n", (folder.parent / f"{name}.log").read_text()
            (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            yield Node(name, int(first))
        finally:
            process.kill()
