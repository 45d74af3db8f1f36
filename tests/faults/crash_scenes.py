"""The scenes of the crash proof: virtual routers, and for each action what stands before and after it.

A scene is made with the command line, as a person would; every case starts from its copy.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from crash_forked import in_child

from turnup import folder, laboratory
from turnup.home import Home
from turnup.laboratory import Lab, control

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
ORDER = folder("orders") / "60-hudson-ds3-level3.xml"
DISCONNECT = folder("orders") / "60-hudson-ds3-level3-disconnect.xml"
NOW = ("--confirm", "--emergency", "the proof cannot wait for Sunday")
ACTIONS = ("NEW", "CHANGE", "DISCONNECT", "REDESIGNATE", "MOVE")
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
class Standing:
    """What everybody says of the orders: the ledger (order -> port, begun), marks of ports, states of histories."""

    ledger: Mapping[str, tuple[str, bool]]
    bad: tuple[tuple[str, str], ...]
    histories: Mapping[str, str]
    faults: tuple[str, ...] = ()


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

    @property
    def lines(self) -> int:
        """How many of the steps are configuration lines."""
        return sum(step["section"] != "exec" for step in self.steps)


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

    def router(self) -> tuple[str, str]:
        """Running and startup configuration."""
        answer = self.tell("running")
        return answer["running"], answer["startup"]

    def tell(self, what: str, **message: Any) -> dict[str, Any]:
        """Ask the routers' process."""
        return control(self.lab, {"do": what, "router": ROUTER, **message})

    def heard(self) -> list[dict[str, Any]]:
        """Every command since `listen`."""
        found: list[dict[str, Any]] = self.tell("heard")["heard"]
        return found

    # --- the command line --------------------------------------------------------------------------------------------

    def work(self, *words: object, patience: float = 0.0, dies: str = "") -> Callable[[], None]:
        """`turnup --lab ...` as work for a child; `patience` instead of the platform's minutes.

        `dies`: it is killed when that entry has been made.
        """
        return partial(_command, self.environment, tuple(map(str, words)), patience, dies)

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

    def recover(self) -> tuple[int, Standing]:
        """`turnup recover` (its exit code) and what everybody says after it: work for a child."""
        code = 0
        try:
            self.work("recover", ROUTER)()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, _standing(self.environment)

    def standing(self) -> Standing:
        """What ledger, records and store say now."""
        code, found = in_child(partial(_standing, self.environment), self.folder / "said")
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

    def scene(self, action: str) -> Scene:
        """Bring the stage to where that action begins; then once through it, to know where it ends."""
        self.put_back(self.empty)
        words = self._prepare(action)
        self.must("order", "advance")  # histories know all that is recorded, so that only the action changes them
        scene = Scene(action, words, self.keep(action), self.router(), self.standing())
        self.put_back(scene)
        self.tell("listen", mishaps=[])
        self.must(*words)
        steps = tuple(self.heard())
        return replace(scene, after=self.router(), said_after=self.standing(), steps=steps)

    @property
    def empty(self) -> Scene:
        """No order has ever come."""
        if not hasattr(self, "_empty"):
            nothing = Standing({}, (), {})
            self._empty = Scene("", (), self.keep("empty"), self.router(), nothing)
        return self._empty

    def _prepare(self, action: str) -> tuple[str, ...]:
        if action == "NEW":
            self.must("order", "ack", ORDER)
            return ("push", str(ORDER), "--confirm")
        self.must("push", ORDER, "--confirm")
        if action == "MOVE":
            return ("move", PSO, "--because", "loss of signal", "--to", "Serial5/1", *NOW)
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


def preload() -> None:
    """Load what every child needs, once; without a thread or a session."""
    import alembic.command
    import hier_config
    import netmiko
    import paramiko
    import sqlalchemy
    import sqlalchemy.dialects.sqlite
    import typer.main

    import turnup.carry
    import turnup.change.hierarchy
    import turnup.cli.app
    import turnup.cli.job
    import turnup.cli.recover
    import turnup.cli.service
    import turnup.connect.opening
    import turnup.connect.plugin
    import turnup.connect.router
    import turnup.connect.telnet
    import turnup.desk.checking
    import turnup.noc
    import turnup.service
    import turnup.store.checking

    del alembic, hier_config, netmiko, paramiko, sqlalchemy
    # Read once, not in every child: three quarters of a second would be spent on each case.
    vars(turnup.noc)["load_equipment"] = lru_cache(vars(turnup.noc)["load_equipment"])
    typer.main.get_command = lru_cache(typer.main.get_command)


def _command(environment: Mapping[str, str], words: tuple[str, ...], patience: float, dies: str) -> None:
    from turnup.cli import main

    _environment(environment)
    if dies:
        _dying(dies)
    if patience:
        _impatient(patience)
    sys.argv = ["turnup", "--lab", *words]
    main()


def _environment(environment: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("TURNUP_")]:
        del os.environ[name]
    os.environ.update(environment)


def _dying(entry: str) -> None:
    """SIGKILL when the journal says so, or when the ledger does and the journal not yet."""
    import turnup.change.push
    from turnup.change.journal import Journal

    write, entered = Journal.write, vars(turnup.change.push)["entered"]

    def written(self: Journal) -> None:
        write(self)
        if self.record.state == entry:
            os.kill(os.getpid(), signal.SIGKILL)

    def enter(*words: Any) -> Any:
        done = entered(*words)
        if entry == "books":
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    Journal.write = written  # type: ignore[method-assign]
    vars(turnup.change.push)["entered"] = enter


def _impatient(seconds: float) -> None:
    """A router that is silent for that long is silent for ever: nobody waits two minutes for each case."""
    from turnup.connect import opening
    from turnup.platforms import platform

    settings = platform("ios").settings
    for name in ("config_timeout", "read_timeout"):
        object.__setattr__(settings, name, seconds)
    opening.open_session.__kwdefaults__ = {**(opening.open_session.__kwdefaults__ or {}), "seconds": seconds}


def _standing(environment: Mapping[str, str]) -> Standing:
    from turnup.desk.checking import all_faults
    from turnup.desk.entering import Desk
    from turnup.laboratory import lab_of
    from turnup.noc import open_noc
    from turnup.store.events import standings

    _environment(environment)
    lab = lab_of(Home.of())
    noc = open_noc(inventory=lab.inventory, home=lab.home, environment=lab.environment)
    held = {one.order.order_id: one for one in noc.ledger.assignments()}
    ledger = {
        order: (f"{one.port.interface} {one.order.layer3}", noc.ledger.begun(order)) for order, one in held.items()
    }
    store = noc.store()
    try:
        with store.reading() as connection:
            lives = {life.order_id: str(life.state) for life in standings(connection)}
        faults = tuple(all_faults(Desk(noc, store)))
    finally:
        store.close()
    return Standing(ledger, tuple(sorted(noc.records.bad_ports())), lives, faults)
