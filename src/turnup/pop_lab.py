"""The POP of real protocols as the laboratory has it: a process of its own, and an inventory that leads there.

Nothing of `turnup.virtual` is loaded here: `python -m turnup.virtual.pop` starts and stops it. What `up` writes is
what the laboratory of virtual GSRs writes: an inventory folder, known_hosts, a file of throw-away secrets.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turnup import folder
from turnup.durable import write_whole
from turnup.errors import CouldNotRun, ExitCode, TurnupError, UsageError
from turnup.home import Home
from turnup.laboratory import Lab, alive, cleared, environment_of, import_path, lab_of

RUNNERS = {"namespaces": "--netns", "containers": "--clab"}


def up(home: Home, runner: str, *, inventory: Path | None = None, front: str = "") -> Lab:
    """Start the POP with that runner (`namespaces` or `containers`) and wait until its protocols have settled.

    `front` "ios": GSR fronts before the core routers, with an inventory of platform ios (lab/front/).
    Raises UsageError when a lab is up already, CouldNotRun with advice when it cannot run here.
    """
    place = home.part("lab")
    if alive(place):
        raise UsageError("a lab is already up", advice="`turnup lab status` shows it, `turnup lab down` stops it.")
    place = cleared(home)
    stage = place / "pop"
    stop = [sys.executable, "-m", "turnup.virtual.pop", "down", str(stage)]
    # How to stop it is written before anything is begun: whatever ends this process, the next one can clear up.
    write_whole(place / "state.json", json.dumps({"pid": 0, "stop": stop}), private=True)
    try:
        ready = json.loads(_pop("up", RUNNERS[runner], *(["--front", front] if front else []), str(stage)))
        environment = ready.pop("environment")
        _pop("settle", str(stage))
        _write_inventory(
            inventory or folder("lab") / ("front" if front else "pop") / "inventory", place / "inventory", ready
        )
        Home(place / "data").known_hosts.write_text("".join(_known_hosts(ready)))
        state = {"pid": ready["nodes"]["cr1"], "ready": ready, "environment": environment, "stop": stop}
        write_whole(place / "state.json", json.dumps(state), private=True)
        exports = {**environment, **environment_of(place)}
        lines = "".join(f"export {name}={value}\n" for name, value in exports.items())
        write_whole(place / "env", lines, private=True)
    except BaseException:  # an interrupt too: nothing of it stays, and it goes on up
        cleared(home)
        raise
    return lab_of(home)


def status(lab: Lab) -> dict[str, Any]:
    """What runs of it now, as JSON has it, without its secrets."""
    told: dict[str, Any] = json.loads(_pop("status", str(lab.ready["folder"])))
    told.pop("environment", None)
    return told


def command(lab: Lab, node: str, words: list[str]) -> list[str]:
    """The words that run a command in a node of the POP. Raises UsageError when the lab is none."""
    if "runner" not in lab.ready:
        raise UsageError("this lab has virtual GSRs, no nodes", advice="Log in with ssh: `turnup lab status`.")
    return [sys.executable, "-m", "turnup.virtual.pop", "exec", str(lab.ready["folder"]), node, *words]


def process_environment() -> dict[str, str]:
    """Environment for `command`: the same copy of turnup as ours."""
    return {**os.environ, "PYTHONPATH": import_path()}


def _pop(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "turnup.virtual.pop", *words],
        env=process_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    said, _, advice = done.stderr.strip().removeprefix("turnup.virtual.pop: ").rpartition("\n")
    if done.returncode == ExitCode.INPUT:
        raise UsageError(said or advice, advice=advice)
    if done.returncode == ExitCode.COULD_NOT_RUN:
        raise CouldNotRun(said or advice, advice=advice)
    raise TurnupError(f"the POP ended with {done.returncode}: {done.stderr.strip()[-2000:]}")


def _known_hosts(ready: Mapping[str, Any]) -> list[str]:
    keys, routers = ready["host_keys"], ready["routers"]
    found = []
    for name, about in routers.items():
        host, port = about["ssh"]["host"], about["ssh"]["port"]
        found.append(f"{host if port == 22 else f'[{host}]:{port}'} {keys[name]}\n")
    return found


def _write_inventory(source: Path, target: Path, ready: Mapping[str, Any]) -> None:
    """A copy of the POP's inventory whose routers, consoles and name server are those that run."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    shutil.copytree(source, target)
    hosts = yaml.load((target / "hosts.yaml").read_text())
    for name, host in hosts.items():
        about = ready["routers"][name]
        host["hostname"], host["port"] = about["ssh"]["host"], about["ssh"]["port"]
        host["data"]["console_server"] = dict(about["console"])
        if host["data"].get("memory_kbyte") == 0:
            host["data"]["memory_kbyte"] = _memory_kbyte()
        host["data"]["noc_resolvers"] = [f"{ready['dns']['host']}#{ready['dns']['port']}"]
    with (target / "hosts.yaml").open("w") as file:
        yaml.dump(hosts, file)


def _memory_kbyte() -> int:
    """Memory of this machine: every node of the POP has it all."""
    words = Path("/proc/meminfo").read_text().split()
    return int(words[words.index("MemTotal:") + 1])
