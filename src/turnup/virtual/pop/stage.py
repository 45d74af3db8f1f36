"""The folder a POP runs from: a copy of its topology and configurations, the nodes' programs, throw-away secrets.

Nothing of it is kept: `up` writes it, `down` removes it. Secrets and host keys are readable by their owner alone.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from turnup import folder
from turnup.durable import write_whole
from turnup.errors import CouldNotRun
from turnup.virtual.passwords import hash5
from turnup.virtual.pop.topology import Topology, read_topology

FILE = "pop.clab.yml"
RUNNER = "runner"  # name under which is remembered who carries it
TEXT = "pop"  # folder of configurations beside the file
_PROGRAMS = Path("turnup/virtual/services")


@dataclass(frozen=True)
class Stage:
    """Where one POP's files are."""

    path: Path

    @property
    def begun(self) -> bool:
        """Whether a POP was started from here, or begun to be."""
        return (self.path / f"{RUNNER}.json").exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone with it: a POP that is being started is not stopped before it stands. Only one that is begun."""
        with (self.path / f"{RUNNER}.json").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @cached_property
    def topology(self) -> Topology:
        """The staged topology. Raises InputError."""
        return read_topology(self.path / FILE)

    @property
    def common(self) -> Path:
        """What every node sees at /etc/pop."""
        return self.path / TEXT / "common"

    @property
    def environment(self) -> Mapping[str, str]:
        """Secrets under the names in which every command looks for them."""
        found: dict[str, str] = json.loads((self.path / "environment.json").read_text())
        return found

    def remember(self, name: str, told: Mapping[str, Any]) -> None:
        """Keep what a runner must know in another process, whole whenever this one ends."""
        write_whole(self.path / f"{name}.json", json.dumps(told), private=True)

    def remembered(self, name: str) -> dict[str, Any]:
        """What was kept under that name; empty when nothing was."""
        try:
            found: dict[str, Any] = json.loads((self.path / f"{name}.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def host_keys(self) -> Mapping[str, str]:
        """Public SSH host key of each node, as known_hosts wants it."""
        keys = (self.common / "secrets").glob("*.key.pub")
        return {key.name.removesuffix(".key.pub"): " ".join(key.read_text().split()[:2]) for key in keys}

    def remove(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.path, ignore_errors=True)


def write_stage(path: Path, *, source: Path | None = None, configurations: Mapping[str, str] | None = None) -> Stage:
    """Write the folder; `source` holds pop.clab.yml and pop/ (default: the product's own lab/).

    `configurations` are texts of frr.conf that nodes start with instead of their own.

    Raises InputError when the topology is wrong, CouldNotRun when the folder is not empty.
    """
    source = source or folder("lab")
    if path.exists() and any(path.iterdir()):
        raise CouldNotRun(f"{path} is not empty", advice="Stop the POP that runs from it, or give another folder.")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source / FILE, path / FILE)
    shutil.copytree(source / TEXT, path / TEXT, ignore=shutil.ignore_patterns("inventory", "image"))
    (path / TEXT / "console").mkdir(exist_ok=True)
    for node, text in (configurations or {}).items():
        (path / TEXT / node / "frr.conf").write_text(text)
    stage = Stage(path)
    _programs(stage.common / "python")
    _secrets(stage)
    return stage


def _programs(target: Path) -> None:
    """The services, as a package that needs nothing of turnup beside itself."""
    from turnup.virtual import services

    here = Path(services.__file__).parent
    shutil.copytree(here, target / _PROGRAMS, ignore=shutil.ignore_patterns("__pycache__"))


def _secrets(stage: Stage) -> None:
    noc, reader, last_resort, key, md5 = (secrets.token_hex(8) for _ in range(5))
    place = stage.common / "secrets"
    place.mkdir(mode=0o700)
    words = {"TACACS_KEY": key, "LVL3_MD5": md5, "LAST_RESORT_HASH": hash5(last_resort, secrets.token_hex(4))}
    write_whole(place / "env", "".join(f"{name}='{value}'\n" for name, value in words.items()), private=True)
    users = {
        "noc": {"password": noc, "privilege": 15},
        "reader": {"password": reader, "privilege": 1, "denied": ["configure", "clear", "write", "reload"]},
    }
    write_whole(place / "tacacs.json", json.dumps({"key": key, "users": users}), private=True)
    _host_keys(place, stage.topology.nodes)
    environment = {
        "TURNUP_USERNAME": "noc",
        "TURNUP_PASSWORD": noc,
        "TURNUP_LAB_PASSWORD": noc,
        "TURNUP_LAB_READER": reader,
        "TURNUP_LAB_TACACS_KEY": key,
        "TURNUP_SECRET_LAST_RESORT": last_resort,
        "TURNUP_SECRET_LVL3_MD5": md5,
    }
    write_whole(stage.path / "environment.json", json.dumps(environment), private=True)


def _host_keys(place: Path, nodes: Iterable[str]) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    form = (serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    public = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    for name in nodes:
        key = Ed25519PrivateKey.generate()
        write_whole(place / f"{name}.key", key.private_bytes(*form).decode(), private=True)
        (place / f"{name}.key.pub").write_text(key.public_key().public_bytes(*public).decode() + "\n")
