"""Outages as their reports tell them: what comes next, and by when (MGS IV, Schedule 2: 30 minutes, then every 60)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from turnup.errors import Refused, UsageError
from turnup.exchange.notices import outages
from turnup.exchange.office import Exchange
from turnup.model.messages import OutageReport, Stage
from turnup.store.sendings import Sending

FIRST = timedelta(minutes=30)
UPDATE = timedelta(minutes=60)
_Reports = tuple[tuple[OutageReport, Sending], ...]


@dataclass(frozen=True)
class OutageDue:
    """An outage that the customer must hear of again, and by when."""

    outage_id: str
    site: str
    what: str
    since: datetime
    due: datetime | None  # None: the text names no time for the summary


def next_report(exchange: Exchange, outage_id: str, stage: str, given: Mapping[str, Any]) -> OutageReport:
    """The report with what is given, everything else as it was told last. Raises UsageError, Refused."""
    if stage.upper() not in tuple(Stage):
        raise UsageError(f"{stage!r} is no report of an outage: {', '.join(one.lower() for one in Stage)}")
    with exchange.desk.store.reading() as connection:
        before = outages(connection).get(outage_id, ())
    which, now = Stage(stage.upper()), exchange.now()
    if before:
        last = before[-1][0]
        if which is Stage.FIRST or last.stage is Stage.SUMMARY or (last.ended_at and which is Stage.UPDATE):
            raise Refused(f"outage {outage_id} is at {last.stage.lower()} already")
        ended = {"ended_at": given.get("ended_at", last.ended_at or now)} if which is not Stage.UPDATE else {}
        return replace(last, **{**given, **ended, "stage": which, "reported_at": now})
    if missing := [name for name in ("site", "began_at", "person_notified") if name not in given]:
        raise UsageError(f"the first report of an outage needs {', '.join(missing)}")
    if which is not Stage.FIRST:
        raise Refused(f"nothing was told of an outage {outage_id} yet", advice="Begin with --stage first.")
    return OutageReport(**{**given, "outage_id": outage_id, "stage": which, "reported_at": now})


def outages_due(exchange: Exchange) -> tuple[OutageDue, ...]:
    """Every outage of which something is to be told, the most urgent first. Only what was sent counts as told."""
    with exchange.desk.store.reading() as connection:
        found = [next_of(name, reports) for name, reports in outages(connection).items()]
    return tuple(
        sorted((one for one in found if one is not None), key=lambda one: (one.due is None, one.due or one.since))
    )


def next_of(outage_id: str, reports: _Reports) -> OutageDue | None:
    """What is to be told of that outage next; None when the summary was sent."""
    last = reports[-1][0]
    sent = [(report, one.sent_at) for report, one in reports if one.sent_at is not None]
    if not sent:
        return OutageDue(outage_id, last.site, "first report", last.began_at, last.began_at + FIRST)
    told, at = sent[-1]
    if told.stage is Stage.SUMMARY:
        return None
    if told.ended_at is not None:
        return OutageDue(outage_id, last.site, "summary", told.ended_at, None)
    return OutageDue(outage_id, last.site, "update", at, at + UPDATE)
