"""A POP whose ordered port is in service: the lab, the NOC that works on it, what is done to it, what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import paramiko
from pop_faults import Step, Until

from turnup import folder, job, laboratory, pop_lab
from turnup.errors import CouldNotRun
from turnup.home import Home
from turnup.laboratory import Lab, control
from turnup.load.order import read_order
from turnup.model.certificate import Certificate, Occasion
from turnup.model.equipment import Assignment
from turnup.noc import Noc, open_noc
from turnup.virtual.pop.pop import Pop, kind_told, opened

ROUTER, PEER, PREFIX = "cr3", "10.2.2.2", "203.0.113.0/24"
LOG = "/var/log/frr/frr.log"
ORDERS = {"frr": "pop", "ios": "front"}  # platform -> folder of lab/ that has its order


@dataclass
class ServedPort:
    """The running lab on one platform, and the port of the order."""

    platform: str
    lab: Lab
    pop: Pop
    noc: Noc
    assignment: Assignment

    def test(self) -> Certificate:
        """The twenty tests as after a repair."""
        return job.tested(self.noc, ROUTER, self.assignment, Occasion.REPAIR)

    def established(self, peer: str = PEER) -> bool:
        """Whether cr3 holds that session."""
        return self.pop.peers(ROUTER).get(peer) == "Established"

    def at_upstream(self, prefix: str = PREFIX) -> bool:
        """Whether the customer's upstream has the prefix."""
        return prefix in self.pop.vtysh("dnac", f"show ip bgp {prefix}", check=False).replace("not in", "")

    def healthy(self) -> bool:
        """As after the push: adjacencies, sessions with the mesh, the customer's session, its prefix upstream."""
        states = self.pop.peers(ROUTER)
        return (
            self.pop.adjacencies() == 6
            and all(state == "Established" for state in states.values())
            and len(states) == 3
            and self.at_upstream()
            and self.let_in()
            and self.quiet()
        )

    def quiet(self) -> bool:
        """Whether the front's AAA client has nothing on its way: a record that no server took counts when it is given
        up, seconds later, and that would be the next test's failure.
        """
        if self.platform != "ios":
            return True
        told = control(self.lab, {"do": "status"})["routers"][ROUTER]
        return not told["live"]["unsent"] and not told["sessions"]

    def let_in(self) -> bool:
        """Whether the NOC's own login is taken."""
        about = self.lab.ready["routers"][ROUTER]["ssh"]
        words = self.lab.environment
        client = paramiko.SSHClient()
        client.load_host_keys(str(self.lab.home.known_hosts))
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            client.connect(
                about["host"], about["port"], words["TURNUP_USERNAME"], words["TURNUP_PASSWORD"],
                allow_agent=False, look_for_keys=False, timeout=20,
            )  # fmt: skip
        except paramiko.AuthenticationException:
            return False
        finally:
            client.close()
        return True

    def felt(self, until: Until | None) -> bool:
        """Whether the fault has its effect."""
        if until is None:
            return True
        return (
            (until.adjacencies is None or self.pop.adjacencies() <= until.adjacencies)
            and (not until.down or not self.established(until.down))
            and (not until.up or self.established(until.up))
            and (not until.lost or not self.at_upstream(until.lost))
            and (not until.there or self.at_upstream(until.there))
            and (not until.refused or not self.let_in())
        )

    def lacking(self, needs: Step | None) -> str:
        """What this machine lacks for a fault, in words; "" for nothing."""
        try:
            if needs is not None:
                self.pop.inside(needs.node, "sh", "-c", needs.run)
        except CouldNotRun as error:
            return str(error)
        return ""

    def configured(self) -> str:
        """The router's configuration as FRR has it, and as the front has it."""
        told = self.pop.vtysh(ROUTER, "show running-config")
        if self.platform == "ios":
            told += str(control(self.lab, {"do": "running", "router": ROUTER})["running"])
        return told

    def log_length(self) -> int:
        """Bytes of FRR's log."""
        return int(self.pop.inside(ROUTER, "stat", "-c", "%s", LOG))

    def forget_log(self, length: int) -> None:
        """The log is what it was: what a fault left in it is not the next fault's."""
        if self.platform == "frr":
            self.pop.inside(ROUTER, "truncate", "-s", str(length), LOG)
            return
        told = control(self.lab, {"do": "running", "router": ROUTER})
        control(self.lab, {"do": "restore", "router": ROUTER, **{k: told[k] for k in ("running", "startup")}})
        ours = "%SYS-5-CONFIG_I: Configured from console by noc on vty0 (127.0.0.1)"
        control(self.lab, {"do": "log", "router": ROUTER, "text": ours})

    def do(self, steps: Sequence[Step]) -> None:
        """Carry out the steps in turn; none of them is refused."""
        log = self.log_length()
        for step in steps:
            if step.ready:
                waited(self.healthy, "the port is healthy on the ground of the fault")
                self.forget_log(log)
            elif step.wait is not None:
                waited(partial(self.felt, step.wait), f"{step.wait}")
            else:
                self._do(step)

    def _do(self, step: Step) -> None:
        if step.cut:
            self.pop.cut(*step.cut.split(":"))
        elif step.mend:
            self.pop.mend(*step.mend.split(":"))
        elif step.service:
            self.pop.service(step.service, on=step.on)
        elif step.front:
            told = control(self.lab, {"do": "configure", "router": step.front, "lines": self._filled(step.type)})
            assert not any(told["answers"]), told
        elif step.run:
            self.pop.inside(step.node, "sh", "-c", step.run, seconds=60)
        else:
            said = self.pop.configure(step.node, *self._filled(step.type))
            assert "%" not in said, said

    def _filled(self, lines: Sequence[str]) -> list[str]:
        return [line.format_map(self.lab.environment) for line in lines]


def waited(look: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until it is so."""
    until = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)


@contextmanager
def in_service(platform: str) -> Iterator[ServedPort]:
    """A POP on that platform, by the runner that TURNUP_LAB_RUNNER names, with the order carried out."""
    with TemporaryDirectory(prefix="turnup-served-") as name:
        lab = pop_lab.up(Home(Path(name)), str(kind_told()), front="ios" if platform == "ios" else "")
        policy = lab.inventory / "policy.yaml"
        policy.write_text(policy.read_text() + "sensitivity: false\n")
        try:
            noc = open_noc(inventory=lab.inventory, home=lab.home, environment=lab.environment)
            pop = opened(Path(str(lab.ready["folder"])))
            assignment = job.assigned(noc, read_order(folder("lab") / ORDERS[platform] / "order.yaml"), enter=True)
            job.planned(noc, assignment)
            _, outcome = job.pushed(noc, assignment)
            assert str(outcome.state) == "saved", outcome
            port = ServedPort(platform, lab, pop, noc, assignment)
            waited(port.healthy, "the customer's session and its prefix at the upstream")
            yield port
        finally:
            laboratory.down(Home(Path(name)))
