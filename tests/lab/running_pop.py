"""What the live tests of the POP share: one POP a module, logins, and a look at what this machine has of it."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import paramiko

from turnup.virtual.pop.pop import Pop


def login(pop: Pop, node: str, user: str, password: str, command: str = "id -un") -> str | None:
    """What a command says after a login with strict host keys; None when the login is refused."""
    address = pop.reach.ssh[node]
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    kind, _, key = pop.stage.host_keys()[node].partition(" ")
    known = client.get_host_keys()
    known.add(f"[{address.host}]:{address.port}", kind, paramiko.PKey.from_type_string(kind, _bytes(key)))
    try:
        client.connect(
            address.host, address.port, user, password, allow_agent=False, look_for_keys=False, timeout=20
        )  # fmt: skip
        _, said, _ = client.exec_command(command, timeout=20)
        answer: bytes = said.read()
        return answer.decode().strip()
    except paramiko.AuthenticationException:
        return None
    finally:
        client.close()


def secret(pop: Pop, name: str) -> str:
    """A throw-away secret of this POP."""
    return pop.stage.environment[name]


def until(look: Callable[[], bool], what: str, seconds: float = 15.0) -> float:
    """How many seconds it took until `look` was true."""
    began = time.monotonic()
    while not look():
        assert time.monotonic() - began < seconds, f"after {seconds:g} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


def of_this_machine() -> dict[str, set[str]]:
    """What a POP could leave behind: links, named namespaces, mounts, routes, addresses, namespaces of processes."""
    return {
        "links": set(_lines("ip", "-o", "link", "show")),
        "addresses": set(_lines("ip", "-o", "address", "show")),
        "routes": set(_lines("ip", "route", "show", "table", "all")),
        "names": set(_lines("ip", "netns", "list")),
        "mounts": set(Path("/proc/self/mountinfo").read_text().splitlines()),
        "rules": set(_lines("sh", "-c", "command -v nft >/dev/null && nft list ruleset || :")),
    }


def namespaces_of(pop: Pop) -> set[str]:
    """Every namespace of the POP's own: of its nodes, and of the ground below them."""
    told = pop.runner.described()
    mine = _spaces("self")
    return set().union(*(_spaces(str(number)) for number in [told["process"], *told["nodes"].values()])) - mine


def processes_in(namespaces: set[str]) -> list[str]:
    """Processes of this machine that are in one of them, with the words that started them."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while we looked
            if common := _spaces(entry.name) & namespaces:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append(f"{entry.name} {words[:100]} {sorted(common)}")
    return found


def _spaces(number: str) -> set[str]:
    found = set()
    for kind in ("mnt", "net", "pid", "uts", "ipc"):
        with suppress(OSError):  # it ended while we looked
            found.add(str(Path(f"/proc/{number}/ns/{kind}").readlink()))
    return found


def _lines(*words: str) -> list[str]:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


def _bytes(key: str) -> bytes:
    return base64.b64decode(key)
