"""A fault is told in one spelling: whoever writes it, the same words are read."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.model.interruption import Cause
from turnup.model.messages import Cause as TicketCause
from turnup.order.fault import CALLED, Fault, cause_of, cause_word

FAULTS = st.builds(
    Fault,
    st.text(),
    st.sampled_from((*CALLED, Cause.UNSTATED)),
    st.booleans(),
    st.none() | st.integers(0, 999),
    st.none() | st.datetimes(timezones=st.just(timezone(timedelta(hours=-7)))),
    st.text(),
)


@given(FAULTS)
def test_what_is_written_is_read(fault: Fault) -> None:
    read = Fault.of(fault.detail())
    assert read == fault
    if fault.answered and read.answered:
        assert read.answered.utcoffset() == timedelta(0)


@pytest.mark.parametrize("cause", TicketCause)
def test_every_cause_of_a_ticket_is_one_of_an_interruption(cause: TicketCause) -> None:
    assert said_by_ticket(cause) in CALLED


def said_by_ticket(cause: TicketCause) -> Cause | None:
    return cause_word(cause.value)


def test_a_history_from_before_the_one_spelling_is_read() -> None:
    assert cause_of({"caused_by": "THIRD-PARTY"}) is Cause.THIRD_PARTY
    assert cause_of({"caused_by": "CARRIER", "cause": "customer"}) is Cause.CUSTOMER
    assert cause_of({"cause": "sunspots"}) is None
    assert cause_of({}) is None


@pytest.mark.parametrize("word", ["sunspots", "maintenance", "not stated"])
def test_what_no_report_may_say(word: str) -> None:
    with pytest.raises(InputError, match="is no cause"):
        cause_word(word)
