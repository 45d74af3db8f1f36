"""How much room the evidence of 1,000 runs takes: one fleet retest of 25 routers with 40 ports each.

One run is real: an order is provisioned and tested on a virtual GSR. The others are its answers with every number of
three digits or more changed (pessimistic: real counters repeat more), router-wide answers once a router, those that
name the port once a port. Raw is what a thousand runs would hold that keep all their answers by themselves.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from turnup import folder, laboratory
from turnup.certificate.document import from_json
from turnup.evidence.packing import pack
from turnup.evidence.store import EvidenceStore
from turnup.home import Home
from turnup.model.certificate import Certificate

ROUTERS, PORTS = 25, 40
ORDER = folder("orders") / "60-hudson-ds3-level3.xml"
OWN = ("Serial5/0", "10.10.3.")  # an answer whose command names the port or its link is the port's own
TARGET = 8
_NUMBER = re.compile(r"\d{3,}")


@dataclass(frozen=True)
class Answer:
    """One answer of the real run."""

    text: str
    own: bool


def real(place: Path) -> list[Answer]:
    """Every answer of one run on a virtual router."""
    os.environ["TURNUP_HOME"] = str(place)
    home = Home(place)
    laboratory.up(home, folder("inventory"), with_parent=True)
    try:
        if (code := _turnup("--lab", "run", str(ORDER), "--confirm")) != 0:
            raise SystemExit(f"the run ended with {code}")
        (path,) = (place / "lab" / "data" / "certificates").glob("*.json")
        certificate = from_json(path.read_text())
        return list(_answers(certificate, EvidenceStore(place / "lab" / "data" / "evidence", _as_is)))
    finally:
        laboratory.down(home)


def _turnup(*words: str) -> int:
    import subprocess

    return subprocess.run([sys.executable, "-m", "turnup", *words], stdout=subprocess.DEVNULL, check=False).returncode


def _answers(certificate: Certificate, store: EvidenceStore) -> Iterator[Answer]:
    for item in certificate.evidence:
        if item.sha256:
            yield Answer(store.get(item.sha256), any(word in item.command for word in OWN))


def _as_is(text: str) -> str:
    return text


def changed(text: str, seed: str) -> str:
    """The same text with other numbers, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - numbers of a benchmark, no secret
    return _NUMBER.sub(lambda found: "".join(dice.choice("0123456789") for _ in found[0]), text)


def main() -> int:
    """Measure, print, and fail when the target is missed."""
    with TemporaryDirectory() as name:
        place = Path(name)
        answers = real(place / "home")
        store = EvidenceStore(place / "evidence", _as_is)
        raw, began, cpu = 0, time.perf_counter(), time.process_time()
        for router in range(ROUTERS):
            for port in range(PORTS):
                for number, one in enumerate(answers):
                    seed = f"{router} {port if one.own else ''} {number}"
                    text = changed(one.text, seed)
                    raw += len(text.encode())
                    store.put(text)
        took, used = time.perf_counter() - began, time.process_time() - cpu
        files = [path.stat() for path in (place / "evidence").rglob("*.zst")]
    stored, blocks = sum(one.st_size for one in files), sum(one.st_blocks for one in files) * 512
    own, kept = sum(one.own for one in answers), [one.text.encode() for one in answers]
    alone = sum(map(len, kept)) / sum(len(pack(text)) for text in kept)
    print(f"one run: {len(answers)} answers, {raw // (ROUTERS * PORTS):,} bytes; {own} are the port's own")
    print(f"{ROUTERS * PORTS:,} runs: raw {raw:,} bytes; stored {stored:,} bytes in {len(files):,} files")
    print(f"stored / raw: 1/{raw / stored:.1f} (target under 1/{TARGET}); in blocks of this disk 1/{raw / blocks:.1f}")
    print(f"a run that shares nothing with any other: 1/{alone:.1f}")
    print(f"put: {took:.1f} s wall, {used:.1f} s of a processor; load average {os.getloadavg()[0]:.1f}")
    return int(stored * TARGET >= raw)


if __name__ == "__main__":
    sys.exit(main())
