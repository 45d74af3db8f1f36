"""The installation's key for fingerprints of secrets."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from turnup.errors import InputError

VARIABLE = "TURNUP_FINGERPRINT_KEY"
_FILE = "fingerprint.key"
_LENGTH = 32


def fingerprint_key(folder: Path, environ: Mapping[str, str] | None = None) -> bytes:
    """The key of TURNUP_FINGERPRINT_KEY (hexadecimal), otherwise of a file in the data folder, made on first use.

    The same key must be used wherever fingerprints are compared. Raises InputError when the key is not usable or
    others may read its file.
    """
    given = (os.environ if environ is None else environ).get(VARIABLE)
    if given is not None:
        return _key(given, VARIABLE)
    path = folder / _FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise InputError("others may read the fingerprint key", where=str(path), advice=f"Run: chmod 600 {path}")
    return _key(path.read_text(encoding="ascii", errors="replace"), str(path))


def _make(path: Path) -> None:
    """Write it whole or not at all; when two runs start at once, the first one's key is everybody's."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_LENGTH) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _key(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) < _LENGTH // 2:
        raise InputError(
            f"the fingerprint key must be at least {_LENGTH} hexadecimal digits",
            where=where,
            advice="Restore the key from your backup, or remove it to start with new fingerprints.",
        )
    return key
