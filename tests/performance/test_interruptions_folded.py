"""Entries about interruptions: what they add up to, and which are refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from histories import NOW, at

from turnup.errors import InputError, Refused
from turnup.model.interruption import Cause, Doing, InterruptionEntry, KeptEntry
from turnup.performance.recorded import check_entry, interruptions

START, END = at("2001-08-01T10:00"), at("2001-08-01T12:00")
OPENED = InterruptionEntry(
    Doing.OPEN, "J. Smith", router="nyc-hud-gsr1", port="Serial5/0", cause=Cause.CARRIER, starts=START
)
CLOSED = InterruptionEntry(Doing.CLOSE, "J. Smith", 1, ends=END)


def kept(*entries: InterruptionEntry) -> tuple[KeptEntry, ...]:
    return tuple(KeptEntry(n, entry, NOW, "", f"{n:064x}") for n, entry in enumerate(entries, start=1))


def test_open_close_correct_withdraw() -> None:
    (one,) = interruptions(kept(OPENED))
    assert (one.number, one.starts, one.ends, one.cause) == (1, START, None, Cause.CARRIER)
    right = InterruptionEntry(Doing.CORRECT, "K. Jones", 1, cause=Cause.CUSTOMER, ticket="TT-9", note="their CSU")
    (one,) = interruptions(kept(OPENED, CLOSED, right))
    assert (one.starts, one.ends, one.cause, one.ticket) == (START, END, Cause.CUSTOMER, "TT-9")
    assert [str(proof)[:24] for proof in one.evidence] == [
        "interruption entry 1 (op",
        "interruption entry 2 (cl",
        "interruption entry 3 (co",
    ]
    (one,) = interruptions(kept(OPENED, CLOSED, right, InterruptionEntry(Doing.WITHDRAW, "K. Jones", 1)))
    assert one.withdrawn


def test_two_are_told_apart() -> None:
    first, second = interruptions(kept(OPENED, OPENED, InterruptionEntry(Doing.CLOSE, "J. Smith", 2, ends=END)))
    assert (first.ends, second.ends) == (None, END)


def entry(doing: Doing, interruption: int = 1, ends: datetime | None = None, **said: object) -> InterruptionEntry:
    return InterruptionEntry(doing, "J. Smith", interruption, ends=ends, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "made", "why"),
    [
        ((OPENED,), entry(Doing.CLOSE, 7, END), "no interruption 7"),
        ((OPENED, CLOSED), entry(Doing.CLOSE, 1, END), "ended 2001-08-01T12:00"),
        ((OPENED,), entry(Doing.CLOSE, 1, START), "not after it started"),
        ((OPENED,), entry(Doing.CLOSE, 1, NOW + timedelta(seconds=1)), "is to come"),
        ((OPENED, CLOSED), entry(Doing.CORRECT, 1, starts=END), "not after it started"),
        ((OPENED,), entry(Doing.CORRECT, 1, customers=0), "at least one customer"),
        ((OPENED, entry(Doing.WITHDRAW)), entry(Doing.CORRECT, 1, END), "was withdrawn"),
        ((), entry(Doing.OPEN, 0, starts=START, cause=Cause.CARRIER), "is of an order"),
        ((), entry(Doing.OPEN, 0, order_id="PSO-1", cause=Cause.CARRIER), "starts at a time"),
        ((), entry(Doing.OPEN, 0, END, order_id="PSO-1", cause=Cause.CARRIER, starts=END), "not after it started"),
    ],
)
def test_what_is_refused(before: tuple[InterruptionEntry, ...], made: InterruptionEntry, why: str) -> None:
    known = {one.number: one for one in interruptions(kept(*before))}
    with pytest.raises(Refused, match=why):
        check_entry(known, made, NOW)


def test_what_may_be_entered() -> None:
    check_entry({}, OPENED, NOW)
    known = {one.number: one for one in interruptions(kept(OPENED))}
    check_entry(known, CLOSED, NOW)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(InputError, match="without its zone"):
        entry(Doing.CLOSE, 1, datetime(2001, 8, 1))  # noqa: DTZ001
