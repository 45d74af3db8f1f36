"""Spans of time and their arithmetic: merged, in common, taken away. Pure, exact to the microsecond."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from turnup.errors import TurnupError


@dataclass(frozen=True, order=True)
class Span:
    """From a moment to a later one, both UTC; the end does not belong to it."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise TurnupError(f"a span must end after it starts: {self.start} to {self.end}")

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


Spans = tuple[Span, ...]


def span(start: datetime, end: datetime) -> Spans:
    """That span, or none when it would be empty."""
    return (Span(start, end),) if end > start else ()


def merged(spans: Iterable[Span]) -> Spans:
    """The same time in as few spans as possible: what overlaps or touches is one. Sorted."""
    found: list[Span] = []
    for one in sorted(spans):
        if found and one.start <= found[-1].end:
            if one.end > found[-1].end:
                found[-1] = Span(found[-1].start, one.end)
        else:
            found.append(one)
    return tuple(found)


def common(left: Iterable[Span], right: Iterable[Span]) -> Spans:
    """The time that is in both."""
    others = merged(right)
    return tuple(
        piece
        for one in merged(left)
        for other in others
        for piece in span(max(one.start, other.start), min(one.end, other.end))
    )


def without(left: Iterable[Span], right: Iterable[Span]) -> Spans:
    """The time of `left` that is not in `right`."""
    found: list[Span] = []
    others = merged(right)
    for one in merged(left):
        start = one.start
        for other in others:
            found += span(start, min(one.end, max(start, other.start)))
            start = max(start, other.end)
        found += span(start, one.end)
    return merged(found)


def length(spans: Iterable[Span]) -> timedelta:
    """How long they are together; time that is in several counts once."""
    return sum((one.length for one in merged(spans)), timedelta(0))
