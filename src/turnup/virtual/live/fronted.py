"""GSR fronts before the core routers of a POP: the nodes start with FRR unconfigured, the front process does the rest.

Files: lab/front/ (inventory, customers). What runs is remembered in the POP's stage, so that another process finds it.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turnup import folder
from turnup.durable import write_whole
from turnup.errors import CouldNotRun
from turnup.virtual.pop.pop import Pop
from turnup.virtual.pop.processes import Process, waited
from turnup.virtual.pop.stage import Stage

FRONTS = ("cr1", "cr2", "cr3")
_MEMORY = "front"
_SECONDS = 60.0
_EMPTY = """\
frr defaults traditional
hostname {name}
service integrated-vtysh-config
bgp route-map delay-timer 0
log file /var/log/frr/frr.log informational
log syslog informational
log timestamp precision 3
!
"""


def configurations() -> Mapping[str, str]:
    """What the nodes behind the fronts start with: no port, no protocol."""
    return {name: _EMPTY.format(name=name) for name in FRONTS}


def content() -> Path:
    """Folder of the fronts' inventory and customers."""
    return folder("lab") / "front"


def start(pop: Pop) -> Mapping[str, Any]:
    """Start the front process before the nodes of a running POP; its ready line. Raises CouldNotRun."""
    stage = pop.stage
    nodes = stage.path / "front-nodes.json"
    write_whole(nodes, json.dumps({"nodes": {name: process_of(pop, name) for name in FRONTS}}), private=True)
    words = [sys.executable, "-m", "turnup.virtual", "--inventory", str(content() / "inventory")]
    words += ["--customers", str(content() / "customers.toml"), "--live", str(nodes), "--pace"]
    with (stage.path / "front.out").open("wb") as log:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **stage.environment},
            start_new_session=True,
        )
    stage.remember(_MEMORY, {"process": Process.of(process.pid).told(), "ready": {}})
    ready = _ready(process, stage)
    stage.remember(_MEMORY, {"process": Process.of(process.pid).told(), "ready": ready})
    return ready


def stop(stage: Stage) -> None:
    """End the front process of that POP; no error when there is none. Raises CouldNotRun when it does not end."""
    told = stage.remembered(_MEMORY)
    if not told or not (process := Process(**told["process"])).alive:
        return
    os.kill(process.number, signal.SIGTERM)
    waited(lambda: not process.alive, f"the front's process {process.number} does not end", 20)


def fronted(stage: Stage, document: Mapping[str, Any]) -> dict[str, Any]:
    """The POP's document with the fronts in place of their nodes: that is where the NOC logs in."""
    told = stage.remembered(_MEMORY)
    if not told or not document.get("running"):
        return dict(document)
    ready = told["ready"]
    routers = {
        name: {way: {"host": "127.0.0.1", "port": ports[way]} for way in ("ssh", "telnet", "console")}
        for name, ports in ready["routers"].items()
    }
    keys = {**document["host_keys"], **ready["host_keys"]}
    known = {"routers": {**document["routers"], **routers}, "host_keys": keys}
    alive = Process(**told["process"]).alive
    dead = [*document.get("dead", ()), *([] if alive else ["the GSR fronts"])]
    return {**document, **known, "front": sorted(routers), "control": ready["control"], "dead": dead}


def process_of(pop: Pop, node: str) -> int:
    """A process of that node, as this machine numbers it. Raises CouldNotRun where nodes have none here."""
    words = pop.runner.command(node, "true")
    if "-t" in words and words[0] == "nsenter":
        return int(words[words.index("-t") + 1])
    raise CouldNotRun(
        f"no front before nodes run by {pop.runner.kind}", advice="Use `turnup lab up --netns --front ios`."
    )


def _ready(process: subprocess.Popen[bytes], stage: Stage) -> dict[str, Any]:
    assert process.stdout is not None  # noqa: S101 - we asked for the pipe
    with selectors.DefaultSelector() as waiting, process.stdout as out:
        waiting.register(out, selectors.EVENT_READ)
        line = out.readline() if waiting.select(timeout=_SECONDS) else b""
    try:
        ready: dict[str, Any] = json.loads(line)
    except ValueError:
        process.kill()
        process.wait()
        words = (stage.path / "front.out").read_text(errors="replace").strip()[-800:]
        raise CouldNotRun(f"the GSR fronts did not start: {words or 'no word'}") from None
    return ready
