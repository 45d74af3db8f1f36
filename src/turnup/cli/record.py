"""`turnup record`: recordings from a live router, as cases for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from turnup.cli.options import AsJson, opened

PANEL, RANK = "Proof", 5  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""
    main.command(rich_help_panel=PANEL)(record)


def record(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="Folder of recordings, e.g. tests/recorded.", show_default=False)],
    router: Annotated[str | None, typer.Argument(help="Name of the router.", show_default=False)] = None,
    order: Annotated[
        str | None, typer.Option(help="Record everything the twenty tests ask about this order's port (file or id).")
    ] = None,
    facts: Annotated[
        list[str] | None,
        typer.Option(help="Facts to record: version,interface or route:address=192.0.2.0; may be given again."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the case; by default software and day.")] = "",
    keep_names: Annotated[bool, typer.Option("--keep-names", help="Leave the equipment's host names in.")] = False,
    scrub_customer: Annotated[
        bool, typer.Option("--scrub-customer", help="Take out customer, circuit and order number as well.")
    ] = False,
    scrub_addresses: Annotated[
        bool, typer.Option("--scrub-addresses", help="Replace IPv4 addresses (needs turnup[scrub]).")
    ] = False,
    salt: Annotated[
        str | None, typer.Option(help="Same salt, same addresses; kept secret by you. By default one for this run.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Record a router's answers as cases for the tests. Only show commands are sent; secrets are never written."""
    import secrets

    from turnup.cli.show import as_json, say, step
    from turnup.errors import UsageError
    from turnup.job import accepted, read_message
    from turnup.record.job import Wanted, record_facts, record_port

    noc = opened(context)
    addresses = (salt or secrets.token_hex(16)) if scrub_addresses else None
    wanted = Wanted(to, _plain_name(name), keep_names, scrub_customer, addresses)
    left: tuple[str, ...] = ()
    if order is not None:
        if facts:
            raise UsageError("name --order or --facts, not both")
        assignment = accepted(noc, read_message(order, noc))
        if router not in (None, assignment.port.router):
            raise UsageError(f"{order} has its port on {assignment.port.router}, not on {router}")
        with step(f"recording {assignment.port.interface} on {assignment.port.router}"):
            paths: tuple[Path, ...] = (record_port(noc, assignment, wanted),)
    else:
        if router is None:
            raise UsageError("name a router, or an order with --order")
        noc.equipment.router(router)
        with step(f"recording {router}"):
            paths, left = record_facts(noc, router, facts or (), wanted)
    if json:
        as_json({"recorded": [str(path) for path in paths], "not_recorded": left})
    for line in () if json else (*map(str, paths), *(f"not recorded: {reason}" for reason in left)):
        say(line)
    if not paths:
        raise typer.Exit(3)


def _plain_name(name: str) -> str:
    """The name of a folder, and of nothing above it."""
    from turnup.errors import UsageError

    if name and (name.startswith(".") or any(not (letter.isalnum() or letter in "._-") for letter in name)):
        raise UsageError(f"--name {name!r}: letters, digits, `.`, `_` and `-` only")
    return name
