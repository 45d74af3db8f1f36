"""The scenes of the crash proof: virtual routers, and for each action what stands before and after it.

A scene is made with the command line, as a person would; every case starts from its copy.
"""

from __future__ import annotations

import gc
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from crash_commands import Standing, command, standing
from crash_faults import BEGUN
from crash_forked import Child, in_child

from turnup import folder, laboratory
from turnup.errors import ExitCode
from turnup.home import Home
from turnup.laboratory import Lab, control

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
ORDER = folder("orders") / "60-hudson-ds3-level3.xml"
DISCONNECT = folder("orders") / "60-hudson-ds3-level3-disconnect.xml"
NOW = ("--confirm", "--emergency", "the proof cannot wait for Sunday")
ACTIONS = ("NEW", "CHANGE", "DISCONNECT", "REDESIGNATE", "MOVE", "VACATE")
OTHER = "nyc-hud-gsr2"  # where the order has gone when the router is vacated
TRANSPORTS = ("telnet", "ssh")

HEAD = """\
order_id: {id}
action: {action}
supersedes: PSO-2001-000051
location: {{site: NYC-60HUDSON}}
speed: DS3
customer: {{code: {code}, name: Somebody}}
requested_by: J. Smith, Qwest order desk
"""
CHANGE = """\
cross_connect: {circuit_id: T3Z/NYC/0099, customer_demarc: Cage 12 panel 4 pos 8}
layer2: {encapsulation: HDLC, crc: 16, scramble: true}
layer3: {link_prefix: 10.10.9.0/30}
bgp:
  peer_as: 64603
  maximum_prefix: 250
  allowed_prefixes: [203.0.113.0/24, 198.51.100.0/24]
  md5_key_ref: LVL3-MD5
"""
REDESIGNATE = """\
cross_connect: {circuit_id: T3Z/NYC/0044, customer_demarc: Cage 9 panel 1 pos 1}
layer2: {encapsulation: PPP, crc: 32}
layer3: {link_prefix: 10.10.8.0/30}
bgp:
  peer_as: 64604
  maximum_prefix: 50
  allowed_prefixes: [198.51.100.0/24]
"""


