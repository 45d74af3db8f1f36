"""What a person saw, with a witness, where no machine can look (Schedule 2 (iv): out-of-band access)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from turnup.model.verdict import Seen, Verdict


@dataclass(frozen=True)
class Attestation:
    """One record: who saw what, when, who stood by, and until when it counts. Times are UTC.

    It is bound to router, port and order, to the test, and by `covers` (subject of the finding that waited ->
    fingerprint of the configuration lines beside it) to what the router had then. `void` says why it no longer counts.
    """

    test: str  # name of the test, e.g. console_login
    router: str
    port: str | None
    order: str | None
    verdict: Verdict
    by: str
    witness: str
    at: datetime
    expires: datetime
    file_sha256: str  # of the photo or log; the file itself is not kept
    covers: Mapping[str, str]
    note: str = ""
    digest: str = ""  # of its record in the book
    void: str = ""

    def __str__(self) -> str:
        told = (
            f"{self.verdict} attested by {self.by}, witnessed by {self.witness}, on {_day(self.at)}, "
            f"file sha256 {self.file_sha256}, valid until {_day(self.expires)}"
        )
        return f"{told}: {self.note}" if self.note else told

    @property
    def source(self) -> str:
        """Where a finding that rests on it says to look."""
        return f"attestation {self.digest[:16] or 'without digest'}"

    def void_for(self, subject: str, seen: Iterable[Seen]) -> str:
        """Why it does not count for that finding with these lines beside it; "" when it does."""
        if self.void:
            return self.void
        if subject not in self.covers:
            return "was made for something else of this test"
        if self.covers[subject] != fingerprint(seen):
            return "was made before these configuration lines changed"
        return ""


def fingerprint(seen: Iterable[Seen]) -> str:
    """SHA-256 of the lines seen, wherever in the answer they stand: another line is another fingerprint."""
    lines = json.dumps([one.text for one in seen])
    return hashlib.sha256(lines.encode("ascii")).hexdigest()


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
