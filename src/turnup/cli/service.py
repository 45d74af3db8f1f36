"""`turnup disconnect`, `redesignate`, `move`: what happens to a port in service. Dry run is the default."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.cli.pushing import (
    Confirm,
    Digest,
    Emergency,
    ReloadIn,
    SaveAll,
    Target,
    Wait,
    carried,
    not_sent,
    show_planned,
    terms_of,
)
from turnup.errors import UsageError

if TYPE_CHECKING:
    from turnup.change.undertaking import Undertaking

PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.command(rich_help_panel=PANEL)(disconnect)
    main.command(rich_help_panel=PANEL)(redesignate)
    main.command(rich_help_panel=PANEL)(move)


def disconnect(
    context: typer.Context,
    order: Target,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Wait = 0.0,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    json: AsJson = False,
) -> None:
    """Carry out a DISCONNECT order (PASA 1.3(c)): quiesce, take everything away, leave the port as it came."""
    _ordered(context, order, "DISCONNECT", confirm, (digest, save_all, wait, emergency, reload_in), json)


def redesignate(
    context: typer.Context,
    order: Target,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Wait = 0.0,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    json: AsJson = False,
) -> None:
    """Give a port to another customer (PASA 1.3(c)). It stays shut until both cross-connects are recorded."""
    _ordered(context, order, "REDESIGNATE", confirm, (digest, save_all, wait, emergency, reload_in), json)


def move(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="Id of the order whose port is to change.", show_default=False)],
    because: Annotated[str, typer.Option(help="What is wrong with the port it has; kept with the port's mark.")],
    to: Annotated[str | None, typer.Option(help="Port of the same router; left out, one is picked.")] = None,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Wait = 0.0,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    json: AsJson = False,
) -> None:
    """Move an order to an alternate port of its router (PASA 1.4(b)(ii)), and mark the port it had as bad."""
    from turnup.cli.show import step
    from turnup.model.text import plain
    from turnup.service import finish_first, move_for

    noc = opened(context)
    if confirm:
        if to is None:
            raise UsageError(
                "--confirm needs --to: sent twice, a move without it would go on to yet another port",
                advice="Without --confirm the plan shows a port that suits; name it with --to.",
            )
        for note in finish_first(noc, order):
            print(note, file=sys.stderr)
    with step("looking for an alternate port"):
        work = move_for(noc, order, to, noc.redact(plain(because)))
    if not confirm:
        show_planned(noc, work, json=json)
        not_sent(json=json)
        return
    if work.standing is not None and work.standing.port == work.assignment.port:
        _there_already(work, json)
        return
    carried(noc, work, terms_of(digest, save_all, wait, emergency, reload_in), json=json)


def _there_already(work: Undertaking, json: bool) -> None:
    from turnup.cli.show import as_json, say

    order, port = work.order.order_id, work.assignment.port
    if json:
        push = {"state": "unchanged", "sent": 0, "notes": [], "digest": None, "journal": None}
        as_json({"order": order, "action": "MOVE", "router": port.router, "port": str(port.interface), "push": push})
    else:
        say(f"{order}: {port.router} {port.interface}: it is there already; nothing was sent")


def _ordered(
    context: typer.Context,
    order: str,
    kind: str,
    confirm: bool,
    said: tuple[str | None, bool, float, str, int | None],
    json: bool,
) -> None:
    from turnup.change.undertaking import Kind
    from turnup.cli.show import step
    from turnup.job import read_message
    from turnup.service import work_for

    noc = opened(context)
    message = read_message(order, noc)
    with step("acknowledging the order"):
        work = work_for(noc, message, enter=confirm, only=(Kind(kind),))
    if not confirm:
        show_planned(noc, work, json=json)
        not_sent(json=json)
        return
    carried(noc, work, terms_of(*said), json=json)
