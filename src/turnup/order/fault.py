"""A fault of a port in service as its history tells it: one spelling for whoever writes it and whoever reads it.

A repair is opened by a call (`turnup repair open`) or by a trouble ticket (PASA 2.4); availability, time to repair and
credits (PASA 4.2, Schedule 2 (iii), (v)) are read from the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from turnup.errors import InputError
from turnup.model.interruption import Cause

CALLED = tuple(cause for cause in Cause if cause not in (Cause.UNSTATED, Cause.MAINTENANCE))  # what a report may say


@dataclass(frozen=True)
class Fault:
    """What was reported. `answered` is when the call was answered, UTC; None = it is not known."""

    reason: str = ""
    cause: Cause = Cause.UNSTATED
    critical: bool = False
    customers: int | None = None
    answered: datetime | None = None
    ticket: str = ""

    def detail(self) -> dict[str, str]:
        """As the words of a happening; `of` reads them back."""
        return {
            "reason": self.reason,
            "cause": said(self.cause),
            "critical": "yes" if self.critical else "no",
            "customers": "" if self.customers is None else str(self.customers),
            "answered": self.answered.astimezone(UTC).isoformat() if self.answered else "",
            "ticket": self.ticket,
        }

    @classmethod
    def of(cls, detail: Mapping[str, str]) -> Fault:
        """What a happening's words tell; what they do not tell, or not in these words, is not known."""
        customers = detail.get("customers", "")
        return cls(
            detail.get("reason", ""),
            cause_of(detail) or Cause.UNSTATED,
            detail.get("critical") == "yes",
            int(customers) if customers.isascii() and customers.isdigit() else None,
            _moment(detail.get("answered", "")),
            detail.get("ticket", ""),
        )


def cause_word(word: str) -> Cause:
    """A cause as a person or a message writes it, in either case; UNSTATED for "". Raises InputError."""
    for cause in CALLED:
        if word.lower() == cause.value:
            return cause
    if word:
        raise InputError(f"{word!r} is no cause: {', '.join(CALLED)} (PASA 4.2)")
    return Cause.UNSTATED


def cause_of(detail: Mapping[str, str]) -> Cause | None:
    """The cause that a happening tells; None when it tells none. `caused_by` is how tickets were entered at first."""
    word = (detail.get("cause") or detail.get("caused_by", "")).lower()
    return next((cause for cause in CALLED if cause.value == word), None)


def said(cause: Cause) -> str:
    """The word that is kept: "" for what nobody has said."""
    return "" if cause is Cause.UNSTATED else cause.value


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
