"""`turnup lab` and `turnup demo`: virtual routers on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, Options

if TYPE_CHECKING:
    from turnup.home import Home

app = typer.Typer(help="Virtual routers on this machine.", no_args_is_help=True)


def _home(context: typer.Context) -> Home:
    from turnup.home import Home

    said: Options = context.obj
    return Home.of(said.home)


@app.command()
def up(
    context: typer.Context,
    fault: Annotated[list[str] | None, typer.Option(help="A file of lab/faults/, by name; may be repeated.")] = None,
) -> None:
    """Start the virtual routers of the inventory."""
    from turnup import folder, laboratory
    from turnup.cli.show import say, step

    said: Options = context.obj
    home = _home(context)
    with step("starting the virtual routers"):
        running = laboratory.up(home, said.inventory or folder("inventory"), faults=fault or [])
    say(f"{len(running.ready['routers'])} virtual routers are up (process {running.pid}); they are not real routers.")
    say("  turnup --lab sites                 look around")
    say("  turnup --lab run ORDER --confirm   the main job")
    say(f"  . {home.path}/lab/env    the same for other programs (Nornir playbooks, ssh)")
    say("  turnup lab down                    stop them")


@app.command()
def down(context: typer.Context) -> None:
    """Stop the virtual routers and forget their data."""
    from turnup import laboratory
    from turnup.cli.show import say

    say("the lab is down" if laboratory.down(_home(context)) else "no lab was up")


@app.command()
def status(context: typer.Context, json: AsJson = False) -> None:
    """Show the routers, where they listen, and the faults that are on."""
    from turnup import laboratory
    from turnup.cli.show import as_json, say

    running = laboratory.lab_of(_home(context))
    answer = laboratory.control(running, {"do": "status"})
    document = {**running.ready, "faults": answer["faults"]}
    if json:
        as_json(document)
        return
    for name, ports in running.ready["routers"].items():
        say(f"{name:16}  ssh {ports['ssh']}  telnet {ports['telnet']}  console {ports['console']}")
    say(f"faults: {', '.join(answer['faults']) or 'none'}")


@app.command()
def fault(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A file of lab/faults/, by name.", show_default=False)],
    clear: Annotated[bool, typer.Option("--clear", help="Repair it instead.")] = False,
) -> None:
    """Break something on the virtual routers, or repair it."""
    from turnup import laboratory
    from turnup.cli.show import say

    laboratory.control(laboratory.lab_of(_home(context)), {"do": "fault", "name": name, "on": not clear})
    say(f"{name}: {'repaired' if clear else 'in place'}")


@app.command()
def faults(json: AsJson = False) -> None:
    """List the faults there are and the tests that must see them."""
    import tomllib

    from turnup import folder
    from turnup.cli.show import as_json, say

    found = {file.stem: tomllib.loads(file.read_text()) for file in sorted((folder("lab") / "faults").glob("*.toml"))}
    if json:
        as_json({name: {"title": told["title"], "tests": told.get("tests", [])} for name, told in found.items()})
        return
    for name, told in found.items():
        say(f"{name:32} {told['title']}")


PANEL, RANK = "Without a router", 7  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands that stand beside `lab`."""
    main.add_typer(app, name="lab", rich_help_panel=PANEL)

    @main.command(rich_help_panel=PANEL)
    def demo(
        order: Annotated[Path | None, typer.Option(help="Another order than the contract's example.")] = None,
    ) -> None:
        """Show the main job on virtual routers: order to certificate, red with a fault, repaired, green."""
        from turnup.cli.demo import run

        raise typer.Exit(run(order))
