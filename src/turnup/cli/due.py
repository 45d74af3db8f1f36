"""`turnup due`: every order with its state, the clock that runs, what is red, and who has to do what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson

if TYPE_CHECKING:
    from turnup.order.due import Due
    from turnup.order.errands import Errand

PANEL, RANK = "An order's life", 2  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""
    main.command(rich_help_panel=PANEL)(due)


def due(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Ports in service as well, which wait for nobody.")] = False,
    json: AsJson = False,
) -> None:
    """List what is due, the most urgent first: orders, and what is to be done beside them (cards, notices, reports).

    Reads store and logbook alone; `turnup order advance` brings it up to date.
    """
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say, say_wrapped
    from turnup.exchange.errands import errands
    from turnup.order.due import due_list
    from turnup.store.events import standings
    from turnup.store.messages import closed_tickets
    from turnup.store.runs import red_tests

    with at_desk(context) as desk:
        with desk.store.reading() as connection:
            now, reds, closed = desk.noc.clock(), red_tests(connection), closed_tickets(connection)
            lives = tuple(standings(connection))
            found = due_list(lives, desk.clocks, now, reds, closed)
            besides = errands(desk, connection, lives)
        rows = [row for row in found if everything or row.whose]
    if json:
        as_json([*map(_plain, rows), *(_errand(one, now) for one in besides)])
        return
    for errand in besides:
        if errand.due is not None:
            _tell(errand, now)
    for row in rows:
        say(f"{row.order_id:<18} {row.state.value:<17} {row.router} {row.port}".rstrip())
        told = f"{row.clock}: {_left(row)}" if row.clock else ""
        tried = _attempts(row) if row.attempts else ""
        red = f"red: {', '.join(map(str, row.red))}" if row.red else ""
        for line in (told, tried, red, f"next: {row.action} ({row.whose})" if row.whose else ""):
            if line:
                say_wrapped(f"  {line}")
    for errand in besides:
        if errand.due is None:
            _tell(errand, now)
    if not rows and not besides:
        say("nothing is due")


def _tell(one: Errand, now: datetime) -> None:
    from turnup.cli.show import say, say_wrapped

    left = one.left(now)
    say(f"{one.about} ({one.clause})")
    if left is None:
        say_wrapped(f"  waits since {_length(now - one.since)}; no period is set for it")
    else:
        say_wrapped(f"  {f'LATE by {_length(-left)}' if left < timedelta(0) else f'{_length(left)} left'}")
    say_wrapped(f"  next: {one.action} ({one.whose})")


def _errand(one: Errand, now: datetime) -> dict[str, object]:
    """As the rows of orders have it; `order` is None, `about` says what it is."""
    left = one.left(now)
    return {
        "order": None,
        "about": one.about,
        "clause": one.clause,
        "since": one.since,
        "due": one.due,
        "elapsed_seconds": int((now - one.since).total_seconds()),
        "left_seconds": int(left.total_seconds()) if left is not None else None,
        "action": one.action,
        "whose": one.whose,
    }


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
