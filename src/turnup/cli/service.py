"""`turnup disconnect`, `redesignate`, `move`: what happens to a port in service. Dry run is the default."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.cli.pushing import (
    PATIENT,
    Accept,
    BackOutWord,
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
    from turnup.carry import Terms
    from turnup.change.undertaking import Kind, Undertaking
    from turnup.noc import Noc

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
    wait: Wait = PATIENT,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    json: AsJson = False,
) -> None:
    """Carry out a DISCONNECT order (PASA 1.3(c)): quiesce, take everything away, leave the port as it came."""
    from turnup.change.undertaking import Kind

    noc, work = _ordered(context, order, Kind.DISCONNECT, confirm, json)
    if work is not None:
        carried(noc, work, terms_of(digest, save_all, wait, emergency, reload_in), json=json)


def redesignate(
    context: typer.Context,
    order: Target,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Wait = PATIENT,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    accept: Accept = False,
    back_out: BackOutWord = None,
    json: AsJson = False,
) -> None:
    """Give a port to another customer (PASA 1.3(c)). It stays shut until both cross-connects are recorded."""
    from turnup.change.undertaking import Kind

    noc, work = _ordered(context, order, Kind.REDESIGNATE, confirm, json)
    if work is None:
        return
    if accept and not work.connected:
        raise UsageError(
            "--accept: the port stays shut until both cross-connects are recorded, so nothing can be tested yet",
            advice="Nothing was sent. Leave --accept out now; give it with the command that activates the port.",
        )
    _carried(noc, work, terms_of(digest, save_all, wait, emergency, reload_in), (accept, back_out), json=json)


def move(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="Id of the order whose port is to change.", show_default=False)],
    because: Annotated[str, typer.Option(help="What is wrong with the port it has; kept with the port's mark.")],
    to: Annotated[
        str | None, typer.Option(help="A port, or ROUTER:PORT of the same site; left out, one is picked.")
    ] = None,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Wait = PATIENT,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    accept: Accept = False,
    back_out: BackOutWord = None,
    old_later: Annotated[
        bool,
        typer.Option(
            "--old-later", allow_from_autoenv=False, help="To another router though the old one does not answer."
        ),
    ] = False,
    json: AsJson = False,
) -> None:
    """Move an order to an alternate port of its site (PASA 1.4(b)(ii)), and mark the port it had as bad.

    To another router the order is brought up there first, tested with --accept; then the old port is made bare.
    """
    from turnup.cli.show import step
    from turnup.model.text import plain
    from turnup.moving import finish_first, move_for

    noc = opened(context)
    if confirm:
        if to is None:
            raise UsageError(
                "--confirm needs --to: sent twice, a move without it would go on to yet another port",
                advice="Without --confirm the plan shows a port that suits; name it with --to.",
            )
        for note in finish_first(noc, order, to):
            print(note, file=sys.stderr)
    with step("looking for an alternate port"):
        work = move_for(noc, order, to, noc.redact(plain(because)))
    if not confirm:
        show_planned(noc, work, json=json)
        not_sent(json=json)
        return
    terms = terms_of(digest, save_all, wait, emergency, reload_in, old_later=old_later)
    if work.standing is not None and work.standing.port == work.assignment.port:
        _there_already(noc, work, terms, json)
        return
    _carried(noc, work, terms, (accept, back_out), json=json)


def _carried(noc: Noc, work: Undertaking, terms: Terms, tests: tuple[bool, str | None], *, json: bool) -> None:
    """Push; with the acceptance tests before it is saved where they were asked for."""
    from turnup.cli.job import carried_and_tested

    accept, back_out = tests
    if accept:
        carried_and_tested(noc, work, terms, back_out, json=json)
    else:
        carried(noc, work, terms, json=json)


def _there_already(noc: Noc, work: Undertaking, terms: Terms, json: bool) -> None:
    """What an earlier move to another router has left behind is taken away all the same."""
    from turnup.cli.show import as_json, say, tell
    from turnup.errors import ExitCode
    from turnup.undertake import settled_debts

    order, port = work.order.order_id, work.assignment.port
    routers = dict.fromkeys(left.router for owing, left in noc.ledger.owed() if owing == order)
    done = [one for router in routers for one in settled_debts(noc, router, terms, order)]
    owes = [f"{one.work.router} {one.work.assignment.port.interface}" for one in done if one.why]
    if json:
        notes = [one.why or one.told for one in done]
        push = {"state": "unchanged", "sent": 0, "notes": notes, "digest": None, "journal": None, "owes": owes}
        as_json({"order": order, "action": "MOVE", "router": port.router, "port": str(port.interface), "push": push})
    else:
        say(f"{order}: {port.router} {port.interface}: it is there already{'' if done else '; nothing was sent'}")
        for one in done:
            tell(f"  note: {one.why or one.told}")
    if owes:
        raise typer.Exit(int(ExitCode.WAITS))


def _ordered(
    context: typer.Context, order: str, kind: Kind, confirm: bool, json: bool
) -> tuple[Noc, Undertaking | None]:
    """What the order asks for, acknowledged; None when it was only planned and shown."""
    from turnup.cli.show import step
    from turnup.job import read_message
    from turnup.service import work_for

    noc = opened(context)
    message = read_message(order, noc)
    with step("acknowledging the order"):
        work = work_for(noc, message, enter=confirm, only=(kind,))
    if confirm:
        return noc, work
    show_planned(noc, work, json=json)
    not_sent(json=json)
    return noc, None
