"""Virtual routers on this machine: start them as a process of their own, point an inventory at them, stop them.

The routers' process is `python -m turnup.virtual`; nothing of it is loaded here. What `up` writes below the data
folder is ordinary: an inventory folder, a known_hosts file, and an environment file with throw-away secrets.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnup.durable import write_whole
from turnup.errors import CouldNotRun, UsageError
from turnup.home import Home

START_SECONDS = 30.0
_STARTED: dict[int, subprocess.Popen[bytes]] = {}  # labs of this process: to be waited for when they end


@dataclass(frozen=True)
class Lab:
    """A running lab: its own data folder, its inventory, its throw-away secrets, its process."""

    home: Home
    inventory: Path
    environment: Mapping[str, str]
    pid: int
    control: int
    ready: Mapping[str, Any]


def up(home: Home, inventory: Path, *, faults: Sequence[str] = (), with_parent: bool = False) -> Lab:
    """Start the routers of `inventory` with these faults. `with_parent`: they stop when this process does.

    Raises UsageError when a lab is already up, CouldNotRun when the routers do not start.
    """
    folder = home.part("lab")
    if alive(folder):
        raise UsageError("a lab is already up", advice="`turnup lab status` shows it, `turnup lab down` stops it.")
    folder = cleared(home)
    environment = _throw_away_secrets()
    command = [sys.executable, "-m", "turnup.virtual", "--inventory", str(inventory)]
    command += [word for fault in faults for word in ("--fault", fault)]
    command += ["--with-parent"] if with_parent else []
    with (folder / "routers.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if with_parent else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **environment, "PYTHONPATH": import_path()},
            start_new_session=not with_parent,
        )
    _STARTED[process.pid] = process
    ready = _ready(process, folder)
    _write_inventory(inventory, folder / "inventory", ready)
    data = Home(folder / "data")
    data.known_hosts.write_text("".join(_known_host(ready, name) for name in ready["routers"]))
    state = {"pid": ready["pid"], "ready": ready, "environment": environment}
    write_whole(folder / "state.json", json.dumps(state), private=True)
    exports = "".join(f"export {name}={value}\n" for name, value in {**environment, **environment_of(folder)}.items())
    write_whole(folder / "env", exports, private=True)
    return lab_of(home)


def down(home: Home) -> bool:
    """Stop the lab and remove what `up` wrote; False when none was up."""
    folder = home.part("lab")
    pid = alive(folder)
    if pid and "stop" not in _state(folder):
        os.kill(pid, signal.SIGTERM)
        _reap(pid)
        for _ in range(100):
            if not alive(folder):
                break
            time.sleep(0.05)
        else:
            raise CouldNotRun(f"the lab's process {pid} does not stop", advice=f"Look at it, then `kill -9 {pid}`.")
    shutil.rmtree(cleared(home))
    return bool(pid)


def cleared(home: Home) -> Path:
    """The lab's folder, empty. A POP that still has something running from it is stopped: it knows itself how, and
    sees that nothing is left. Raises CouldNotRun when it does not stop."""
    folder = home.part("lab")
    if stop := _state(folder).get("stop"):
        environment = {**os.environ, "PYTHONPATH": import_path()}
        done = subprocess.run(stop, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CouldNotRun(f"the lab does not stop: {done.stderr.strip()}")
    shutil.rmtree(folder)
    return home.part("lab")


def _reap(pid: int) -> None:
    """Let go of a process that this one started."""
    if (process := _STARTED.pop(pid, None)) is not None:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait(timeout=10)


def lab_of(home: Home) -> Lab:
    """The lab that is up. Raises UsageError when there is none."""
    folder = home.part("lab")
    if not alive(folder):
        raise UsageError("no lab is up", advice="Start one with `turnup lab up`.")
    state = _state(folder)
    ready = state["ready"]
    return Lab(
        Home(folder / "data"), folder / "inventory", state["environment"], state["pid"], ready.get("control", 0), ready
    )


def control(lab: Lab, request: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the routers' process something: one JSON line there, one back. Raises CouldNotRun with its complaint.

    Raises UsageError for a POP of real protocols: nothing of it is made up, so there is nobody to ask.
    """
    if not lab.control:
        raise UsageError(
            "this lab runs real protocols; it has no faults of a file", advice="`turnup lab exec NODE ...`"
        )
    with socket.create_connection(("127.0.0.1", lab.control), timeout=10) as link:
        link.sendall(json.dumps(request).encode() + b"\n")
        with link.makefile("rb") as lines:
            answer: dict[str, Any] = json.loads(lines.readline() or b"{}")
    if not answer.get("ok"):
        raise CouldNotRun(f"the lab refused {request}: {answer.get('error', 'no answer')}", advice="turnup lab status")
    return answer


