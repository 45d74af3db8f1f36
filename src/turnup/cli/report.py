"""`turnup report`: a certificate in the format that its reader wants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.errors import UsageError

if TYPE_CHECKING:
    from turnup.model.certificate import Certificate

PANEL, RANK = "Proof", 5  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""

    @main.command(rich_help_panel=PANEL)
    def report(
        context: typer.Context,
        certificate: Annotated[Path, typer.Argument(help="A certificate's JSON file.", show_default=False)],
        format: Annotated[  # noqa: A002 - the option's name
            str,
            typer.Option("--format", "-f", help="terminal, html, md, junit, csv, note: a file of templates/report."),
        ] = "terminal",
        output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
        beside: Annotated[
            Path | None,
            typer.Option(help="The certificate the port was accepted with: what is not as at acceptance (md, html)."),
        ] = None,
        sign: Annotated[bool, typer.Option("--sign", help="Sign it; `turnup verify` reads what is written.")] = False,
        signing_key: Annotated[
            str | None,
            typer.Option(
                envvar="TURNUP_SIGNING_KEY",
                help="A file, env:VARIABLE or keyring:SERVICE/USER; else the data folder's key.",
            ),
        ] = None,
        customer: Annotated[
            Path | None, typer.Option("--customer", help="With --sign: a folder for the customer, evidence included.")
        ] = None,
    ) -> None:
        """Show a certificate: in the terminal, as HTML, Markdown, JUnit, CSV, or a note for the ticket; or sign it."""
        if beside and (sign or format == "terminal"):
            raise UsageError(
                "--beside writes md or html", advice="turnup report RETEST --beside ACCEPTED -f html -o FILE"
            )
        if customer and not sign:
            raise UsageError("--customer hands over a signed certificate", advice="Give --sign as well.")
        if sign:
            from turnup.cli.signing import sign_certificate

            sign_certificate(context, certificate, signing_key, output, customer)
            return
        from turnup.cli.show import console, say, show_document
        from turnup.report import render, render_beside

        terminal = console()
        colour = terminal.is_terminal and not terminal.no_color and output is None
        if beside:
            document = render_beside(format, _read(beside), _read(certificate))
        else:
            document = render(format, _read(certificate), width=min(terminal.width, 120), colour=colour)
        if output is None:
            show_document(document)
        else:
            output.write_text(document, encoding="utf-8")
            say(str(output))


def _read(path: Path) -> Certificate:
    from turnup.certificate.document import from_json
    from turnup.errors import InputError

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from error
    return from_json(text, where=str(path))
