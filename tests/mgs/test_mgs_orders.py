"""MGS service orders: what they lack, what may follow what, since when they are deemed installed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError, Refused
from turnup.mgs.installed import deemed_installed
from turnup.mgs.life import TABLE, MgsEvent, MgsHappening, MgsLife, MgsState, fold
from turnup.mgs.order import (
    Agreement,
    ServiceOrder,
    insufficiencies,
    notice_due,
    order_fields,
    order_of,
    read_order,
)
from turnup.model.period import Period
from turnup.model.policy import MgsPeriods

WHOLE = """order_id: MGS-1
agreement: II
dated: 2001-08-01
requested_installation: 2001-10-30
location: 1 Wilshire, Los Angeles
market_area: LA
circuits: 672
equipment: [Cisco AS5800]
traffic: [data, fax]
"""
NOON = datetime(2001, 8, 1, 16, tzinfo=UTC)  # a Wednesday, noon in Bedminster
DAY = timedelta(days=1)
UNSET = MgsPeriods()
SET = MgsPeriods(
    installed_after_trunks=Period.parse("30d"),
    installed_after_acceptance=Period.parse("60d"),
    lead=Period.parse("45d"),
)


def read(text: str, tmp_path: Path) -> ServiceOrder:
    path = tmp_path / "order.yaml"
    path.write_text(text)
    return read_order(path)


def test_a_whole_order(tmp_path: Path) -> None:
    order = read(WHOLE, tmp_path)
    assert insufficiencies(order, UNSET) == ()
    assert order_of(order_fields(order)) == order


@pytest.mark.parametrize(
    ("line", "instead", "field"),
    [
        ("dated: 2001-08-01\n", "", "dated"),
        ("requested_installation: 2001-10-30\n", "", "requested_installation"),
        ("location: 1 Wilshire, Los Angeles\n", "", "location"),
        ("circuits: 672\n", "", "circuits"),
        ("circuits: 672\n", "circuits: 0\n", "circuits"),
        ("equipment: [Cisco AS5800]\n", "", "equipment"),
        ("traffic: [data, fax]\n", "traffic: []\n", "traffic"),
        ("2001-10-30", "2001-10-29", "requested_installation"),  # 89 days after
    ],
)
def test_what_is_insufficient(line: str, instead: str, field: str, tmp_path: Path) -> None:
    points = insufficiencies(read(WHOLE.replace(line, instead), tmp_path), UNSET)
    assert [name for name, _ in points] == [field]


def test_the_lead_of_the_fourth_agreement_is_a_setting(tmp_path: Path) -> None:
    order = read(WHOLE.replace(": II", ": IV").replace("2001-10-30", "2001-08-20"), tmp_path)
    assert insufficiencies(order, UNSET) == (), "not configured: nothing is held against it"
    assert [name for name, _ in insufficiencies(order, SET)] == ["requested_installation"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WHOLE + "colour: red\n", "order.yaml:10: unknown field 'colour'"),
        (WHOLE.replace("agreement: II", "agreement: III"), "cannot be 'III'"),
        (WHOLE.replace("dated: 2001-08-01", "dated: soon"), "order.yaml:3"),
        (WHOLE.replace("dated: 2001-08-01", "dated: 2001-08-01T10:00:00Z"), "write a day"),
        (WHOLE.replace("672", '"672"'), "a whole number"),
        (WHOLE.replace("MGS-1", '" "'), "needs an order_id"),
        ("- a\n", "must be a mapping"),
        ("agreement: II\n", "'order_id' is missing"),
    ],
)
def test_an_order_is_read_strictly(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"order\.yaml") as raised:
        read(text, tmp_path)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (NOON, "2001-08-04T04:00+00:00"),  # Wednesday: Friday's midnight in Bedminster
        (NOON + 2 * DAY, "2001-08-08T04:00+00:00"),  # Friday: over the weekend to Tuesday's
        (datetime(2001, 8, 31, 16, tzinfo=UTC), "2001-09-06T04:00+00:00"),  # Labor Day does not count
        (datetime(2001, 10, 5, 16, tzinfo=UTC), "2001-10-11T04:00+00:00"),  # Columbus Day, federal, does not either
        (datetime(2001, 11, 5, 16, tzinfo=UTC), "2001-11-08T05:00+00:00"),  # New Jersey's election day counts
    ],
)
def test_two_business_days(received: datetime, due: str) -> None:
    assert notice_due(received, UNSET) == datetime.fromisoformat(due)


def lived(agreement: Agreement, *steps: tuple[MgsEvent, datetime]) -> MgsLife:
    order = order_fields(ServiceOrder("MGS-1", agreement))
    received = MgsHappening("MGS-1", MgsEvent.RECEIVE, NOON, "Q", order)
    life = fold([received, *(MgsHappening("MGS-1", event, at, "J") for event, at in steps)])
    assert life is not None
    return life


E = MgsEvent
ACCEPTED = (E.ACCEPT, NOON + DAY)


@pytest.mark.parametrize(
    ("agreement", "steps", "told"),
    [
        (Agreement.II, [(E.INSTALLED, NOON)], "cannot take `installed`"),
        (
            Agreement.II,
            [ACCEPTED, (E.INSTALLED, NOON + 2 * DAY), (E.VERIFIED, NOON + 3 * DAY)],
            "cannot take `verified`",
        ),
        (Agreement.IV, [ACCEPTED, (E.TRUNKS_ORDERED, NOON + 2 * DAY)], "cannot take `trunks-ordered`"),
        (Agreement.II, [(E.CANCEL, NOON), (E.ACCEPT, NOON)], "cannot take `accept`"),
        (Agreement.II, [(E.ACCEPT, NOON - DAY)], "before what happened last"),
    ],
)
def test_what_is_refused(agreement: Agreement, steps: list[tuple[MgsEvent, datetime]], told: str) -> None:
    with pytest.raises(Refused, match=told):
        lived(agreement, *steps)


def test_nothing_begins_without_its_receipt() -> None:
    with pytest.raises(Refused, match="nothing is known"):
        fold([MgsHappening("MGS-1", E.ACCEPT, NOON, "J")])


def test_a_supplement_starts_the_two_days_again() -> None:
    whole = order_fields(ServiceOrder("MGS-1", Agreement.II, circuits=24))
    received = MgsHappening("MGS-1", E.RECEIVE, NOON, "Q", order_fields(ServiceOrder("MGS-1", Agreement.II)))
    life = fold(
        [
            received,
            MgsHappening("MGS-1", E.INSUFFICIENT, NOON + DAY, "J"),
            MgsHappening("MGS-1", E.SUPPLEMENT, NOON + 3 * DAY, "Q", whole),
        ]
    )
    assert life is not None
    assert (life.state, life.order.circuits) == (MgsState.RECEIVED, 24)
    assert (life.received_at, life.answered_at) == (NOON + 3 * DAY, None)


def test_a_supplement_does_not_change_the_agreement() -> None:
    said = [
        MgsHappening("MGS-1", event, NOON, "Q", order_fields(ServiceOrder("MGS-1", agreement)))
        for event, agreement in ((E.RECEIVE, Agreement.II), (E.SUPPLEMENT, Agreement.IV))
    ]
    with pytest.raises(Refused, match="received under MGS II"):
        fold(said)


@given(st.lists(st.sampled_from(list(MgsEvent)), max_size=8), st.sampled_from(list(Agreement)))
def test_no_sequence_leaves_the_table(events: list[MgsEvent], agreement: Agreement) -> None:
    detail = order_fields(ServiceOrder("MGS-1", agreement))
    history = [
        MgsHappening("MGS-1", event, NOON + n * DAY, "J", detail) for n, event in enumerate([E.RECEIVE, *events])
    ]
    try:
        life = fold(history)
    except Refused:
        return
    assert life is not None
    state = MgsState.RECEIVED
    for event in events:
        (state,) = {row[2] for row in TABLE if (row[0], row[1]) == (state, event) and agreement in row[4]}
    assert life.state is state


def deemed(life: MgsLife, now: datetime, periods: MgsPeriods = SET) -> tuple[date | None, bool]:
    found = deemed_installed(life, periods, now)
    return found.day, found.exact


TRUNKS, INSTALLED = (E.TRUNKS_ORDERED, NOON + 2 * DAY), (E.INSTALLED, NOON + 10 * DAY)


@pytest.mark.parametrize(
    ("steps", "days", "day"),
    [
        ([ACCEPTED], 300, date(2001, 10, 1)),  # (b): 60 days after acceptance, whatever else lacks
        ([ACCEPTED], 60, None),  # the day before
        ([ACCEPTED], 61, date(2001, 10, 1)),
        ([ACCEPTED, TRUNKS, INSTALLED], 300, date(2001, 9, 2)),  # (a): 30 days after the ILEC order, later than notice
        ([ACCEPTED, TRUNKS, (E.INSTALLED, NOON + 40 * DAY)], 300, date(2001, 9, 10)),  # (a): the notice is later
        ([ACCEPTED, INSTALLED], 300, date(2001, 10, 1)),  # no ILEC order: (a) cannot come
        ([ACCEPTED, TRUNKS, (E.INSTALLED, NOON + 90 * DAY)], 300, date(2001, 10, 1)),  # (b) was earlier
        ([], 300, None),
    ],
)
def test_deemed_installed_under_the_second(steps: list[tuple[MgsEvent, datetime]], days: int, day: date | None) -> None:
    assert deemed(lived(Agreement.II, *steps), NOON + days * DAY) == (day, True)


@pytest.mark.parametrize(
    ("steps", "days", "day"),
    [
        ([ACCEPTED, INSTALLED], 20, None),  # the customer has to verify it
        ([ACCEPTED, INSTALLED, (E.VERIFIED, NOON + 12 * DAY)], 20, date(2001, 8, 13)),
        ([ACCEPTED, INSTALLED], 300, date(2001, 10, 1)),  # in all events
    ],
)
def test_deemed_installed_under_the_fourth(steps: list[tuple[MgsEvent, datetime]], days: int, day: date | None) -> None:
    assert deemed(lived(Agreement.IV, *steps), NOON + days * DAY) == (day, True)


def test_unset_is_never_asserted() -> None:
    assert deemed(lived(Agreement.II, ACCEPTED, TRUNKS, INSTALLED), NOON + 3000 * DAY, UNSET) == (None, False)
    assert deemed(lived(Agreement.IV, ACCEPTED), NOON + 3000 * DAY, UNSET) == (None, False)
    verified = lived(Agreement.IV, ACCEPTED, INSTALLED, (E.VERIFIED, NOON + 12 * DAY))
    assert deemed(verified, NOON + 20 * DAY, UNSET) == (date(2001, 8, 13), False), "at the latest: (b) is not known"
