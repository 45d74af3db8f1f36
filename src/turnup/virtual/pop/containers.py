"""Runs a POP as containers: containerlab deploys the staged topology file on a Docker engine.

What is missing is made once and kept in the user's cache: containerlab itself, an engine's folder, the nodes' image.
Everything else goes with `down`, which looks whether it has gone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from turnup import folder
from turnup.errors import CouldNotRun, InputError
from turnup.load.yaml import read_yaml
from turnup.virtual.pop import containerlab, engine, image
from turnup.virtual.pop.processes import Process
from turnup.virtual.pop.programs import last_words, output_of
from turnup.virtual.pop.runner import Kind, Reach
from turnup.virtual.pop.services import inside, reach_of
from turnup.virtual.pop.stage import FILE, Stage

ADVICE = "`turnup lab up --netns` runs the same POP without Docker."
READY_SECONDS = 60.0
_STATE = "containers"
_HOSTS = Path("/etc/hosts")


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Containers:
    """Runner of kind containers. `say` is told of what takes long: an engine, an image, containerlab's build."""

    kind = Kind.CONTAINERS

    def __init__(self, stage: Stage, *, say: Callable[[str], None] = _on_stderr) -> None:
        self.stage = stage
        self.say = say

    def check(self) -> None:
        """See Runner. Nothing is started or built."""
        if os.geteuid():
            raise CouldNotRun("the POP cannot run: containerlab needs root", advice="Run it as root, or with sudo.")
        engine.check_engine()
        if containerlab.find_containerlab(cache()) is None:
            containerlab.check_go()
        if (runs := engine.running_engine()) is None or not image.image_is_there(
            runs, self._image, image.read_recipe()
        ):
            image.check_image_tools()

    def prepare(self) -> engine.Engine:
        """An engine that runs, the image and containerlab: what only the first time takes minutes."""
        self.check()
        if containerlab.find_containerlab(cache()) is None:
            self.say(f"building containerlab {containerlab.VERSION} with Go: minutes, once")
            containerlab.build_containerlab(cache())
        runs = engine.running_engine()
        if runs is None:
            self.say("no Docker engine runs: starting one for this POP alone")
            runs = engine.start_engine(cache() / "docker")
        recipe = image.read_recipe()
        if not image.image_is_there(runs, self._image, recipe):
            self.say(f"building the nodes' image from Debian {recipe.suite}: a minute or two, once")
            image.build_image(runs, self._image, recipe)
        return runs

    def up(self) -> None:
        """See Runner. Raises CouldNotRun with the last words of what did not start."""
        if self.running():
            raise CouldNotRun("this POP is already up", advice="Stop it first.")
        runs = self.prepare()
        if others := left_of(self.stage.topology.name, runs):
            raise CouldNotRun(
                f"a POP of this name is there already, and not ours: {', '.join(others)}",
                advice="Stop it where it was started: `turnup lab down`, or `containerlab destroy`.",
            )
        self.stage.remember(_STATE, {"host": runs.host, "ours": runs.ours})
        try:
            said = self._containerlab("deploy")
            self._ready(runs, said)
        except BaseException:
            self.down()
            raise

    def down(self) -> None:
        """See Runner. Raises CouldNotRun when something of the POP stays: containers, networks, links, files."""
        told = self.stage.remembered(_STATE)
        if not told:
            return
        runs = engine.Engine(told["host"], told["ours"])
        alive = engine.running_engine() == runs
        name = self.stage.topology.name
        if alive and left_of(name, runs):
            self._containerlab("destroy", "--cleanup")
        if runs.ours and not (alive and runs.docker("ps", "--all", "--quiet").strip()):
            engine.stop_engine()
        if left := [*left_of(name, runs if alive and not runs.ours else None), *self._engine_left(runs)]:
            raise CouldNotRun(f"the POP is stopped, but this is left of it: {', '.join(left)}")
        (self.stage.path / f"{_STATE}.json").unlink(missing_ok=True)

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
        """See Runner: this machine stands in the management network itself."""
        topology = self.stage.topology
        return reach_of(topology, inside(topology))

    def described(self) -> Mapping[str, Any]:
        """See Runner."""
        told = self.stage.remembered(_STATE)
        return {
            "containerlab": told["containerlab"],
            "docker": told["docker"],
            "engine": "started for this POP" if told["ours"] else "was running",
            "nodes": {name: process["number"] for name, process in told["nodes"].items()},
        }

    # --- starting ---------------------------------------------------------------------------------------------

    @property
    def _image(self) -> str:
        staged = self.stage.path / FILE
        return image_of(staged if staged.exists() else folder("lab") / FILE)  # `check` comes before the stage

    def _containerlab(self, verb: str, *options: str) -> str:
        told = self.stage.remembered(_STATE)
        found = containerlab.find_containerlab(cache())
        if found is None:
            raise CouldNotRun(f"containerlab has gone; it is needed to {verb} the POP", advice=containerlab.ADVICE)
        environment = {
            **engine.Engine(told["host"], told["ours"]).environment,
            "CLAB_VERSION_CHECK": "disable",  # it asks the internet otherwise
            "CLAB_LABDIR_BASE": str(self.stage.path),
        }
        return output_of(
            str(found.program),
            verb,
            "--topo",
            FILE,
            *options,
            environment=environment,
            folder=self.stage.path,
            seconds=180,
        )

    def _ready(self, runs: engine.Engine, said: str) -> None:
        """Wait for each node's first program to say so, and remember where the nodes are."""
        nodes = {}
        for name in self.stage.topology.nodes:
            number = int(runs.docker("inspect", "--format", "{{.State.Pid}}", name))
            if not number:
                raise CouldNotRun(f"node {name} did not start: {self._last_words(runs, name) or last_words(said)}")
            nodes[name] = Process.of(number)
        until = time.monotonic() + READY_SECONDS
        for name, process in nodes.items():
            while not Path(f"/proc/{process.number}/root/run/ready").exists():
                if not process.alive or time.monotonic() > until:
                    raise CouldNotRun(f"node {name} did not become ready: {self._last_words(runs, name)}")
                time.sleep(0.02)
        found = containerlab.find_containerlab(cache())
        told = {
            **self.stage.remembered(_STATE),
            "containerlab": found.version if found else "",
            "docker": runs.version,
            "nodes": {name: dict(process.told()) for name, process in nodes.items()},
        }
        self.stage.remember(_STATE, told)

    @staticmethod
    def _last_words(runs: engine.Engine, name: str) -> str:
        done = output_of("sh", "-c", 'docker logs "$1" 2>&1', "sh", name, environment=runs.environment)
        return last_words(done)

    @staticmethod
    def _engine_left(runs: engine.Engine) -> Iterator[str]:
        if not runs.ours or engine.running_engine() == runs:
            return
        yield from (f"process {process.number}" for process in engine.left_processes())
        yield from (f"mount {mount}" for mount in engine.left_mounts())
        yield from (f"control group {group}" for group in engine.left_cgroups())
        if engine.RUN.exists():
            yield f"folder {engine.RUN}"


def left_of(name: str, runs: engine.Engine | None) -> list[str]:
    """What this machine holds of a containerlab topology of that name; `runs`: the engine to ask as well."""
    found = []
    if runs is not None:
        label = f"label=containerlab={name}"
        found += [
            f"container {one}"
            for one in runs.docker("ps", "--all", "--filter", label, "--format", "{{.Names}}").split()
        ]
        found += [
            f"network {one}"
            for one in runs.docker("network", "ls", "--filter", f"name=^{name}$", "--format", "{{.Name}}").split()
        ]
    if Path(f"/sys/class/net/br-{name}").exists():
        found.append(f"link br-{name}")
    if f"CLAB-{name}-" in _HOSTS.read_text():
        found.append(f"entries in {_HOSTS}")
    config = Path(f"/etc/ssh/ssh_config.d/clab-{name}.conf")
    return found + ([f"file {config}"] if config.exists() else [])


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
