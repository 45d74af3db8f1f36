"""Faults of the POP as data (lab/pop/faults/): how each is made and undone, and which tests must be red meanwhile."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turnup import folder
from turnup.load.strict import build

PLATFORMS = ("frr", "ios")


@dataclass(frozen=True)
class Until:
    """When the fault is felt: at most so many sides of adjacencies, a neighbor of cr3 down or up (again), a prefix lost
    or there (again) at the upstream, the NOC's login refused."""

    adjacencies: int | None = None
    down: str = ""
    up: str = ""
    lost: str = ""
    there: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Step:
    """One thing that is done: a cable (`node:port`), a service, lines typed at a node's vtysh (`type`) or a shell's
    command (`run`) there, lines typed at a GSR front.

    `wait` until it is felt; `ready`: what was done so far is only the ground: wait until the port is healthy on it, and
    its log begins anew.
    """

    cut: str = ""
    mend: str = ""
    service: str = ""
    on: bool = False
    node: str = ""
    front: str = ""
    type: tuple[str, ...] = ()
    run: str = ""
    wait: Until | None = None
    ready: bool = False


@dataclass(frozen=True)
class Steps:
    """How a platform does it."""

    make: tuple[Step, ...]
    undo: tuple[Step, ...]


@dataclass(frozen=True)
class Fault:
    """One fault. `red` are the tests that must not be green, by platform; `silent` platforms prove nothing at all.

    `may` are those that may be red beside them, as `why` says: what the fault does by chance is no wrong test.
    `needs` is a command that succeeds where the fault can be made; where it does not, that is said.
    """

    title: str
    why: str = ""
    make: tuple[Step, ...] = ()
    undo: tuple[Step, ...] = ()
    until: Until | None = None
    red: Mapping[str, tuple[int, ...]] | None = None
    may: Mapping[str, tuple[int, ...]] | None = None
    silent: tuple[str, ...] = ()
    needs: Step | None = None
    frr: Steps | None = None
    ios: Steps | None = None
    name: str = ""

    def steps(self, platform: str) -> Steps | None:
        """What is done on that platform; None where the fault cannot be made."""
        if platform not in (*(self.red or {}), *self.silent):
            return None
        own: Steps | None = getattr(self, platform)
        return own or Steps(self.make, self.undo)

    def expected(self, platform: str, applicable: frozenset[int]) -> frozenset[int]:
        """Tests that must be red, of those that are said to apply."""
        return applicable if platform in self.silent else frozenset((self.red or {})[platform])

    def chance(self, platform: str) -> frozenset[int]:
        """Tests that may be red beside the expected ones."""
        return frozenset((self.may or {}).get(platform, ()))


def all_faults() -> tuple[Fault, ...]:
    """Every file of lab/pop/faults/. Raises InputError."""
    return tuple(map(_read, sorted((folder("lab") / "pop" / "faults").glob("*.toml"))))


def _read(path: Path) -> Fault:
    return build(Fault, {**tomllib.loads(path.read_text(encoding="utf-8")), "name": path.stem}, where=path.name)