def _state(folder: Path) -> dict[str, Any]:
    """What `up` wrote of the lab; empty when none was."""
    try:
        found: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def alive(folder: Path) -> int:
    """PID of the lab's process (a POP: of its first node) while it runs, else 0."""
    try:
        pid = int(_state(folder)["pid"])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError, KeyError):
        return 0
    return pid if state != "Z" and not {b"turnup.virtual", b"/etc/pop/start-router.sh"}.isdisjoint(words) else 0


def _throw_away_secrets() -> dict[str, str]:
    """Secrets for this lab alone, under the names in which every command looks for the real ones."""
    password = secrets.token_hex(8)
    return {
        "TURNUP_USERNAME": "noc",
        "TURNUP_PASSWORD": password,
        "TURNUP_LAB_PASSWORD": password,
        "TURNUP_SECRET_LAST_RESORT": secrets.token_hex(8),
        "TURNUP_SECRET_LVL3_MD5": secrets.token_hex(8),
    }


def environment_of(folder: Path) -> dict[str, str]:
    """What makes any program use the lab of that folder."""
    return {"TURNUP_INVENTORY": str(folder / "inventory"), "TURNUP_HOME": str(folder / "data")}


def import_path() -> str:
    """PYTHONPATH with which a child finds the same copy of turnup as we are."""
    import turnup

    ours = str(Path(turnup.__file__).resolve().parents[1])
    before = os.environ.get("PYTHONPATH", "")
    return f"{ours}{os.pathsep}{before}" if before else ours


def _ready(process: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    """The process's ready line. Raises CouldNotRun with its last words when it does not come."""
    import selectors

    assert process.stdout is not None  # noqa: S101 - we asked for the pipe
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        waiting.select(timeout=START_SECONDS)
        line = process.stdout.readline() if waiting.get_map() else b""
    try:
        ready: dict[str, Any] = json.loads(line)
    except ValueError:
        process.kill()
        _reap(process.pid)
        words = (folder / "routers.log").read_text(errors="replace").strip().splitlines()[-3:]
        raise CouldNotRun(f"the virtual routers did not start: {' / '.join(words) or 'no word'}") from None
    return ready


def _write_inventory(source: Path, target: Path, ready: Mapping[str, Any]) -> None:
    """A copy of the inventory whose routers, consoles and name servers are those of the lab."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    shutil.copytree(source, target)
    hosts = yaml.load((target / "hosts.yaml").read_text())
    for name, host in hosts.items():
        ports = ready["routers"][name]
        host["hostname"], host["port"] = "127.0.0.1", ports["ssh"]
        host["data"]["console_server"] = {"host": "127.0.0.1", "port": ports["console"]}
        host["data"]["noc_resolvers"] = [f"127.0.0.1#{ready['dns']}"]
    with (target / "hosts.yaml").open("w") as file:
        yaml.dump(hosts, file)


def _known_host(ready: Mapping[str, Any], name: str) -> str:
    return f"[127.0.0.1]:{ready['routers'][name]['ssh']} {ready['host_keys'][name]}\n"
