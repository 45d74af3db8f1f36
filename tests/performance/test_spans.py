"""Spans: their arithmetic is that of sets of moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import TurnupError
from turnup.performance.spans import Span, common, length, merged, span, without

ZERO = datetime(2001, 7, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(start: int, end: int) -> Span:
    return Span(ZERO + start * HOUR, ZERO + end * HOUR)


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda p: hours(p[0], p[0] + p[1])), max_size=8)


def moments(spans: object) -> set[int]:
    """The hours that are in them, counted one by one."""
    assert isinstance(spans, list | tuple)
    return {hour for one in spans for hour in range((one.start - ZERO) // HOUR, (one.end - ZERO) // HOUR)}


def test_an_empty_span_is_none() -> None:
    assert span(ZERO, ZERO) == ()
    with pytest.raises(TurnupError):
        Span(ZERO, ZERO)


@given(SPANS)
def test_merging_keeps_every_moment_once(spans: list[Span]) -> None:
    found = merged(spans)
    assert moments(found) == moments(spans)
    assert all(one.end < other.start for one, other in pairwise(found)), "touching spans are one"
    assert length(spans) == len(moments(spans)) * HOUR
    assert merged(found) == found


@given(SPANS, SPANS)
def test_common_and_without_are_those_of_sets(left: list[Span], right: list[Span]) -> None:
    assert moments(common(left, right)) == moments(left) & moments(right)
    assert moments(without(left, right)) == moments(left) - moments(right)
    assert length(common(left, right)) + length(without(left, right)) == length(left)
    assert without(left, right) == merged(without(left, right))
