"""What the entries about an interruption add up to, and which entry may follow which. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from turnup.errors import Refused
from turnup.model.interruption import Cause, Doing, InterruptionEntry, KeptEntry

MOST_CUSTOMERS = 10**6  # more than there are; both databases keep it


@dataclass(frozen=True)
class Evidence:
    """What a statement rests on: an event of a history, an entry about an interruption, a certificate; by digest."""

    kind: str
    reference: str
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}" + (f" (sha256 {self.digest[:12]})" if self.digest else "")


@dataclass(frozen=True)
class Interruption:
    """One interruption as it stands now. `number` 0 = read from an order's history. `ends` None = still open. UTC.

    It is an order's (`order_id`), or a port's, or with `port` empty a whole router's.
    """

    starts: datetime
    ends: datetime | None
    cause: Cause
    number: int = 0
    order_id: str = ""
    router: str = ""
    port: str = ""
    ticket: str = ""
    answered: datetime | None = None
    customers: int | None = None
    critical: bool = False
    withdrawn: bool = False
    evidence: tuple[Evidence, ...] = ()

    @property
    def target(self) -> str:
        """What it is about."""
        return self.order_id or f"{self.router} {self.port}".strip()


def interruptions(entries: Iterable[KeptEntry]) -> tuple[Interruption, ...]:
    """Every recorded interruption as its entries have it, withdrawn ones too; by number."""
    found: dict[int, Interruption] = {}
    for kept in entries:
        entry = kept.entry
        number = entry.interruption or kept.number
        evidence = Evidence("interruption entry", f"{kept.number} ({entry.doing.value}, {entry.by})", kept.digest)
        known = found.get(number)
        changed = _opened(entry, number) if known is None else _AFTER[entry.doing](known, entry)
        found[number] = replace(changed, evidence=(*(known.evidence if known else ()), evidence))
    return tuple(found[number] for number in sorted(found))


def check_entry(known: Mapping[int, Interruption], entry: InterruptionEntry, now: datetime) -> None:
    """Raises Refused when this entry may not be made."""
    for at in (entry.starts, entry.ends, entry.answered):
        if at is not None and at > now:
            raise Refused(f"{at.isoformat()} is to come: record what happened when it has happened")
    if entry.doing is Doing.OPEN:
        _check_opening(entry)
        return
    if (before := known.get(entry.interruption)) is None:
        raise Refused(f"there is no interruption {entry.interruption}", advice="`turnup interruption list` shows all.")
    if before.withdrawn:
        raise Refused(f"interruption {entry.interruption} was withdrawn", advice="Open another one.")
    if entry.doing is Doing.CLOSE and before.ends is not None:
        raise Refused(
            f"interruption {entry.interruption} ended {before.ends.isoformat()}",
            advice="`turnup interruption correct` enters what was wrong about it.",
        )
    _check_times(_AFTER[entry.doing](before, entry))


def _check_opening(entry: InterruptionEntry) -> None:
    if entry.starts is None or entry.cause is None or not (entry.order_id or entry.router):
        raise Refused("an interruption is of an order, a port or a router, starts at a time and has a cause")
    _check_times(_opened(entry, 0))


def _check_times(one: Interruption) -> None:
    if one.ends is not None and one.ends <= one.starts:
        raise Refused(f"it would end {one.ends.isoformat()}, not after it started {one.starts.isoformat()}")
    if one.customers is not None and not 1 <= one.customers <= MOST_CUSTOMERS:
        raise Refused(f"an interruption affects at least one customer, and {MOST_CUSTOMERS} at most")


def _opened(entry: InterruptionEntry, number: int) -> Interruption:
    if entry.starts is None or entry.cause is None:
        raise Refused(f"interruption {number} was opened without a time or a cause")
    said = {name: getattr(entry, name) for name in ("order_id", "router", "port", "ticket", "answered", "customers")}
    return Interruption(entry.starts, entry.ends, entry.cause, number, **said)


def _closed(known: Interruption, entry: InterruptionEntry) -> Interruption:
    return replace(known, ends=entry.ends)


def _corrected(known: Interruption, entry: InterruptionEntry) -> Interruption:
    names = ("starts", "ends", "cause", "answered", "customers", "ticket")
    return replace(known, **{name: value for name in names if (value := getattr(entry, name)) not in (None, "")})


def _withdrawn(known: Interruption, entry: InterruptionEntry) -> Interruption:  # noqa: ARG001 - as the others
    return replace(known, withdrawn=True)


_AFTER: Mapping[Doing, Callable[[Interruption, InterruptionEntry], Interruption]] = {
    Doing.CLOSE: _closed,
    Doing.CORRECT: _corrected,
    Doing.WITHDRAW: _withdrawn,
}
