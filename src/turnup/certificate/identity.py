"""The router's identity from what it said of itself."""

from __future__ import annotations

from collections.abc import Iterable

from turnup.facts.diagnosis import Diagnosis
from turnup.facts.version import Version
from turnup.model.certificate import Board, RouterIdentity


def identity_of(
    version: Version | None, boards: Iterable[Diagnosis] = (), *, slot: int | None = None
) -> RouterIdentity:
    """The identity to put on a certificate; give None and nothing for what could not be read.

    The serial number is that of the active route processor (a GSR's `show version` has none); of the boards,
    that processor and the one in the port's `slot` are listed.
    """
    read = tuple(boards)
    active = _active_processor(read)
    listed = tuple(board for board in read if board is active or board.slot == slot)
    return RouterIdentity(
        hostname=version.hostname if version else None,
        chassis=version.chassis.partition("/")[0] if version else None,
        processor=_processor(version) if version else None,
        version=version.version if version else None,
        image=version.image_file if version else None,
        serial=active.serial if active else None,
        board_id=version.board_id if version else None,
        boards=tuple(Board(board.slot, board.card, board.part, board.serial) for board in listed),
    )


def _processor(version: Version) -> str | None:
    """`12012/GRP` is a 12012 with a GRP; the revision is all that other platforms say of the processor."""
    revision = f"revision {version.processor_revision}" if version.processor_revision else ""
    return ", ".join(filter(None, (version.chassis.partition("/")[2], revision))) or None


def _active_processor(boards: tuple[Diagnosis, ...]) -> Diagnosis | None:
    """The route processor in charge; None when two could be."""
    processors = [board for board in boards if "route processor" in board.card.lower()]
    active = [board for board in processors if "ACTIVE" in (board.state or "").upper()]
    for found in (active, processors):
        if len(found) == 1:
            return found[0]
    return None
