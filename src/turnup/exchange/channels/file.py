"""Into a folder: written beside, synced, renamed; whoever reads the folder sees whole files only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from turnup.durable import write_whole
from turnup.errors import Unreachable
from turnup.exchange.parcel import Parcel
from turnup.store.sendings import Sending


@dataclass(frozen=True)
class FileChannel:
    """Files below one folder. The message itself comes last: when it is there, everything is."""

    folder: Path

    def send(self, sending: Sending, parcel: Parcel) -> str:
        """Write the parts; the names and digests are the proof. Raises Unreachable when the disk does not take them."""
        folder = self.folder / sending.target if sending.target else self.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for part in parcel.parts:
                write_whole(folder / part.name, part.data)
        except OSError as error:
            raise Unreachable(f"{folder} did not take the file: {error.strerror}") from error
        names = ", ".join(f"{part.name} sha256 {hashlib.sha256(part.data).hexdigest()}" for part in parcel.parts)
        return f"file {names}"