@dataclass(frozen=True)
class Scene:
    """One action: its words, its data folder, the router before and after it, and what was heard in between."""

    action: str
    words: tuple[str, ...]
    data: Path
    before: tuple[str, str]
    said_before: Standing
    after: tuple[str, str] = ("", "")
    said_after: Standing | None = None
    steps: tuple[Mapping[str, Any], ...] = ()
    other: tuple[str, str] = ("", "")  # the other router's configurations, before and after

    recoveries: Mapping[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many of the steps are configuration lines."""
        return sum(step["section"] != "exec" for step in self.steps)

    def point(self, begun: str) -> int:
        """The command at which the change is killed so that recovery has most to do: see BEGUN."""
        exec_steps = [number for number, step in enumerate(self.steps, start=1) if step["section"] == "exec"]
        texts = {number: self.steps[number - 1]["text"] for number in exec_steps}
        if begun == "complete":
            return next(number for number in exec_steps if texts[number] == "write memory")
        typing = next(number for number in exec_steps if texts[number] == "configure terminal")
        return next(number for number in exec_steps if number > typing) - 2  # the last line of phase 1 is not typed


def owes(scene: Scene) -> int:
    """Exit code of a recovery that has taken the action back: what an order has left behind is owed still."""
    return int(ExitCode.WAITS) if scene.action == "VACATE" else 0


@dataclass
class Stage:
    """Virtual routers in a process of their own, and the data folder in front of them."""

    folder: Path
    transport: str
    lab: Lab = field(init=False)

    def __post_init__(self) -> None:
        self.home = Home(self.folder / "home")
        with_inventory = folder("inventory")
        self.lab = laboratory.up(self.home, with_inventory, with_parent=True)
        if self.transport == "telnet":
            self._by_telnet()
        self.environment = {**self.lab.environment, "TURNUP_HOME": str(self.home.path), "COLUMNS": "200"}
        self._rehearse()

    def _rehearse(self) -> None:
        """Go once through it here: what is loaded and compiled now is spared every child that is forked."""
        self.put_back(self.empty)
        said, argv = self.folder / "said.rehearsal", sys.argv
        with said.open("w") as file, redirect_stdout(file), redirect_stderr(file):
            for mishaps in ([{"at": 20, "kind": "reject", "lines": ["% No"], "stays": False}], []):
                self.tell("listen", mishaps=mishaps)
                for words in (("order", "ack", ORDER), ("push", ORDER, "--confirm"), ("order", "advance")):
                    with suppress(SystemExit):
                        self.work(*words)()
                self.recover()
        sys.argv = argv
        for _ in range(100):
            if threading.active_count() == 1:
                break
            time.sleep(0.05)
        if threading.active_count() > 1:
            raise RuntimeError(f"a process with threads cannot be forked: {threading.enumerate()}")
        gc.collect()
        gc.freeze()

    def _by_telnet(self) -> None:
        from ruamel.yaml import YAML

        yaml = YAML(typ="rt", pure=True)
        path = self.lab.inventory / "hosts.yaml"
        hosts = yaml.load(path.read_text())
        for name, host in hosts.items():
            port = self.lab.ready["routers"][name]["telnet"]
            host["connection_options"] = {"turnup": {"port": port, "extras": {"telnet": True}}}
        with path.open("w") as file:
            yaml.dump(hosts, file)

    def down(self) -> None:
        """Stop the routers."""
        laboratory.down(self.home)

    # --- the router ------------------------------------------------------------------------------------------------

    def router(self, name: str = ROUTER) -> tuple[str, str]:
        """Running and startup configuration."""
        answer = self.tell("running", router=name)
        return answer["running"], answer["startup"]

    def tell(self, what: str, **message: Any) -> dict[str, Any]:
        """Ask the routers' process."""
        return control(self.lab, {"router": ROUTER, **message, "do": what})

    def heard(self) -> list[dict[str, Any]]:
        """Every command since `listen`."""
        found: list[dict[str, Any]] = self.tell("heard")["heard"]
        return found

    # --- the command line --------------------------------------------------------------------------------------------

    def work(self, *words: object, patience: float = 0.0, dies: str = "") -> Callable[[], None]:
        """`turnup --lab ...` as work for a child; `patience` instead of the platform's minutes.

        `dies`: it is killed when that entry has been made.
        """
        return partial(command, self.environment, tuple(map(str, words)), patience, dies)

    def turnup(self, *words: object) -> tuple[int, str]:
        """Exit code, and what was said."""
        said = self.folder / "said"
        code, _ = in_child(self.work(*words), said)
        return code, said.read_text()

    def must(self, *words: object) -> None:
        """Run it; it has to succeed."""
        code, said = self.turnup(*words)
        if code:
            raise RuntimeError(f"turnup {' '.join(map(str, words))}: {code}\n{said}")

    def recovery(self, dies: str = "") -> Callable[[], None]:
        """`turnup recover` as work for a child; `dies` as above."""
        return self.work("recover", ROUTER, dies=dies)

    def recover(self) -> tuple[int, Standing]:
        """`turnup recover` (its exit code) and what everybody says after it: work for a child."""
        code = 0
        try:
            self.work("recover", ROUTER)()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, standing(self.environment)

    def standing(self) -> Standing:
        """What ledger, records and store say now."""
        code, found = in_child(partial(standing, self.environment), self.folder / "said")
        if code or not isinstance(found, Standing):
            raise RuntimeError((self.folder / "said").read_text())
        return found

    # --- scenes ------------------------------------------------------------------------------------------------------

    def keep(self, name: str) -> Path:
        """A copy of the data folder."""
        kept = self.folder / "scenes" / name
        shutil.copytree(self.lab.home.path, kept)
        return kept

    def put_back(self, scene: Scene) -> None:
        """Routers and data folder as they were before the action."""
        shutil.rmtree(self.lab.home.path)
        shutil.copytree(scene.data, self.lab.home.path)
        self.tell("restore", running=scene.before[0], startup=scene.before[1])
        self.tell("restore", router=OTHER, running=scene.other[0], startup=scene.other[1])

    def scene(self, action: str) -> Scene:
        """Bring the stage to where that action begins; then once through it, to know where it ends."""
        self.put_back(self.empty)
        words = self._prepare(action)
        self.must("order", "advance")  # histories know all that is recorded, so that only the action changes them
        scene = Scene(action, words, self.keep(action), self.router(), self.standing(), other=self.router(OTHER))
        self.put_back(scene)
        self.tell("listen", mishaps=[])
        self.must(*words)
        steps = tuple(self.heard())
        scene = replace(scene, after=self.router(), said_after=self.standing(), steps=steps)
        return replace(scene, recoveries={begun: self._recovery(scene, begun) for begun in BEGUN})

    def _recovery(self, scene: Scene, begun: str) -> int:
        self.put_back(scene)
        self.kill(scene, begun)
        self.tell("listen", mishaps=[])
        if self.turnup("recover", ROUTER)[0] not in (0, owes(scene)):
            raise RuntimeError((self.folder / "said").read_text())
        return len(self.heard())

    def kill(self, scene: Scene, begun: str) -> tuple[int, list[dict[str, Any]]]:
        """Kill the change there, for a recovery; its exit code, and what the router heard."""
        child = Child(self.work(*scene.words), self.folder / "said.command")
        self.tell("listen", mishaps=[{"at": scene.point(begun), "kind": "kill-before", "lines": [], "pid": child.pid}])
        child.go()
        code, _ = child.end()
        return code, self.heard()

    @property
    def empty(self) -> Scene:
        """No order has ever come."""
        if not hasattr(self, "_empty"):
            nothing = Standing({}, (), {})
            self._empty = Scene("", (), self.keep("empty"), self.router(), nothing, other=self.router(OTHER))
        return self._empty

    def _moved_away(self) -> None:
        """The order goes to the other router while this one does not answer: its lines stay, and are owed."""
        self.tell("listen", mishaps=[{"at": 1, "kind": "drop-before", "lines": [], "stays": True}])
        move = ("move", PSO, "--because", "it is dead", "--to", f"{OTHER}:Serial5/1", "--old-later", *NOW)
        code, said = self.turnup(*move)
        self.tell("listen", mishaps=[])
        if code != ExitCode.WAITS:
            raise RuntimeError(f"turnup {' '.join(move)}: {code}\n{said}")

    def _prepare(self, action: str) -> tuple[str, ...]:
        if action == "NEW":
            self.must("order", "ack", ORDER)
            return ("push", str(ORDER), "--confirm")
        self.must("push", ORDER, "--confirm")
        if action == "MOVE":
            return ("move", PSO, "--because", "loss of signal", "--to", "Serial5/1", *NOW)
        if action == "VACATE":
            self._moved_away()
            return ("recover", ROUTER, *NOW[1:])
        if action == "DISCONNECT":
            self.must("order", "ack", DISCONNECT)
            return ("disconnect", str(DISCONNECT), *NOW)
        order = self.folder / f"{action.lower()}.yaml"
        number, body, code = (61, CHANGE, "LVL3") if action == "CHANGE" else (63, REDESIGNATE, "OTHR")
        order.write_text(HEAD.format(id=f"PSO-2001-{number:06}", action=action, code=code) + body)
        self.must("order", "ack", order)
        if action == "CHANGE":
            return ("push", str(order), *NOW)
        for what, which in (("removed", PSO), ("made", "PSO-2001-000063")):
            self.must("logbook", "cross-connect", what, which, "--by", "field staff")
        return ("redesignate", str(order), *NOW)
