"""The records of the data folder: everything that is kept there but keys, locks, drafts, and the virtual routers.

The ledger, the logbook, journals, certificates, evidence and the exchange's folders are files beside the store, so that
work on a router never waits for a database. A backup takes all of them, and `turnup db check` holds them against the
histories that rest on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

# Each part of the data folder is one or the other (a test sees to it).
RECORDS = ("attestations", "certificates", "evidence", "exchange", "journal", "orders", "records", "retests")
NO_RECORDS = ("keys", "lab", "locks")  # private keys, the virtual routers, who writes now
INSIDE, OUTSIDE = "exchange/in", "exchange/out"  # of the exchange; they may be elsewhere
_CLAIMED = ".work"  # messages that were taken in and are not put away yet
_DRAFTS = (".new", ".tmp", ".part")


def record_files(home: Path, elsewhere: Mapping[str, Path] | None = None) -> dict[str, Path]:
    """Every record below the data folder by its name in a backup; `elsewhere` are folders that stand at other places.

    Drafts of a write that a crash has cut are none. A file that a customer still writes in the exchange's folder is
    his until it is taken in.
    """
    found: dict[str, Path] = {}
    for part in RECORDS:
        found.update(_below(home / part, part))
    for name, folder in (elsewhere or {}).items():
        found = {key: path for key, path in found.items() if not key.startswith(f"{name}/")}
        found.update(_below(folder, name))
    return dict(sorted(found.items()))


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        told = f"{name}/{inside}"
        hidden = any(word.startswith(".") and word != _CLAIMED for word in inside.parts)
        his = told.rpartition("/")[0] == INSIDE
        if path.is_file() and not path.is_symlink() and not hidden and not his and path.suffix not in _DRAFTS:
            yield told, path
