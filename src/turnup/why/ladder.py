"""The ladder: what rests on what, and by which words of a finding a layer is known. templates/causes/, a file each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from turnup import folder
from turnup.errors import InputError
from turnup.load.strict import build
from turnup.model.certificate import Side
from turnup.model.verdict import Finding


@dataclass(frozen=True)
class Sign:
    """By what a finding belongs to a layer, and what the cause is called when this sign is the first one seen.

    `checks` are tests, `subject`, `observed` and `expected` patterns (searched; their groups are words for `name`,
    `on` and `next`). `on` is what is wrong: `port:Serial5/0`, `customer`, `slot:5`, `peer:nyc-hud-gsr2`, `mesh`,
    `address:192.0.2.20`, `router`, or any text that stands for itself. `next` is what to type next on the router
    (`where` when it is another one); `next_on` gives other platforms' words for it. `weight` lifts it above signs that
    ask more: whatever a test is about, an answer that was refused says only that.
    """

    name: str
    side: Side
    on: str = "router"
    next: str = ""
    where: str = ""
    checks: tuple[str, ...] = ()
    subject: str = ""
    observed: str = ""
    expected: str = ""
    next_on: Mapping[str, str] = field(default_factory=dict)
    weight: int = 0

    @property
    def conditions(self) -> int:
        """How much it asks of a finding: what asks more says more."""
        return self.weight + sum(map(bool, (self.checks, self.subject, self.observed, self.expected)))

    def match(self, check: str, finding: Finding) -> dict[str, str] | None:
        """The words of that finding when it shows this sign; None when it does not."""
        if self.checks and check not in self.checks:
            return None
        words: dict[str, str] = {}
        told = (self.subject, finding.subject), (self.observed, finding.observed), (self.expected, finding.expected)
        for pattern, text in told:
            if (match := re.search(pattern, text)) is None:
                return None
            words.update({name: value for name, value in match.groupdict().items() if value is not None})
        return words


@dataclass(frozen=True)
class Layer:
    """One rung: `rests_on` names the layers whose failure takes this one down. Signs stand in order of their weight."""

    title: str
    rests_on: tuple[str, ...] = ()
    sign: tuple[Sign, ...] = ()
    name: str = ""


@cache
def ladder() -> Mapping[str, Layer]:
    """All layers by name, each with all that it rests on, however far down. Raises InputError."""
    read = {file.stem: _read(file) for file in sorted((folder("templates") / "causes").glob("*.toml"))}
    return {
        name: Layer(layer.title, tuple(sorted(_below(name, read, ()))), layer.sign, name)
        for name, layer in read.items()
    }


def _read(file: Path) -> Layer:
    where = f"causes/{file.name}"
    layer = build(Layer, tomllib.loads(file.read_text(encoding="utf-8")), where=where)
    for sign in layer.sign:
        try:
            for pattern in (sign.subject, sign.observed, sign.expected):
                re.compile(pattern)
        except re.error as error:
            raise InputError(f"no regular expression: {error}", where=where) from error
    return layer


def _below(name: str, layers: Mapping[str, Layer], seen: tuple[str, ...]) -> set[str]:
    if name not in layers:
        raise InputError(f"no layer {name!r} in templates/causes", where=f"causes/{seen[-1]}.toml")
    if name in seen:
        raise InputError(f"{' > '.join((*seen, name))} goes round in a circle", where=f"causes/{name}.toml")
    found: set[str] = set()
    for lower in layers[name].rests_on:
        found |= {lower} | _below(lower, layers, (*seen, name))
    return found
