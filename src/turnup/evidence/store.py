"""Content-addressed files: what a router said, found again by the SHA-256 of its redacted text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from turnup.durable import write_whole
from turnup.errors import InputError
from turnup.evidence.packing import SUFFIX, NotWhole, pack, unpack

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """Address and length (bytes, uncompressed) of a text."""

    sha256: str
    bytes: int


def address(text: str) -> Kept:
    """Where a redacted text would be kept; the same text has the same address everywhere."""
    data = _encode(text)
    return Kept(hashlib.sha256(data).hexdigest(), len(data))


class EvidenceStore:
    """Files `ab/<sha256>.zst` below one folder. `redact` runs over every text again: what is kept, is clean."""

    def __init__(self, folder: Path, redact: Callable[[str], str]) -> None:
        self.folder = folder
        self._redact = redact

    def put(self, text: str) -> Kept:
        """Keep a text; once is enough, however many ports refer to it. It is on the disk when this returns."""
        text = self._redact(text)
        kept = address(text)
        path = self._path(kept.sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, pack(_encode(text)))
        return kept

    def get(self, sha256: str) -> str:
        """The text. Raises InputError when it is not here or is not what was put in."""
        path = self._path(sha256)
        try:
            data = unpack(path.read_bytes())
        except FileNotFoundError:
            raise InputError(f"evidence {sha256} is not in the store", where=str(self.folder)) from None
        except NotWhole as error:
            raise _changed(path) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _changed(path)
        return data.decode("utf-8", "surrogateescape")

    def __contains__(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def _path(self, sha256: str) -> Path:
        if not _DIGEST.fullmatch(sha256):
            raise InputError(f"{sha256!r} is not a SHA-256 digest")
        return self.folder / sha256[:2] / (sha256 + SUFFIX)


def _changed(path: Path) -> InputError:
    return InputError(
        "the evidence is not what was stored",
        where=str(path),
        advice="Restore the file from your backup; do not rely on certificates that refer to it until then.",
    )


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
