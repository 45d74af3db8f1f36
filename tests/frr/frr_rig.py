"""A real FRR (Debian's package) on this machine: own namespaces, own files, an SSH server on 127.0.0.1 in front.

Needs root, the packages frr and openssh-server, and a kernel with namespaces and veth. Everything runs below one
process whose PID namespace ends with it: nothing of it is left behind, and nothing of the host is touched.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from turnup.connect import Address, Credentials, open_session
from turnup.connect.router import RouterSession
from turnup.evidence.redact import Redactor
from turnup.platforms import platform
from turnup.secrets import Secrets

FRR = platform("frr")
NAME = "nyc-hud-frr1"
ACCOUNT = Credentials("noc", "pass-word-1")
KEY = "bgp-key-of-lvl3"
PORTS = ("eth1", "eth2", "eth3")
START = """\
frr version {version}
frr defaults traditional
hostname nyc-hud-frr1
log file /var/log/frr/frr.log
service integrated-vtysh-config
!
interface eth1
 shutdown
exit
!
interface eth2
 description CUST|EXAMPLE-B|GE|CKT:GE/NYC/0002|PSO:PSO-2001-000017|
 ip address 10.10.2.1/30
exit
!
interface eth3
 shutdown
exit
!
router bgp 64500
 bgp router-id 10.255.1.9
 neighbor 10.10.2.2 remote-as 64605
 neighbor 10.10.2.2 shutdown
 neighbor 10.255.1.2 remote-as 64500
 !
 address-family ipv4 unicast
  neighbor 10.10.2.2 maximum-prefix 100 80
  neighbor 10.10.2.2 prefix-list CUST-64605-IN in
  neighbor 10.10.2.2 route-map CUST-IN in
 exit-address-family
exit
!
ip prefix-list CUST-64605-IN seq 5 permit 198.51.100.0/24
!
route-map CUST-IN permit 10
 set local-preference 120
exit
!
route-map CUST-OUT permit 10
exit
!
"""
_DAEMONS = "zebra staticd bgpd isisd"
# Run as process 1 of the namespaces; $1 is a folder of ours, $2 the port, descriptor 9 the host's network.
_NODE = f"""
set -e
mount --make-rprivate /
mount -t tmpfs none /run
mkdir -p /run/frr /run/sshd
mount --bind "$1/etc" /etc/frr
mount -t tmpfs none /var/log/frr
for file in passwd group shadow; do mount --bind "$1/$file" /etc/$file; done
hostname {NAME}
ip link set lo up
for port in {" ".join(PORTS)}; do ip link add "$port" type veth peer name "far-$port"; ip link set "far-$port" up; done
chown -R frr:frr /run/frr /etc/frr /var/log/frr "$1/home"
for daemon in {_DAEMONS}; do /usr/lib/frr/$daemon -d; done
vtysh -b
vtysh -c 'write memory' >/dev/null
nsenter --net=/proc/self/fd/9 /usr/sbin/sshd -f "$1/sshd_config" -p "$2"
echo ready
read -r line
"""
_SSHD = """\
ListenAddress 127.0.0.1
HostKey {folder}/hostkey
PidFile {folder}/sshd.pid
AuthorizedKeysFile none
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PrintMotd no
PrintLastLog no
AcceptEnv no
MaxStartups 200
"""


@dataclass
class Frr:
    """The running router. `inside` runs a command in its namespaces, beside every session."""

    folder: Path
    port: int
    pid: int

    def inside(self, *command: str, check: bool = True) -> str:
        # With the PID namespace: a number read in there must never mean a process of the host.
        enter = ("nsenter", "-t", str(self.pid), "-m", "-n", "-u", "-p")
        return subprocess.run([*enter, *command], capture_output=True, text=True, check=check, timeout=30).stdout

    def show(self) -> str:
        return self.inside("vtysh", "-c", "show running-config")

    @property
    def startup(self) -> str:
        return (self.folder / "etc/frr.conf").read_text()

    def type(self, *lines: str) -> str:
        """Configuration by somebody else."""
        return self.inside(
            "vtysh", *(word for line in ("configure terminal", *lines) for word in ("-c", line)), check=False
        )

    def reset(self) -> None:
        """Everything as it was at the start: running and startup configuration."""
        for _ in range(2):  # what one line takes away may let the next be taken
            back = _back(self.show().splitlines(), self.begun.splitlines())
            if not back:
                break
            self.type(*back)
        assert self.show() == self.begun
        self.inside("vtysh", "-c", "write memory")

    begun: str = ""

    def session(self, folder: Path, patience: float) -> RouterSession:
        """A session that waits so many seconds for the answer to a configuration line."""
        secrets = Secrets({"LVL3-MD5": "env:KEY"}, {"KEY": KEY})
        return open_session(
            Address(NAME, "127.0.0.1", self.port),
            replace(FRR, settings=replace(FRR.settings, config_timeout=patience)),
            ACCOUNT,
            Redactor(secrets.known(), b"fingerprints-of-the-tests"),
            known_hosts=folder / "known_hosts",
            accept_new=True,
            reveal=secrets.reveal_line,
            expect_hostname=NAME,
        )


def _back(now: list[str], then: list[str]) -> list[str]:
    """Crude on purpose, and not turnup's own way back: peers, lists and ports as at the start."""
    lines = []
    for line in now:
        if line in then:
            continue
        if line.startswith(" neighbor ") and " remote-as " in line:
            lines += ["router bgp 64500", f"no {line.strip()}", "exit"]
        elif line.startswith("ip prefix-list "):
            lines.append(f"no {line}")
    for port in ("eth1", "eth3"):
        lines += [f"interface {port}", "shutdown", "no description", "no bandwidth"]
        lines += [f"no {line.strip()}" for line in _section(now, f"interface {port}") if "ip address" in line]
        lines.append("exit")
    if " bandwidth 100000" in now and " bandwidth 100000" not in then:
        lines += ["interface eth2", "no bandwidth", "exit"]
    return lines if now != then else []


