"""The evidence that a signed certificate names: found, read and compared with the digests that were signed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnup.evidence.packing import SUFFIX, NotWhole, unpack
from turnup.signing.faults import Fault

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST = 64 * 1024 * 1024  # of any text: no router answers more, and nobody may fill the memory
_ROOM = 4096  # what a packed file may be longer than what it packs


@dataclass(frozen=True)
class EvidenceFolder:
    """A folder with evidence: `<sha256>.txt` as handed to a customer, or `ab/<sha256>.zst` as in the data folder."""

    path: Path

    def faults(self, document: Mapping[str, Any]) -> Iterator[Fault]:
        """What is wrong with the evidence of that certificate, each item once, with the tests that rest on it."""
        seen: set[str] = set()
        for item in document["evidence"]:
            sha256 = item["sha256"]
            if sha256 is None or sha256 in seen:
                continue
            seen.add(sha256)
            if told := self._fault(str(sha256), int(item["bytes"])):
                where = f"evidence `{item['command']}`"
                yield Fault(where, f"{told[0]}; {_resting(document, item['command'])}", altered=told[1])
        expected = document.get("expected")
        if expected is not None and (told := self._fault(str(expected), None)):
            yield Fault("evidence `expected values`", f"{told[0]}; all tests rest on it", altered=told[1])

    def _fault(self, sha256: str, length: int | None) -> tuple[str, bool] | None:
        """What is wrong with one, and whether it was altered (True) or is only not here; None when it is right."""
        if not _DIGEST.fullmatch(sha256):
            return f"{sha256!r} is no digest", True
        if length is not None and not 0 <= length <= _LONGEST:
            return f"{sha256} cannot have that many bytes; at most {_LONGEST} are read", True
        plain, packed = self.path / f"{sha256}.txt", self.path / sha256[:2] / f"{sha256}{SUFFIX}"
        path = plain if plain.is_file() else packed
        try:
            with path.open("rb") as file:
                data = file.read((length or _LONGEST) + _ROOM)
            content = data if path is plain else unpack(data, length or _LONGEST)
        except FileNotFoundError:
            return f"{sha256} is missing in {self.path}", False
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}", False
        except NotWhole as error:
            return f"{path} was altered: {error}", True
        if hashlib.sha256(content).hexdigest() != sha256:
            return f"{path} was altered: its {len(content)} bytes have another digest than was signed", True
        if length is not None and len(content) != length:
            return f"{path} has {len(content)} bytes, {length} were signed", True
        return None


def hand_over(document: Mapping[str, Any], store: Path, folder: Path) -> int:
    """Write the evidence as plain files `<sha256>.txt`; how many. It is to be checked before."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {str(item["sha256"]): int(item["bytes"]) for item in document["evidence"] if item["sha256"]}
    if expected := document.get("expected"):  # what the tests had to see is kept with what they saw
        found[str(expected)] = _LONGEST
    for sha256, length in found.items():
        data = (store / sha256[:2] / f"{sha256}{SUFFIX}").read_bytes()
        (folder / f"{sha256}.txt").write_bytes(unpack(data, length))
    return len(found)


def _resting(document: Mapping[str, Any], command: str) -> str:
    """Which tests rest on what that command answered."""
    tests = [str(row["number"]) for row in document["rows"] if command in row["commands"]]
    return f"test {', '.join(tests)} rests on it" if tests else "no test rests on it"
