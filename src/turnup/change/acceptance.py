"""Acceptance tests that stand between read-back and save (PASA 1.4(a)): a promise that outlives the process."""

from __future__ import annotations

from collections.abc import Callable

from turnup.change.journal import Clock, Journal, State
from turnup.change.plan import Change
from turnup.errors import TurnupError

# Why a change may not stay; "" when it may; None: the tests could not be completed, so nobody can say.
Accept = Callable[[], str | None]
# The same for a change that an earlier run left, given what that run had promised; None: nobody can say.
Prove = Callable[[Change, str], str | None]

NEVER = "never"  # said by a person: tests or not, it is saved

OWED = (
    "on the router and running, but NOT SAVED: the acceptance tests that were promised for it have not passed;"
    " `turnup push ORDER --accept --confirm` runs them, and saves it when they do"
)


def proved(journal: Journal, prove: Prove | None, clock: Clock) -> tuple[bool | None, str]:
    """Whether a change that is wholly on the router may be saved, and why (not).

    (None, why) when tests are owed and nobody can run them, or judge what they say: then it is neither saved nor taken
    back.
    """
    record = journal.record
    if not record.owes_tests:
        return True, ""
    if prove is None:
        return None, OWED
    try:
        reason = prove(record.change, record.promised)
    except (TurnupError, OSError) as error:
        return None, f"{OWED} ({error})"
    if reason is None:
        return None, OWED
    if reason:
        return False, f"not accepted: {reason}"
    journal.note(State.ACCEPTED, clock())
    return True, "its acceptance tests have passed"
