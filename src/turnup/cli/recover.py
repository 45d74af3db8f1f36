"""`turnup recover`: after a crash, a lost line, or a person's repair."""

from __future__ import annotations

from typing import Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.errors import ExitCode

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
        by: Annotated[str, typer.Option(help="Who put it right.")] = "",
        json: AsJson = False,
    ) -> None:
        """Finish or take back what an interrupted push left, from what the router shows. Never from memory."""
        from turnup.cli.show import as_json, say, step
        from turnup.errors import UsageError
        from turnup.job import recovered, resolve
        from turnup.service import proving

        noc = opened(context)
        noc.equipment.router(router)
        if resolve_note is not None:
            resolved = f"{by.replace(':', ' ')}: {resolve_note}"
        if resolved is not None:
            who, _, what = resolved.partition(":")
            if not who.strip() or not what.strip():
                raise UsageError("who and what are wanted: --resolve 'removed the neighbor by hand' --by 'J. Smith'")
            rows = [
                {"order": order, "state": "resolved", "note": resolved} for order in resolve(noc, router, who, what)
            ]
        else:
            with step(f"looking at {router}"):
                rows = [
                    {"order": one.order_id, "state": str(one.state), "note": one.note}
                    for one in recovered(noc, router, proving(noc))
                ]
        if json:
            as_json(rows)
        for row in () if json else rows:
            say(f"{row['order']}: {row['state']}: {row['note']}")
        if not rows and not json:
            say(f"{router}: nothing was left open")
        if any(row["state"] == "unsaved" for row in rows):
            raise typer.Exit(int(ExitCode.WAITS))  # what a reload would lose is not finished
