"""`turnup mgs`: service orders and service levels of the Media Gateway Services Agreements (MGS II and IV)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnup.cli.options import AsJson

if TYPE_CHECKING:
    from datetime import datetime

    from turnup.desk.entering import Desk
    from turnup.mgs.life import MgsEvent, MgsLife

app = typer.Typer(help="Media Gateway Services: service orders and service levels.", no_args_is_help=True)
order = typer.Typer(help="Service orders: check, receive, record, show.", no_args_is_help=True)
app.add_typer(order, name="order")
File = Annotated[Path, typer.Argument(help="Service order, YAML.", show_default=False)]
OrderId = Annotated[str, typer.Argument(help="Id of the service order.", show_default=False)]
By = Annotated[str, typer.Option(help="Who says so, or whose message it is.", show_default=False)]
At = Annotated[str | None, typer.Option(help="When it happened, ISO 8601 with zone; now when left out.")]

PANEL, RANK = "Performance and credits", 4  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.add_typer(app, name="mgs", rich_help_panel=PANEL)


@order.command()
def check(context: typer.Context, file: File, json: AsJson = False) -> None:
    """Read a service order and list what it lacks (MGS II 6, MGS IV 6). Exit code 2 when it lacks something."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say
    from turnup.mgs.order import insufficiencies, read_order

    with at_desk(context) as desk:
        found = read_order(file)
        points = insufficiencies(found, desk.noc.equipment.policy.mgs)
    if json:
        as_json({"order": found.order_id, "insufficient": [{"field": name, "reason": why} for name, why in points]})
    else:
        say(f"{found.order_id}: " + ("insufficient (MGS 6):" if points else "sufficient"))
        for name, why in points:
            say(f"  - {name}: {why}")
    if points:
        raise typer.Exit(2)


@order.command()
def receive(context: typer.Context, file: File, by: By, at: At = None) -> None:
    """Enter a service order, or the same order again with what was missing; the two business days run from there."""
    from turnup.cli.life import at_desk, moment
    from turnup.mgs.life import MgsEvent, MgsState
    from turnup.mgs.order import order_fields, read_order

    with at_desk(context) as desk:
        found = read_order(file)
        life = _life(desk, found.order_id)
        if life and life.state is MgsState.RECEIVED and order_fields(life.order) == order_fields(found):
            _told(desk, life)  # entered twice is received once: the notice is due when it was
            return
        event = MgsEvent.SUPPLEMENT if life else MgsEvent.RECEIVE
        _told(desk, _enter(desk, found.order_id, event, by, moment(at), order_fields(found)))


@order.command()
def record(
    context: typer.Context,
    service_order: OrderId,
    event: Annotated[
        str,
        typer.Argument(
            metavar="insufficient|accept|trunks-ordered|installed|verified|cancel",
            help="What happened to it.",
            show_default=False,
        ),
    ],
    by: By,
    at: At = None,
    note: Annotated[str, typer.Option(help="Such as the message's id.")] = "",
) -> None:
    """Record that the customer was told what is missing, or that the order was accepted, installed, verified."""
    from turnup.cli.life import at_desk, moment
    from turnup.errors import UsageError
    from turnup.mgs.life import MgsEvent

    known = [one.value for one in MgsEvent if one not in (MgsEvent.RECEIVE, MgsEvent.SUPPLEMENT)]
    if event not in known:
        raise UsageError(f"{event!r} is no happening of a service order: {', '.join(known)}")
    with at_desk(context) as desk:
        detail = {"note": desk.noc.redact(note)} if note else {}
        _told(desk, _enter(desk, service_order, MgsEvent(event), by, moment(at), detail))


