"""`turnup due`: every order with its state, the clock that runs, what is red, and who has to do what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson

if TYPE_CHECKING:
    from turnup.order.due import Due

PANEL, RANK = "An order's life", 2  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""
    main.command(rich_help_panel=PANEL)(due)


def due(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Ports in service as well, which wait for nobody.")] = False,
    json: AsJson = False,
) -> None:
    """List what is due, the most urgent first. Reads the store alone; `turnup order advance` brings it up to date."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say, tell
    from turnup.order.due import due_list
    from turnup.store.events import standings
    from turnup.store.messages import closed_tickets
    from turnup.store.runs import red_tests

    with at_desk(context) as desk:
        with desk.store.reading() as connection:
            now, reds, closed = desk.noc.clock(), red_tests(connection), closed_tickets(connection)
            found = due_list(standings(connection), desk.clocks, now, reds, closed)
        rows = [row for row in found if everything or row.whose]
    if json:
        as_json([_plain(row) for row in rows])
        return
    for row in rows:
        say(f"{row.order_id:<18} {row.state.value:<17} {row.router} {row.port}".rstrip())
        told = f"{row.clock}: {_left(row)}" if row.clock else ""
        tried = _attempts(row) if row.attempts else ""
        red = f"red: {', '.join(map(str, row.red))}" if row.red else ""
        for line in (told, tried, red, f"next: {row.action} ({row.whose})" if row.whose else ""):
            if line:
                tell(f"  {line}")
    if not rows:
        say("nothing is due")


def _left(row: Due) -> str:
    if row.left is None:
        return f"runs since {_length(row.elapsed)}; no period configured" if row.elapsed is not None else "not started"
    if row.left < timedelta(0):
        return f"LATE by {_length(-row.left)}"
    return f"{_length(row.left)} left"


def _attempts(row: Due) -> str:
    """`attempt 2 of [not configured], 1 unsuccessful` (PASA 1.4(b)); nothing while the first has not failed."""
    many = "[not configured]" if row.opportunities is None else row.opportunities
    return f"attempt {row.attempts} of {many}, {row.unsuccessful} unsuccessful" if row.unsuccessful else ""


def _length(span: timedelta | None) -> str:
    minutes = int((span or timedelta(0)).total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min"


def _plain(row: Due) -> dict[str, object]:
    return {
        "order": row.order_id,
        "state": row.state.value,
        "router": row.router,
        "port": row.port,
        "clock": row.clock,
        "since": row.since,
        "due": row.due,
        "elapsed_seconds": int(row.elapsed.total_seconds()) if row.elapsed is not None else None,
        "left_seconds": int(row.left.total_seconds()) if row.left is not None else None,
        "red": list(row.red),
        "attempts": row.attempts,
        "unsuccessful": row.unsuccessful,
        "opportunities": row.opportunities,
        "action": row.action,
        "whose": row.whose,
    }