def _section(lines: list[str], header: str) -> list[str]:
    start = lines.index(header) + 1 if header in lines else len(lines)
    end = next((at for at in range(start, len(lines)) if lines[at] == "exit"), len(lines))
    return lines[start:end]


@contextmanager
def running(folder: Path) -> Iterator[Frr]:
    """FRR with its SSH server, ready to be logged in to."""
    folder.chmod(0o755)
    for name in ("etc", "home"):
        (folder / name).mkdir()
    version = subprocess.run(["/usr/lib/frr/zebra", "--version"], capture_output=True, text=True, check=True)
    (folder / "etc/frr.conf").write_text(START.replace("{version}", version.stdout.split()[2]))
    (folder / "etc/vtysh.conf").write_text("service integrated-vtysh-config\n")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "hostkey"], check=True)
    (folder / "sshd_config").write_text(_SSHD.format(folder=folder))
    _accounts(folder)
    port = _free_port()
    start = ["unshare", "-m", "-n", "-u", "-p", "--fork", "--kill-child=SIGKILL", "--mount-proc"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            ["bash", "-c", 'exec 9</proc/self/ns/net; exec "$@"', "start", *start, "bash", "-c", _NODE, "node",
             str(folder), str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        ) as node,
    ):  # fmt: skip
        assert node.stdin
        assert node.stdout
        try:
            assert any(line == "ready\n" for line in node.stdout), (folder / "log").read_text()
            (first,) = Path(f"/proc/{node.pid}/task/{node.pid}/children").read_text().split()
            _listening(port)
            frr = Frr(folder, port, int(first))
            frr.begun = frr.show()
            yield frr
        finally:
            with suppress(OSError):
                node.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                node.wait(10)
            node.kill()  # and with it, by --kill-child, everything below


def _accounts(folder: Path) -> None:
    """The host's accounts and one more, with the number of `frr`, so that it may save; for these namespaces only."""
    passwd = Path("/etc/passwd").read_text()
    _, _, uid, gid, *_ = next(line for line in passwd.splitlines() if line.startswith("frr:")).split(":")
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", ACCOUNT.password], capture_output=True, text=True, check=True
    ).stdout.strip()
    noc = f"noc:x:{uid}:{gid}::{folder}/home:/bin/bash\n"
    (folder / "passwd").write_text(noc + passwd)  # first: the name of that number is `noc` too
    groups = [f"{line},noc" if line.startswith("frrvty:") else line for line in Path("/etc/group").read_text().split()]
    (folder / "group").write_text("\n".join([*groups, ""]))
    (folder / "shadow").write_text(f"noc:{hashed}:20000:0:99999:7:::\nroot:*:20000:0:99999:7:::\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listening(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the SSH server does not answer")
