"""`turnup drift`: does a router still carry exactly what was ordered? Reads, never writes."""

from __future__ import annotations

from typing import Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.errors import ExitCode

PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""

    @main.command(rich_help_panel=PANEL)
    def drift(
        context: typer.Context,
        router: Annotated[str, typer.Argument(help="Name of the router.", show_default=False)],
        json: AsJson = False,
    ) -> None:
        """Hold every order in force against the running configuration. Nothing is sent. Exit code 4 for a drift."""
        from turnup.cli.show import as_json, say, step
        from turnup.drift import drifts

        noc = opened(context)
        noc.equipment.router(router)
        with step(f"reading {router}"):
            found = drifts(noc, router)
        if json:
            as_json(
                [
                    {
                        "order": one.order_id,
                        "port": one.port,
                        "drifted": one.drifted,
                        "texts": one.texts.splitlines(),
                        "preview": one.preview.lines,
                        "never_sent": one.preview.refused,
                    }
                    for one in found
                ]
            )
        for one in () if json else found:
            say(f"{one.order_id} {one.port}: {'NOT as ordered' if one.drifted else 'as ordered'}")
            for title, lines in (
                ("", one.texts.splitlines()),
                ("would bring it back (a preview; nothing is sent):", one.preview.lines),
                ("of that never sent for an order, a person must look:", one.preview.refused),
            ):
                for line in (*((title,) if title and lines else ()), *lines):
                    say(f"  {line}")
        if not found and not json:
            say(f"{router}: no order is in force on it")
        if any(one.drifted for one in found):
            raise typer.Exit(int(ExitCode.FAILED))
