"""What the tests of the main job share: the contract's own order, and what a command did."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from turnup import folder

ORDER = folder("orders") / "60-hudson-ds3-level3.xml"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@cache
def quick_inventory() -> Path:
    """The sample inventory without the trial of each certificate's evidence, which has tests of its own."""
    place = Path(mkdtemp(prefix="turnup-inventory-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shutil.copytree(folder("inventory"), place, dirs_exist_ok=True)
    policy = place / "policy.yaml"
    before = policy.read_text()
    policy.write_text(before.replace("sensitivity: true", "sensitivity: false"))
    assert policy.read_text() != before
    return place


Command = Callable[..., Ran]
