"""Files that are whole or not there: after a crash there is the old text or the new one, never a part of either."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, data: bytes | str, *, private: bool = False) -> None:
    """Put exactly this into the file; it is on disk when this returns. Text is written as UTF-8.

    Written beside it, synced, renamed, folder synced. `private`: for its owner alone. The folder must be there.
    Raises OSError; the old text stands then, or the new one where only the folder could not be synced.
    """
    octets = data.encode() if isinstance(data, str) else data
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:  # nothing half-written stays, whatever stopped us
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Names in that folder are on disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
