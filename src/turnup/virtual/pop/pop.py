"""A POP that runs, and what tests, benchmarks and the laboratory do with it. Any runner may carry it."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnup.errors import CouldNotRun, UsageError
from turnup.virtual.pop.runner import Kind, Reach, Runner, run_in
from turnup.virtual.pop.services import HOST
from turnup.virtual.pop.stage import RUNNER, Stage, write_stage
from turnup.virtual.pop.topology import Topology

# Sides that are up when all is: 3 links of IS-IS; 3 sessions of iBGP, cr1-dnac, cr2-cust1. cust2 waits for its port.
_ADJACENCIES = {"cr1": 2, "cr2": 2, "cr3": 2}
_SESSIONS = {"cr1": 3, "cr2": 3, "cr3": 2, "dnac": 1, "cust1": 1}
ADJACENCIES, SESSIONS = sum(_ADJACENCIES.values()), sum(_SESSIONS.values())


@dataclass(frozen=True)
class Pop:
    """A running POP."""

    stage: Stage
    runner: Runner
    topology: Topology

    @property
    def reach(self) -> Reach:
        """Where SSH, consoles, name server and TACACS+ are found from this machine."""
        return self.runner.reach()

    def inside(self, node: str, *words: str, given: str = "", check: bool = True, seconds: float = 30.0) -> str:
        """Standard output of a command run in a node as its root. Raises CouldNotRun; with `check` off, never for
        the command's own failure, and its complaint is added."""
        if node not in self.topology.nodes:
            raise UsageError(f"no node {node!r}; there are {', '.join(self.topology.nodes)}")
        return run_in(self.runner, node, words, given=given, check=check, seconds=seconds)

    def vtysh(self, node: str, *commands: str, check: bool = True) -> str:
        """What FRR's command line of a router answers."""
        return self.inside(node, "vtysh", *(word for line in commands for word in ("-c", line)), check=check)

    def configure(self, node: str, *lines: str) -> str:
        """Configure a router beside every session, as somebody else would; what FRR complained of."""
        return self.vtysh(node, "configure terminal", *lines, check=False)

    def cut(self, node: str, interface: str) -> None:
        """Cut the cable: this router loses the carrier of a port that stays enabled."""
        far = self.topology.far_end(node, interface)
        self.inside(far.node, "ip", "link", "set", far.interface, "down")

    def mend(self, node: str, interface: str) -> None:
        """The cable is whole again."""
        far = self.topology.far_end(node, interface)
        self.inside(far.node, "ip", "link", "set", far.interface, "up")

    def service(self, name: str, *, on: bool) -> None:
        """Start or stop a service of the services host: tacacs, dns, syslog, ftp, tftp, console. It serves, or is gone,
        when this returns."""
        self.inside(HOST, "/etc/pop/bin/service", "start" if on else "stop", name)

    def adjacencies(self) -> int:
        """Sides of IS-IS adjacencies that are up."""
        return sum(map(self._adjacencies, _ADJACENCIES))

    def sessions(self) -> int:
        """Sides of BGP sessions that are established, without cust2's."""
        return sum(map(self._sessions, _SESSIONS))

    def _adjacencies(self, node: str) -> int:
        return self.vtysh(node, "show isis neighbor", check=False).count("  Up  ")

    def _sessions(self, node: str) -> int:
        return list(self.peers(node).values()).count("Established")

    def peers(self, node: str) -> dict[str, str]:
        """BGP state of each neighbour of a router, by address; empty while its bgpd does not answer."""
        try:
            told: dict[str, Any] = json.loads(self.vtysh(node, "show bgp ipv4 unicast summary json", check=False))
        except ValueError:
            return {}
        return {peer: str(about["state"]) for peer, about in told.get("peers", {}).items()}

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until every adjacency and every session of the start is up. Raises CouldNotRun."""
        until = time.monotonic() + seconds
        for what, look, expected in (
            ("adjacencies", self._adjacencies, _ADJACENCIES),
            ("sessions", self._sessions, _SESSIONS),
        ):
            for node, number in expected.items():
                while (up := look(node)) != number:  # one router after the other: all have to be up in the end
                    if time.monotonic() > until:
                        raise CouldNotRun(f"after {seconds:g} s {node} has {up} of {number} {what}")
                    time.sleep(0.05)

    def down(self) -> None:
        """Stop it and remove its folder."""
        with self.stage.held():
            self.runner.down()
        self.stage.remove()


def kind_told() -> Kind:
    """The runner that TURNUP_LAB_RUNNER names, for one suite to run on both; namespaces when it is not set.

    Raises UsageError when it names none.
    """
    told = os.environ.get("TURNUP_LAB_RUNNER", Kind.NAMESPACES)
    if told not in list(Kind):
        raise UsageError(f"TURNUP_LAB_RUNNER is {told!r}", advice=f"One of: {', '.join(Kind)}.")
    return Kind(told)


def start(
    folder: Path,
    kind: Kind | None = None,
    *,
    with_parent: bool = False,
    source: Path | None = None,
    configurations: Mapping[str, str] | None = None,
) -> Pop:
    """Write the stage into the folder and start the POP on it; every node is ready when this returns.

    `kind`: left out, TURNUP_LAB_RUNNER says it; another runner is never taken instead. `with_parent`: it ends when this
    process does. `source`, `configurations`: see write_stage. Raises CouldNotRun with advice.
    """
    kind = kind or kind_told()
    runner_of(kind, Stage(folder)).check()
    stage = write_stage(folder, source=source, configurations=configurations)
    stage.remember(RUNNER, {"kind": kind})
    runner = runner_of(kind, stage, with_parent=with_parent)
    try:
        with stage.held():
            runner.up()
    except BaseException:  # an interrupt too: nothing of it stays, and it goes on up
        runner.down()
        stage.remove()
        raise
    return Pop(stage, runner, stage.topology)


def opened(folder: Path) -> Pop:
    """The POP that runs from that folder, started by another process perhaps. Raises UsageError when none does."""
    stage = Stage(folder)
    told = stage.remembered(RUNNER)
    if not told:
        raise UsageError(f"no POP runs from {folder}", advice="Start one with `turnup lab up --netns` or `--clab`.")
    return Pop(stage, runner_of(Kind(told["kind"]), stage), stage.topology)


@contextmanager
def running(kind: Kind | None = None, *, folder: Path | None = None, settled: bool = True) -> Iterator[Pop]:
    """A POP for as long as the block runs; by default with its protocols settled."""
    with tempfile.TemporaryDirectory(prefix="turnup-pop-") as temporary:
        pop = start(folder or Path(temporary) / "pop", kind, with_parent=True)
        try:
            if settled:
                pop.settle()
            yield pop
        finally:
            pop.down()


def runner_of(kind: Kind, stage: Stage, *, with_parent: bool = False) -> Runner:
    """The runner of that kind."""
    if kind is Kind.NAMESPACES:
        from turnup.virtual.pop.namespaces import Namespaces

        return Namespaces(stage, with_parent=with_parent)
    from turnup.virtual.pop.containers import Containers

    return Containers(stage, with_parent=with_parent)