@order.command()
def show(
    context: typer.Context,
    service_order: Annotated[str, typer.Argument(help="Id; all when left out.", show_default=False)] = "",
    json: AsJson = False,
) -> None:
    """Show where service orders stand: the notice that is due, and since when they are deemed installed."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say
    from turnup.errors import UsageError

    with at_desk(context) as desk:
        found = _lives(desk, service_order)
        if service_order and not found:
            raise UsageError(f"no service order {service_order} was received")
        if json:
            as_json([_plain(desk, life) for life in found.values()])
            return
        for life in found.values():
            _told(desk, life)
        if not found:
            say("no service order was received")


@app.command()
def report(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2001-08.", show_default=False)],
    measurements: Annotated[Path, typer.Option(help="File of measurements, YAML or CSV.", show_default=False)],
    form: Annotated[str, typer.Option("--format", help="terminal, md, csv or json.")] = "terminal",
) -> None:
    """Write the monthly report of service levels: P.01, uptime, time to repair (Schedule 2)."""
    from turnup.cli.options import opened
    from turnup.cli.show import say, screen_width
    from turnup.mgs.levels import Measured
    from turnup.mgs.measured import read_measurements
    from turnup.mgs.report import mgs_report
    from turnup.performance.months import Month
    from turnup.performance.tables import write

    wanted, noc = Month.parse(month), opened(context)
    measured = Measured(read_measurements(measurements), noc.equipment.policy.mgs, noc.clock())
    say(write(mgs_report(measured, wanted), form, screen_width()))


def _lives(desk: Desk, order_id: str = "") -> dict[str, MgsLife]:
    from turnup.mgs.life import MgsEvent, MgsHappening, after
    from turnup.store.mgs import mgs_rows

    found: dict[str, MgsLife] = {}
    with desk.store.reading() as connection:
        for row in mgs_rows(connection, order_id):
            happening = MgsHappening(row.order_id, MgsEvent(row.event), row.at, row.by, row.detail)
            found[row.order_id] = after(found.get(row.order_id), happening)
    return found


def _life(desk: Desk, order_id: str) -> MgsLife | None:
    return _lives(desk, order_id).get(order_id)


def _enter(
    desk: Desk, order_id: str, event: MgsEvent, by: str, at: datetime | None, detail: Mapping[str, Any]
) -> MgsLife:
    from turnup.errors import Refused, UsageError
    from turnup.mgs.life import MgsEvent, MgsHappening, after, fold
    from turnup.model.text import plain
    from turnup.store.mgs import enter_mgs, mgs_rows

    now = desk.noc.clock()
    if not by.strip():
        raise UsageError("--by wants a name")
    if at is not None and at > now:
        raise Refused(f"{at.isoformat()} is to come: record what happened when it has happened")
    happening = MgsHappening(order_id, event, at or now, desk.noc.redact(plain(by.strip())), detail)
    with desk.store.writing() as connection:
        rows = mgs_rows(connection, order_id)
        before = fold(MgsHappening(row.order_id, MgsEvent(row.event), row.at, row.by, row.detail) for row in rows)
        life = after(before, happening)
        enter_mgs(connection, order_id, event.value, happening.at, happening.by, detail, now)
    return life


def _told(desk: Desk, life: MgsLife) -> None:
    from turnup.cli.show import say

    plain = _plain(desk, life)
    say(f"{life.order.order_id}: {life.state.value} (MGS {life.order.agreement})")
    for point in plain["insufficient"]:
        say(f"  - {point['field']}: {point['reason']}")
    if plain["notice_due"]:
        late = "LATE: " if plain["notice_late"] else ""
        say(f"  {late}tell the customer by {plain['notice_due']:%Y-%m-%d %H:%M} UTC, or accept (MGS 6)")
    day, exact = plain["deemed_installed"], plain["deemed_exact"]
    say(f"  deemed installed: {day or 'not yet'}" + ("" if exact or day is None else " at the latest"))
    for limb in plain["limbs"]:
        say(f"    {limb['clause']}: {limb['day'] or ''} {limb['why']}".replace(":  ", ": "))


def _plain(desk: Desk, life: MgsLife) -> dict[str, Any]:
    from turnup.mgs.installed import deemed_installed
    from turnup.mgs.life import MgsState
    from turnup.mgs.order import insufficiencies, notice_due

    periods, now = desk.noc.equipment.policy.mgs, desk.noc.clock()
    deemed = deemed_installed(life, periods, now)
    waits = life.state is MgsState.RECEIVED
    points = insufficiencies(life.order, periods) if waits or life.state is MgsState.INSUFFICIENT else ()
    due = notice_due(life.received_at, periods)
    return {
        "order": life.order.order_id,
        "agreement": life.order.agreement.value,
        "state": life.state.value,
        "requested_installation": life.order.requested_installation,
        "insufficient": [{"field": name, "reason": why} for name, why in points],
        "notice_due": due if waits and points else None,
        "notice_late": waits and bool(points) and now > due,
        "deemed_installed": deemed.day,
        "deemed_exact": deemed.exact,
        "limbs": [{"clause": one.clause, "day": one.day, "why": one.why} for one in deemed.limbs],
    }
