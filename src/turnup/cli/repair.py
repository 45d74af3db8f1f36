"""`turnup repair open|close`: from the call that was answered to the proof that the port serves again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.life import By, at_desk, moment
from turnup.cli.options import AsJson

if TYPE_CHECKING:
    from turnup.desk.entering import Desk
    from turnup.order.life import Life

app = typer.Typer(help="Repairs of ports in service (PASA 1.4(a), Schedule 2 (iii)).", no_args_is_help=True)
Place = Annotated[str, typer.Argument(metavar="PORT|ORDER", help="ORDER, ROUTER:PORT, or PORT.", show_default=False)]
CausedBy = Annotated[str, typer.Option("--caused-by", help="carrier, customer or third-party, where it is known.")]


PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup repair`."""
    main.add_typer(app, name="repair", rich_help_panel=PANEL)


@app.command("open")
def open_(
    context: typer.Context,
    place: Place,
    by: By,
    reason: Annotated[str, typer.Option(help="What was reported.", show_default=False)],
    answered: Annotated[
        str | None, typer.Option(help="When the call was answered, ISO 8601 with zone; now when left out.")
    ] = None,
    scope: Annotated[str, typer.Option(help="What the fault reaches: port, card or router.")] = "port",
    customers: Annotated[int | None, typer.Option(min=0, help="How many customers are affected, as reported.")] = None,
    critical: Annotated[bool, typer.Option("--critical", help="Call it critical whatever is counted.")] = False,
    caused_by: CausedBy = "",
    ticket: Annotated[str, typer.Option(help="Number of the trouble ticket.")] = "",
    json: AsJson = False,
) -> None:
    """Record the fault of a port in service; its time to repair runs from the call answered (Schedule 2 (iii))."""
    from turnup.cli.show import as_json, say
    from turnup.repair.opening import Call, open_repair
    from turnup.repair.places import at, beside

    with at_desk(context) as desk:
        reached = beside(desk.noc, at(desk.noc, place), scope)
        call = Call(by, reason, moment(answered), scope, customers, critical, caused_by, desk.noc.redact(ticket))
        opened = open_repair(desk, reached, call)
        if json:
            as_json(
                {
                    "opened": [_plain(life) for life in opened.lives],
                    "not_in_service": [life.order_id for life in opened.skipped],
                    "ports": opened.ports,
                    "customers": opened.customers,
                    "critical": opened.critical,
                }
            )
            return
        kind = "CRITICAL, more than four customers" if opened.customers > 4 else "CRITICAL" if opened.critical else ""
        counts = f"{opened.ports} in service reached, customers: {opened.customers}"
        say(f"ports {counts}{f': {kind}' if kind else ''}")
        for life in opened.lives:
            _told(desk, life)
        for life in opened.skipped:
            say(f"{life.order_id}: {life.state.value}, no repair opened")
        say(f"  next: repair, then `turnup retest {place}`, then `turnup repair close {place}`")


@app.command()
def close(
    context: typer.Context,
    place: Place,
    by: By,
    restored: Annotated[
        str | None,
        typer.Option(help="Since when it serves again, ISO 8601 with zone; by the tests' time when left out."),
    ] = None,
    caused_by: CausedBy = "",
    note: Annotated[str, typer.Option(help="What was done.")] = "",
    json: AsJson = False,
) -> None:
    """Close a repair. Demands a satisfied certificate that `turnup retest` has made for it, after the call."""
    from turnup.cli.show import as_json
    from turnup.repair.opening import close_repair
    from turnup.repair.places import at

    with at_desk(context) as desk:
        order = at(desk.noc, place).order.order_id
        life = close_repair(desk, order, by, restored=moment(restored), caused_by=caused_by, note=note)
        if json:
            as_json(_plain(life))
            return
        _told(desk, life)


def _plain(life: Life) -> dict[str, object]:
    return {
        "order": life.order_id,
        "router": life.router,
        "port": life.port,
        "state": life.state.value,
        "since": life.repair_since,
        "restored": life.restored_at,
        "critical": life.critical,
        "certificate": life.certificate,
    }


def _told(desk: Desk, life: Life) -> None:
    from turnup.cli.show import say
    from turnup.order.clocks import clocks_of

    say(f"{life.order_id} {life.router} {life.port}: {life.state.value}")
    for clock in clocks_of(life, desk.clocks):
        if clock.clause == "Schedule 2 (iii)":
            until = f"due {clock.due:%Y-%m-%d %H:%M} UTC" if clock.due else "no period configured"
            say(f"  {clock.name}: since {clock.started:%Y-%m-%d %H:%M} UTC, {until}")
            if clock.stopped:
                say(f"  restored {clock.stopped:%Y-%m-%d %H:%M} UTC")
