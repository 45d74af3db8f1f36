"""The sample estate of the repository, and routers' configurations that go with it. Shared by tests."""

from __future__ import annotations

import shutil
import tomllib
from functools import cache
from pathlib import Path

from turnup import folder
from turnup.configuration import Configuration
from turnup.equipment import Cards, Equipment, load_equipment
from turnup.load.strict import build
from turnup.model.equipment import LineCard, Router


@cache
def sample_cards() -> Cards:
    """The line cards of templates/ios, whether or not the rest of the platform is there."""
    files = sorted((folder("templates") / "ios" / "linecards").glob("*.toml"))
    cards = [build(LineCard, tomllib.loads(file.read_text()), where=file.name) for file in files]
    return {"ios": {card.part: card for card in cards}}


@cache
def sample_estate() -> Equipment:
    """inventory/ as it stands in the repository."""
    return load_equipment(cards=sample_cards())


def scratch_inventory(target: Path) -> Path:
    """A copy of inventory/ to spoil."""
    return Path(shutil.copytree(folder("inventory"), target / "inventory"))


def spoilt(folder: Path, file: str, old: str, new: str) -> int:
    """Replace `old` (which must stand there) once; the line where it begins."""
    path = folder / file
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def configuration_of(router: Router, **interfaces: tuple[str, ...]) -> Configuration:
    """A router as it was installed: every port there and shut. `interfaces`: bodies by name, with `_` for `/`."""
    text = ["version 12.0", f"hostname {router.name}"]
    for slot, part in router.slots.items():
        for name in sample_cards()["ios"][part].interfaces(slot):
            body = interfaces.get(
                str(name).replace("/", "_"), ("no ip address", "no ip directed-broadcast", "shutdown")
            )
            text += [f"interface {name}", *(f" {line}" for line in body), "!"]
    text += ["route-map CUST-IN permit 10", "route-map CUST-OUT permit 10", "end"]
    return Configuration.read("\n".join(text))
