"""When live service may be affected (PASA 2.3): over years, in many zones, on both days the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError, Refused
from turnup.order.maintenance import NOTICE, must_be_allowed, next_window, window_at, zone_of
from turnup.order.records import Notice

ZONES = (
    "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "Europe/London", "Europe/Berlin",
    "Asia/Kolkata", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns", "UTC",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NEW_YORK = ZoneInfo("America/New_York")


def on_the_wall(moment: datetime, zone: ZoneInfo) -> bool:
    """The contract's sentence, read off the wall clock."""
    local = moment.astimezone(zone)
    return local.strftime("%a") in ("Wed", "Sun") and local.hour in (2, 3, 4, 5)


@given(MOMENTS, st.sampled_from(ZONES))
def test_a_window_is_what_the_wall_clock_says(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    window = window_at(moment, zone)
    assert (window is not None) == on_the_wall(moment, zone)
    if window is None:
        return
    assert window.start <= moment < window.end
    assert timedelta(hours=3) <= window.end - window.start <= timedelta(hours=5)
    second = timedelta(seconds=1)
    assert on_the_wall(window.start, zone)
    assert not on_the_wall(window.start - second, zone)
    assert on_the_wall(window.end - second, zone)
    assert not on_the_wall(window.end, zone)


@given(MOMENTS, st.sampled_from(ZONES))
def test_the_next_window_is_the_next(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    window = next_window(moment, zone)
    assert moment <= window.start < moment + timedelta(days=5)
    assert window_at(window.start, zone) == window
    step = timedelta(minutes=20)
    between = [moment + step * i for i in range(1, int((window.start - moment) / step))]
    open_now = window_at(moment, zone)
    assert all(window_at(one, zone) in (None, open_now) for one in between)


@pytest.mark.parametrize("name", ZONES)
def test_every_window_of_forty_years(name: str) -> None:
    zone, second = ZoneInfo(name), timedelta(seconds=1)
    moment, lengths, count = datetime(1999, 1, 1, tzinfo=UTC), set(), 0
    while moment.year < 2039:
        window = next_window(moment, zone)
        lengths.add(window.end - window.start)
        edges = (window.start - second, window.start, window.end - second, window.end)
        assert [on_the_wall(edge, zone) for edge in edges] == [False, True, True, False], window
        assert [window_at(edge, zone) for edge in edges] == [None, window, window, None], window
        moment, count = window.end, count + 1
    assert count > 2 * 52 * 40
    changes_at_night = {"America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/Berlin"}
    assert timedelta(hours=4) in lengths
    if name in changes_at_night:
        assert timedelta(hours=3) in lengths, "no Sunday on which the clock goes forward was met"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2001-04-01T07:00", "2001-04-01T10:00"),  # forward: three hours
        ("2001-10-28T07:00", "2001-10-28T11:00"),  # back: the hour that comes twice is before the window
        ("2001-07-15T06:00", "2001-07-15T10:00"),
        ("2001-07-11T06:00", "2001-07-11T10:00"),
    ],
)
def test_windows_of_60_hudson(start: str, end: str) -> None:
    assert next_window(utc(start) - timedelta(hours=5), NEW_YORK).start == utc(start)
    assert next_window(utc(start), NEW_YORK).end == utc(end)
    assert window_at(utc(start) - timedelta(minutes=1), NEW_YORK) is None
    assert window_at(utc(end), NEW_YORK) is None


def test_48_hours_skip_a_wednesday() -> None:
    """Notice given on Monday 9 July 2001, 14:00Z: Wednesday is 40 hours away."""
    assert next_window(utc("2001-07-09T14:00") + NOTICE, NEW_YORK).start == utc("2001-07-15T06:00")


def notice(starts: datetime, sent: datetime, router: str = "r1") -> Notice:
    return Notice(router, starts, sent, "J. Smith", sent)


WINDOW = utc("2001-07-15T06:00")


@pytest.mark.parametrize(
    ("now", "notices", "said"),
    [
        ("2001-07-15T05:59", [notice(WINDOW, WINDOW - NOTICE)], "allowed only Wednesday and Sunday"),
        ("2001-07-16T07:00", [notice(WINDOW, WINDOW - NOTICE)], "allowed only Wednesday and Sunday"),
        ("2001-07-15T07:00", [], "no notice is recorded"),
        ("2001-07-15T07:00", [notice(WINDOW, WINDOW - NOTICE, "r2")], "no notice is recorded"),
        ("2001-07-15T07:00", [notice(utc("2001-07-11T06:00"), utc("2001-07-01T06:00"))], "no notice is recorded"),
        ("2001-07-15T07:00", [notice(WINDOW, WINDOW - NOTICE + timedelta(seconds=1))], "less than 48 hours"),
    ],
)
def test_refused(now: str, notices: list[Notice], said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        must_be_allowed(utc(now), "America/New_York", "r1", notices)
    assert refused.value.exit_code == 6
    assert "--emergency" in refused.value.advice


@pytest.mark.parametrize("now", ["2001-07-15T06:00", "2001-07-15T09:59"])
def test_allowed(now: str) -> None:
    given_in_time = notice(WINDOW, WINDOW - NOTICE)
    assert must_be_allowed(utc(now), "America/New_York", "r1", [given_in_time]) == given_in_time


@given(MOMENTS, st.sampled_from(ZONES), st.timedeltas(timedelta(0), timedelta(days=6)))
def test_never_without_48_hours(moment: datetime, name: str, before: timedelta) -> None:
    zone = ZoneInfo(name)
    window = next_window(moment, zone)
    given_at = window.start - before
    allowed = True
    try:
        must_be_allowed(window.start, name, "r1", [notice(window.start, given_at)])
    except Refused:
        allowed = False
    assert allowed == (before >= timedelta(hours=48))


@pytest.mark.parametrize("name", ["New York", "localtime", "right/America/New_York", "posix/America/New_York", ""])
def test_no_such_zone(name: str) -> None:
    """`localtime` is a file beside the zones: the window of whoever runs turnup, not the site's."""
    with pytest.raises(InputError, match="IANA"):
        zone_of(name)
