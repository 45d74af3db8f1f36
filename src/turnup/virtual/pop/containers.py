"""Runs a POP as containers: containerlab deploys the staged topology file on a Docker engine.

What is missing is made once and kept in the user's cache: containerlab itself, an engine's folder, the nodes' image.
Everything else goes with `down`, which looks whether it has gone.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from turnup import folder
from turnup.errors import CouldNotRun, InputError
from turnup.load.yaml import read_yaml
from turnup.virtual.pop import containerlab, engine, image
from turnup.virtual.pop.engine import Engine
from turnup.virtual.pop.entrance import open_door
from turnup.virtual.pop.processes import Process
from turnup.virtual.pop.programs import last_words
from turnup.virtual.pop.runner import Address, Kind, Reach
from turnup.virtual.pop.services import doors, inside, reach_of
from turnup.virtual.pop.stage import FILE, Stage
from turnup.virtual.pop.topology import Topology, read_topology
from turnup.virtual.pop.traces import engine_left, first_processes, left_of, process_of

READY_SECONDS = 60.0
_STATE = "containers"


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Containers:
    """Runner of kind containers. `with_parent`: an engine of our own ends when this process does, and the POP with it.

    `say` is told of what takes long: an engine, an image, containerlab's build.
    """

    kind = Kind.CONTAINERS

    def __init__(self, stage: Stage, *, with_parent: bool = False, say: Callable[[str], None] = _on_stderr) -> None:
        self.stage = stage
        self.with_parent = with_parent
        self.say = say
        self._started: list[subprocess.Popen[bytes]] = []

    def check(self) -> None:
        """See Runner. Nothing is started or built."""
        if os.geteuid():
            raise CouldNotRun("the POP cannot run: containerlab needs root", advice="Run it as root, or with sudo.")
        runs = self._engine()
        if runs is None:
            engine.check_own_engine()
        if containerlab.find_containerlab(cache()) is None:
            containerlab.check_go()
        if runs is None or not image.image_is_there(runs, self._image, image.read_recipe()):
            image.check_image_tools()

    def prepare(self) -> Engine:
        """An engine that runs, the image and containerlab: what only the first time takes minutes."""
        self.check()
        if containerlab.find_containerlab(cache()) is None:
            self.say(f"building containerlab {containerlab.VERSION} with Go: minutes, once")
            containerlab.build_containerlab(cache())
        runs = self._engine()
        if runs is None:
            self.say("starting a Docker engine for this POP alone")
            runs = engine.start_engine(cache() / "docker", with_parent=self.with_parent)
        recipe = image.read_recipe()
        if not image.image_is_there(runs, self._image, recipe):
            self.say(f"building the nodes' image from Debian {recipe.suite}: a minute or two, once")
            image.build_image(runs, self._image, recipe)
        return runs

    def up(self) -> None:
        """See Runner. Raises CouldNotRun with the last words of what did not start."""
        if self.running():
            raise CouldNotRun("this POP is already up", advice="Stop it first.")
        self.stage.remember(_STATE, {"begun": True})  # whatever ends this process, `down` finds what it started
        try:
            with _alone():
                self._up()
        except BaseException:  # an interrupt too: nothing of it stays, and it goes on up
            self.down()
            raise

    def _up(self) -> None:
        runs = self.prepare()
        if runs.ours and Path("/run") in self.stage.path.resolve().parents:
            raise CouldNotRun("the POP's engine has a /run of its own", advice="Give it a folder elsewhere.")
        if others := left_of(self._name, runs):
            raise CouldNotRun(
                f"a POP of this name is up already: {', '.join(others)}",
                advice="Stop it where it was started: `turnup lab down`, or `containerlab destroy`.",
            )
        told: dict[str, Any] = {"ground": dict(runs.ground.told()) if runs.ground else None}
        self.stage.remember(_STATE, told)
        self._deploy(runs)
        nodes = self._nodes(runs)
        found = containerlab.find_containerlab(cache())
        told = {
            **told,
            "containerlab": found.version if found else "",
            "docker": runs.version,
            "nodes": {name: dict(process.told()) for name, process in nodes.items()},
            "door": self._door(runs.ground) if runs.ground else None,
        }
        self.stage.remember(_STATE, told)
        self._ready(runs, nodes)

    def down(self) -> None:
        """See Runner. Raises CouldNotRun when something of the POP stays: containers, networks, links, files."""
        told = self.stage.remembered(_STATE)
        if told:
            with _alone():
                self._down(told)
        (self.stage.path / f"{_STATE}.json").unlink(missing_ok=True)

    def _down(self, told: Mapping[str, Any]) -> None:
        ours = engine.own_engine()
        runs = ours if told.get("ground") else engine.Engine()
        if "ground" in told and runs is not None and left_of(self._name, runs):
            self._containerlab(runs, "destroy", "--cleanup")
        if ours is None or not self._others(ours):
            engine.stop_engine()
        for process in self._started:
            process.wait(20)
        self._started.clear()
        seen = left_of(self._name, None if told.get("ground") else runs) if "ground" in told else []
        if left := [*seen, *engine_left()]:
            raise CouldNotRun(f"the POP is stopped, but this is left of it: {', '.join(left)}")

    def _others(self, ours: Engine) -> bool:
        """Whether a node runs on our engine that was deployed from another folder than this."""
        said = ours.docker("ps", "--format", '{{.Label "clab-topo-file"}}').splitlines()
        return any(file and file != str(self.stage.path / FILE) for file in said)

    def running(self) -> bool:
        """See Runner."""
        nodes = self.stage.remembered(_STATE).get("nodes", {})
        return bool(nodes) and all(Process(**node).alive for node in nodes.values())

    def command(self, node: str, *words: str) -> list[str]:
        """See Runner. With all namespaces of the node: a number read in there must never mean a process out here."""
        process = Process(**self.stage.remembered(_STATE)["nodes"][node])
        if not process.alive:
            raise CouldNotRun(f"node {node} is not running")
        return ["nsenter", "-t", str(process.number), "-m", "-u", "-i", "-n", "-p", "--", *words]

    def reach(self) -> Reach:
        """See Runner: on the machine's engine this machine stands in the management network itself; else a door."""
        topology = self.stage.topology
        opened = self.stage.remembered(_STATE)["door"]
        if opened is None:
            return reach_of(topology, inside(topology))
        return reach_of(topology, {name: Address("127.0.0.1", port) for name, port in opened.items()})

    def described(self) -> Mapping[str, Any]:
        """See Runner."""
        told = self.stage.remembered(_STATE)
        nodes = {name: Process(**node) for name, node in told["nodes"].items()}
        return {
            "containerlab": told["containerlab"],
            "docker": f"{told['docker']}, {'started for this POP' if told['ground'] else 'the engine of this machine'}",
            **({"process": told["ground"]["number"]} if told["ground"] else {}),
            "nodes": {name: node.number for name, node in nodes.items()},
            "dead": [name for name, node in nodes.items() if not node.alive],
        }

    # --- starting ---------------------------------------------------------------------------------------------

    @property
    def _topology(self) -> Topology:
        staged = self.stage.path / FILE
        return read_topology(staged if staged.exists() else folder("lab") / FILE)  # `check` comes before the stage

    @property
    def _name(self) -> str:
        return self._topology.name

    @property
    def _image(self) -> str:
        return image_of(self._topology.file)

    def _engine(self) -> Engine | None:
        return engine.own_engine() or engine.engine_of_machine(self._topology.network)

    def _containerlab(self, runs: Engine, verb: str, *options: str) -> str:
        found = containerlab.find_containerlab(cache())
        if found is None:
            raise CouldNotRun(f"containerlab has gone; it is needed to {verb} the POP", advice=containerlab.ADVICE)
        environment = {
            "CLAB_VERSION_CHECK": "disable",  # it asks the internet otherwise
            "CLAB_LABDIR_BASE": str(self.stage.path),
        }
        words = (str(found.program), verb, "--topo", str(self.stage.path / FILE), *options)
        return runs.run(*words, environment=environment, seconds=180)

    def _deploy(self, runs: Engine) -> None:
        try:
            self._containerlab(runs, "deploy")
        except CouldNotRun as error:
            if name := self._stopped(runs):  # containerlab names what it could not do with a node, not what it said
                raise CouldNotRun(f"node {name} did not start: {self._last_words(runs, name)}") from error
            raise

    def _stopped(self, runs: Engine) -> str:
        """A node whose first program has ended, perhaps to be started again by the engine; empty when none has."""
        asked = "{{.Name}} {{.RestartCount}} {{.State.Status}}"
        until = time.monotonic() + 3  # the engine takes notice a moment later
        while time.monotonic() < until:
            there = runs.docker("ps", "--all", "--quiet").split()
            for line in runs.docker("inspect", "--format", asked, *there).splitlines() if there else ():
                name, restarts, status = line.split()
                if name[1:] in self.stage.topology.nodes and (restarts != "0" or status not in {"running", "created"}):
                    return name[1:]
            time.sleep(0.2)
        return ""

    def _nodes(self, runs: Engine) -> dict[str, Process]:
        """The first process of each node, as this machine numbers it."""
        names = list(self.stage.topology.nodes)
        numbers = runs.docker("inspect", "--format", "{{.State.Pid}}", *names).split()
        if runs.ours:
            script = 'for number; do readlink "/proc/$number/ns/pid" || echo none; done'
            spaces = runs.run("sh", "-c", script, "sh", *numbers).split()
            first = first_processes()
            found = [first.get(space) for space in spaces]
        else:
            found = [process_of(int(number)) for number in numbers]
        nodes = dict(zip(names, found, strict=True))
        for name, process in nodes.items():
            if process is None:
                raise CouldNotRun(f"node {name} did not start: {self._last_words(runs, name)}")
        return {name: process for name, process in nodes.items() if process is not None}

    def _ready(self, runs: Engine, nodes: Mapping[str, Process]) -> None:
        until = time.monotonic() + READY_SECONDS
        for name, process in nodes.items():
            while not Path(f"/proc/{process.number}/root/run/ready").exists():
                if not process.alive or time.monotonic() > until:
                    raise CouldNotRun(f"node {name} did not become ready: {self._last_words(runs, name)}")
                time.sleep(0.02)

    def _door(self, ground: Process) -> dict[str, int]:
        with (self.stage.path / "door.out").open("ab") as console:
            process, ports = open_door(ground.number, doors(self.stage.topology), console)
        self._started.append(process)
        return ports

    @staticmethod
    def _last_words(runs: Engine, name: str) -> str:
        return last_words(runs.run("sh", "-c", 'docker logs "$1" 2>&1', "sh", name))


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time starts or stops an engine: there is one folder for it on a machine."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def image_of(file: Path) -> str:
    """The image that the nodes of kind linux start from. Raises InputError when the file does not say."""
    told = read_yaml(file)
    try:
        return str(told["topology"]["kinds"]["linux"]["image"])
    except KeyError as error:
        raise InputError(f"no {error}, where the nodes' image is told", where=str(file)) from None


def cache() -> Path:
    """Where containerlab, the engine's images and nothing else is kept between POPs."""
    from platformdirs import user_cache_path

    return user_cache_path("turnup", appauthor=False)
