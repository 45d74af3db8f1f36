"""Runs a POP as network namespaces of this machine: no container engine, nothing of the host's network touched.

Everything lives below one process, the ground (scripts.py). Kill it, and the kernel ends every process, mount, link
and namespace of the POP; only the stage's folder is left, which `down` removes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from shlex import split
from typing import Any

from turnup.errors import CouldNotRun
from turnup.virtual.pop import scripts
from turnup.virtual.pop.entrance import open_door
from turnup.virtual.pop.processes import Process, begin, child_of, waited
from turnup.virtual.pop.runner import Address, Kind, Reach, run_in
from turnup.virtual.pop.services import doors, reach_of
from turnup.virtual.pop.stage import Stage

ADVICE = (
    "As root on Debian: apt-get install frr openssh-server iproute2 procps iputils-ping dnsmasq-base tftpd-hpa "
    "tftp-hpa vsftpd ser2net curl dnsutils libauthen-tacacsplus-perl "
    "(in a checkout: tests/lab/need_packages.sh)."
)
PROGRAMS = (
    "ip",
    "unshare",
    "nsenter",
    "setpriv",
    "vtysh",
    "sshd",
    "dnsmasq",
    "vsftpd",
    "in.tftpd",
    "ser2net",
    "perl",
)
FILES = ("/usr/lib/frr/zebra", "/usr/lib/frr/bgpd", "/usr/lib/frr/isisd", "/usr/bin/python3")
_STATE = "namespaces"
_READY_SECONDS = 60.0
_SPACES = ("--mount", "--net", "--pid", "--uts", "--ipc")
_STARTED: dict[int, list[subprocess.Popen[bytes]]] = {}  # by ground: those of this process, to be waited for at the end


class Namespaces:
    """Runner of kind namespaces. `with_parent`: the POP ends when this process does."""

    kind = Kind.NAMESPACES

    def __init__(self, stage: Stage, *, with_parent: bool = False) -> None:
        self.stage = stage
        self.with_parent = with_parent
        self._found: dict[str, Any] = {}  # what `remember` keeps: processes and the door's ports

    def check(self) -> None:
        """See that root, programs and namespaces are here. Raises CouldNotRun."""
        missing = [*missing_programs()]
        if missing:
            raise CouldNotRun(f"the POP cannot run: no {', '.join(missing)} on this machine", advice=ADVICE)
        if os.geteuid() != 0:
            raise CouldNotRun("the POP cannot run: network namespaces need root", advice="Run it as root.")
        tried = subprocess.run(
            ["unshare", *_SPACES, "--fork", "--mount-proc", "true"],
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode:
            raise CouldNotRun(
                f"the POP cannot run: no namespaces here: {tried.stderr.strip()}",
                advice="In a container it needs the capabilities SYS_ADMIN and NET_ADMIN; or run it outside.",
            )

    def up(self) -> None:
        """See Runner. Raises CouldNotRun with the last words of the node that did not start."""
        self.check()
        if self.running():
            raise CouldNotRun("this POP is already up", advice="Stop it first.")
        try:
            for step in (self._ground, self._nodes, self._door):
                step()
                self.stage.remember(_STATE, self._found)  # at once: whatever ends this process, `down` finds all of it
            self._ready()
        except BaseException:  # an interrupt too: nothing of it stays, and it goes on up
            self.down()
            raise

    def down(self) -> None:
        """See Runner. Raises CouldNotRun when a process of the POP does not end."""
        told = self._told()
        if "ground" not in told:
            return
        outer = Process(**told["ground"]["outer"])
        # The inner one: the outer then takes its end and ends too. Where that did not work, the outer one.
        for process in (Process(**told["ground"].get("inner", told["ground"]["outer"])), outer):
            with suppress(ProcessLookupError):
                if process.alive:
                    os.kill(process.number, signal.SIGKILL)
            with suppress(CouldNotRun):
                waited(lambda: not outer.alive, "the ground goes on", 5)
        for started in _STARTED.pop(outer.number, []):
            if started.stdin is not None:
                started.stdin.close()
            started.wait(20)
        left = self._left(told)
        waited(lambda: not self._left(told), f"processes of the POP do not end: {left}", 20)
        self._found = {}
        (self.stage.path / f"{_STATE}.json").unlink(missing_ok=True)

    def running(self) -> bool:
        """See Runner."""
        ground = self._told().get("ground", {})
        return "inner" in ground and Process(**ground["inner"]).alive

    def command(self, node: str, *words: str) -> list[str]:
        """See Runner. With all namespaces of the node: a number read in there must never mean a process out here."""
        process = Process(**self._told()["nodes"][node])
        if not process.alive:
            raise CouldNotRun(f"node {node} is not running")
        return ["nsenter", "-t", str(process.number), "-m", "-u", "-i", "-n", "-p", "--", *words]

    def reach(self) -> Reach:
        """See Runner: ports of 127.0.0.1, which the door passes on into the management network."""
        return reach_of(
            self.stage.topology, {name: Address("127.0.0.1", port) for name, port in self._told()["door"].items()}
        )

    def described(self) -> Mapping[str, Any]:
        """See Runner."""
        told = self._told()
        nodes = {name: Process(**node) for name, node in told["nodes"].items()}
        return {
            "process": told["ground"]["inner"]["number"],
            "nodes": {name: node.number for name, node in nodes.items()},
            "dead": [name for name, node in nodes.items() if not node.alive],
        }

    # --- starting ---------------------------------------------------------------------------------------------

    def _told(self) -> dict[str, Any]:
        return self._found or self.stage.remembered(_STATE)

    def _ground(self) -> None:
        script = scripts.ground(self.stage.topology, with_parent=self.with_parent)
        with self._console("ground") as console:
            ground = subprocess.Popen(
                ["unshare", *_SPACES, "--fork", "--kill-child", "--mount-proc", "--", "sh", "-c", script, "turnup-pop"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=console,
                cwd=self.stage.path,
                start_new_session=True,
            )
        outer = Process.of(ground.pid)
        _STARTED[outer.number] = [ground]
        self._found = {"ground": {"outer": outer.told()}, "hulls": []}
        try:
            self._found["ground"]["inner"] = child_of(ground.pid, 1).told()
            self.stage.remember(_STATE, self._found)  # before it does anything: a kill now leaves nothing unknown
            begin(ground, with_parent=self.with_parent)
        except (CouldNotRun, ProcessLookupError) as error:
            raise CouldNotRun(f"the POP's network did not come up: {self._last_words('ground')}") from error

    def _nodes(self) -> None:
        topology = self.stage.topology
        inside = ["nsenter", "-t", str(self._ground_number), "-m", "-p", "-u", "-i", "-n", "--"]
        started = {}
        for name, node in topology.nodes.items():
            words = ["ip", "netns", "exec", name, "unshare", "--mount", "--uts", "--ipc", "--pid", "--fork",
                     "--kill-child", "--mount-proc", "--", "sh", "-c", scripts.node(node, topology), name]  # fmt: skip
            with self._console(name) as console:
                started[name] = subprocess.Popen(
                    [*inside, *words], stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
                )
            self._keep(started[name])
        self._found["nodes"] = {}
        for name, process in started.items():
            try:
                self._found["nodes"][name] = child_of(process.pid, 2).told()
            except (CouldNotRun, ProcessLookupError) as error:
                raise CouldNotRun(f"node {name} did not start: {self._last_words(name)}") from error

    @property
    def _ground_number(self) -> int:
        return int(self._found["ground"]["inner"]["number"])

    def _door(self) -> None:
        """Listen out here, pass on in there: a socket stays in the network it was made in."""
        with self._console("door") as console:
            process, self._found["door"] = open_door(self._ground_number, doors(self.stage.topology), console)
        self._keep(process)

    def _ready(self) -> None:
        topology = self.stage.topology
        until = time.monotonic() + _READY_SECONDS
        for name, node in topology.nodes.items():
            process = Process(**self._found["nodes"][name])
            while not Path(f"/proc/{process.number}/root/run/ready").exists():
                if not process.alive or time.monotonic() > until:
                    raise CouldNotRun(f"node {name} did not become ready: {self._last_words(name)}")
                time.sleep(0.01)
            for line in node.after:
                run_in(self, name, split(line))

    def _keep(self, process: subprocess.Popen[bytes]) -> None:
        """A process that ends when what it started in there has ended, and until then is in there with one foot."""
        _STARTED[self._found["ground"]["outer"]["number"]].append(process)
        self._found["hulls"].append(Process.of(process.pid).told())

    def _console(self, name: str) -> Any:
        return (self.stage.path / f"{name}.out").open("ab")

    def _last_words(self, name: str) -> str:
        return (self.stage.path / f"{name}.out").read_text(errors="replace").strip()[-800:] or "no word"

    @staticmethod
    def _left(told: Mapping[str, Any]) -> list[int]:
        """Numbers of the POP's own processes that still run."""
        ground = told.get("ground")
        known = [*(ground.values() if ground else ()), *told.get("nodes", {}).values(), *told.get("hulls", ())]
        return [one["number"] for one in known if Process(**one).alive]


def missing_programs() -> Iterator[str]:
    """What the nodes need and this machine has not."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    yield from (name for name in PROGRAMS if shutil.which(name, path=path) is None)
    yield from (file for file in FILES if not Path(file).exists())
    if shutil.which("perl") and subprocess.run(["perl", "-MAuthen::TacacsPlus", "-e1"], capture_output=True).returncode:
        yield "perl's Authen::TacacsPlus"
