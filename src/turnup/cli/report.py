"""`turnup report`: a certificate in the format that its reader wants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(main: typer.Typer) -> None:
    """Enter the command."""

    @main.command()
    def report(
        certificate: Annotated[Path, typer.Argument(help="A certificate's JSON file.", show_default=False)],
        format: Annotated[  # noqa: A002 - the option's name
            str,
            typer.Option("--format", "-f", help="terminal, html, md, junit, csv, note: a file of templates/report."),
        ] = "terminal",
        output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    ) -> None:
        """Show a certificate: in the terminal, as HTML, Markdown, JUnit, CSV, or a note for the ticket."""
        from turnup.certificate.document import from_json
        from turnup.cli.show import console, say
        from turnup.errors import InputError
        from turnup.report import render

        try:
            text = certificate.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {error}", where=str(certificate)) from error
        terminal = console()
        colour = terminal.is_terminal and not terminal.no_color and output is None
        document = render(
            format, from_json(text, where=str(certificate)), width=min(terminal.width, 120), colour=colour
        )
        if output is None:
            say(document)
        else:
            output.write_text(document, encoding="utf-8")
            say(str(output))
