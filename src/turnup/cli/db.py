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


PARTS = ("certificates", "evidence", "journal", "orders", "records", "attestations")  # of the data folder, no key


@app.command()
def check(context: typer.Context, json: AsJson = False) -> None:
    """Verify the chain of events, the states derived from it, and every piece of evidence. Exit code 4 for a fault."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say
    from turnup.desk.checking import all_faults

    with at_desk(context) as desk:
        found = list(all_faults(desk))
    if json:
        as_json({"faults": found})
    for fault in () if json else found:
        say(fault)
    if not found and not json:
        say("the store is what was entered: chain, states and evidence")
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
) -> None:
    """Write the store, certificates, evidence, journals and ledger into one proved file. Keys are not in it."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import say
    from turnup.store.archive import backup as write

    with at_desk(context) as desk:
        home = desk.noc.home.path
        files = {
            str(path.relative_to(home)): path
            for part in PARTS
            for path in sorted((home / part).rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        rows = write(desk.store, target, files, desk.noc.clock())
    say(f"{target}: {rows} rows, {len(files)} files")


@app.command()
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A file written by `turnup db backup`.", show_default=False)],
) -> None:
    """Put a backup into an empty store and data folder, SQLite or PostgreSQL; refuse whatever would be overwritten."""
    from turnup.cli.show import say
    from turnup.store.archive import restore as read

    noc = opened(context)
    store = noc.store()
    try:
        say(f"{read(store, source, noc.home.path)} rows restored")
    finally:
        store.close()


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
