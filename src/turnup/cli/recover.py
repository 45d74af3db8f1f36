"""`turnup recover`: after a crash, a lost line, or a person's repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.cli.pushing import PATIENT, Emergency
from turnup.errors import ExitCode

if TYPE_CHECKING:
    from turnup.carry import Terms
    from turnup.noc import Noc

PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""

    @main.command(rich_help_panel=PANEL)
    def recover(
        context: typer.Context,
        router: Annotated[str, typer.Argument(help="Name of the router.", show_default=False)],
        resolved: Annotated[
            str | None,
            typer.Option(
                metavar="WHO: WHAT",
                allow_from_autoenv=False,
                help="A person put right what needed one; lifts the router's block.",
            ),
        ] = None,
        resolve_note: Annotated[
            str | None,
            typer.Option(
                "--resolve", metavar="NOTE", allow_from_autoenv=False, help="The same, with --by for the name."
            ),
        ] = None,
        scrapped: Annotated[
            str | None,
            typer.Option(
                metavar="WHO: WHY",
                allow_from_autoenv=False,
                help="The router left the inventory for good: end what moved orders have left on it.",
            ),
        ] = None,
        by: Annotated[str, typer.Option(help="Who put it right.")] = "",
        emergency: Emergency = "",
        json: AsJson = False,
    ) -> None:
        """Finish or take back what an interrupted push left, from what the router shows. Never from memory.

        What orders that were moved to other routers have left on it is taken away.
        """
        from turnup.carry import Terms
        from turnup.cli.show import as_json, say, step
        from turnup.errors import UsageError
        from turnup.service import proving

        noc = opened(context)
        if resolve_note is not None:
            resolved = f"{by.replace(':', ' ')}: {resolve_note}"
        if resolved is not None and scrapped is not None:
            raise UsageError("one of --resolved and --scrapped", advice="A router that is put right is not scrapped.")
        if scrapped is not None:
            rows = _scrapped(noc, router, scrapped)
        elif resolved is not None:
            rows = _resolved(noc, router, resolved)
        else:
            noc.equipment.router(router)
            with step(f"looking at {router}"):
                rows = _recovered(noc, router, Terms(wait=PATIENT, emergency=emergency, prove=proving(noc)))
        if json:
            as_json(rows)
        for row in () if json else rows:
            say(f"{row['order']}: {row['state']}: {row['note']}")
        if not rows and not json:
            say(f"{router}: nothing was left open")
        if any(row["state"] in ("unsaved", "owed") for row in rows):
            raise typer.Exit(int(ExitCode.WAITS))  # what a reload would lose, or a port has twice, is not finished


def _resolved(noc: Noc, router: str, word: str) -> list[dict[str, str]]:
    from turnup.job import resolve

    who, what = _word(word, "--resolve 'removed the neighbor by hand' --by 'J. Smith'")
    return [
        {"order": order, "state": "resolved", "note": noc.redact(word)} for order in resolve(noc, router, who, what)
    ]


def _scrapped(noc: Noc, router: str, word: str) -> list[dict[str, str]]:
    from turnup.job import scrapped

    who, why = _word(word, "--scrapped 'J. Smith: to the breakers, asset 4711'")
    ended = scrapped(noc, router, who, why)
    return [{"order": order, "state": "scrapped", "note": f"{port}: {noc.redact(word)}"} for order, port in ended]


def _word(text: str, example: str) -> tuple[str, str]:
    """Who, and what he says. Raises UsageError when one of them is not there."""
    from turnup.errors import UsageError

    who, _, what = text.partition(":")
    if not who.strip() or not what.strip():
        raise UsageError(f"who and what are wanted: {example}")
    return who, what


def _recovered(noc: Noc, router: str, terms: Terms) -> list[dict[str, str]]:
    """What became of each change that was left open, and of what moved orders have left behind, as rows to show."""
    from turnup.job import recovered
    from turnup.undertake import settled_debts

    rows = [
        {"order": one.order_id, "state": str(one.state), "note": one.note}
        for one in recovered(noc, router, terms.prove)
    ]
    for debt in settled_debts(noc, router, terms):
        state = "owed" if debt.why else "bare"
        rows.append({"order": debt.work.order.order_id, "state": state, "note": debt.why or debt.told})
    return rows + _owed_elsewhere(noc, router)


def _owed_elsewhere(noc: Noc, router: str) -> list[dict[str, str]]:
    """What orders that stand on that router have left on others, as rows to show."""
    rows = []
    for order, left in noc.ledger.owed():
        held = noc.ledger.assignment(order)
        if held is not None and held.port.router == router != left.router:
            note = f"its lines are still on {left.router} {left.port}: turnup recover {left.router}"
            rows.append({"order": order, "state": "owed", "note": note})
    return rows
