"""`show clock`: the time, and whether the router trusts it."""

from __future__ import annotations

from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import clock
from turnup.virtual.shows.view import View


def flag(view: View) -> str:
    """`*` when nobody has set the clock, `.` when the time servers are lost, "" when all is well."""
    return view.overrides.text("clock.flag", "" if view.global_lines("ntp", "server") else "*")


@shows("show clock")
def show_clock(view: View, _args: Args) -> str:
    """The time alone."""
    return f"{flag(view)}{clock(view.now, view.zone)}\n"


@shows("show clock detail")
def show_clock_detail(view: View, _args: Args) -> str:
    """The time and where it comes from."""
    source = "Time source is NTP" if flag(view) != "*" else "No time source"
    return f"{flag(view)}{clock(view.now, view.zone)}\n{source}\n"
