"""`turnup db`: the store of orders' histories: check, back up, restore, migrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from turnup.cli.options import AsJson, opened

app = typer.Typer(help="The store of orders' histories: check, back up, restore, migrate.", no_args_is_help=True)

PANEL, RANK = "An order's life", 2  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup db`."""
    main.add_typer(app, name="db", rich_help_panel=PANEL)


In = Annotated[
    Path | None,
    typer.Option("--in", envvar="TURNUP_EXCHANGE_IN", help="Folder messages arrive in, if not in the data folder."),
]
Out = Annotated[
    Path | None, typer.Option("--out", envvar="TURNUP_EXCHANGE_OUT", help="Folder of the channel `file`, likewise.")
]


@app.command()
def check(context: typer.Context, incoming: In = None, json: AsJson = False) -> None:
    """Verify the chain of events, the states derived from it, every record and all evidence. Exit code 4 for a fault.

    Ledger, logbook, journals, certificates and messages are files beside the store: each must be whole, and every
    event that was read from one must still say what that says.
    """
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say
    from turnup.safekeeping.checking import all_faults

    with at_desk(context) as desk:
        found = list(all_faults(desk, incoming))
    if json:
        as_json({"faults": found})
    for fault in () if json else found:
        say(fault)
    if not found and not json:
        say("the store is what was entered: chain, states, records and evidence")
    if found:
        raise typer.Exit(4)


@app.command()
def rebuild(context: typer.Context) -> None:
    """Derive anew from the events where every order stands."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import say
    from turnup.store.events import rebuild as derive

    with at_desk(context) as desk, desk.store.writing() as connection:
        say(f"{derive(connection)} orders derived from their events")


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="File to write; it must not be there.", show_default=False)],
    incoming: In = None,
    outgoing: Out = None,
) -> None:
    """Write the store and every record of the data folder into one proved file. Keys and known hosts are not in it."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import say
    from turnup.exchange.dropbox import DropBox
    from turnup.safekeeping.records import record_files
    from turnup.store.archive import backup as write

    with at_desk(context) as desk:
        home = desk.noc.home
        box = DropBox(incoming or home.part("exchange") / "in")
        with box.locked():  # no message is between its file and its row then
            list(box.arrivals())  # what has arrived keeps the moment at which it did
            elsewhere = _elsewhere(incoming, outgoing)
            rows, files = write(desk.store, target, lambda: record_files(home.path, elsewhere), desk.noc.clock())
    say(f"{target}: {rows} rows, {files} files")


def _elsewhere(incoming: Path | None, outgoing: Path | None) -> dict[str, Path]:
    from turnup.safekeeping.records import INSIDE, OUTSIDE

    named = {INSIDE: incoming, OUTSIDE: outgoing}
    return {name: folder for name, folder in named.items() if folder is not None}


@app.command()
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A file written by `turnup db backup`.", show_default=False)],
    incoming: In = None,
    outgoing: Out = None,
) -> None:
    """Put a backup into an empty store and data folder, SQLite or PostgreSQL; refuse whatever would be overwritten.

    What was restored is then checked as `turnup db check` does; exit code 4 for a fault.
    """
    from turnup.cli.show import say
    from turnup.desk.entering import Desk
    from turnup.safekeeping.checking import all_faults
    from turnup.store.archive import restore as read

    noc = opened(context)
    store = noc.store()
    try:
        rows, files = read(store, source, noc.home.path, _elsewhere(incoming, outgoing))
        say(f"{rows} rows, {files} files restored")
        found = list(all_faults(Desk(noc, store), incoming))
    finally:
        store.close()
    for fault in found:
        say(fault)
    if found:
        raise typer.Exit(4)


@app.command()
def migrate(
    context: typer.Context,
    to: Annotated[str, typer.Option(help="Revision; `head` is the newest, `base` takes all tables away.")] = "head",
) -> None:
    """Bring the tables to a revision, forward or back. Back up first."""
    from turnup.cli.show import say
    from turnup.store.migrating import migrate as bring
    from turnup.store.migrating import revision_of
    from turnup.store.opening import any_store

    noc = opened(context)
    store = any_store(noc.environment.get("TURNUP_STORE", ""), noc.home.path)
    try:
        bring(store.engine, to)
        say(f"the store has revision {revision_of(store.engine) or 'none'}")
    finally:
        store.close()
