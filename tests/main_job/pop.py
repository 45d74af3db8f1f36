"""What the tests of the main job share: the contract's own order, and what a command did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from turnup import folder

ORDER = folder("orders") / "60-hudson-ds3-level3.xml"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]
