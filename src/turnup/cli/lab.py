"""`turnup lab` and `turnup demo`: virtual routers on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnup.cli.options import AsJson, Options

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    netns: Annotated[bool, typer.Option("--netns", help="The POP of real protocols, as network namespaces.")] = False,
    clab: Annotated[bool, typer.Option("--clab", help="The POP of real protocols, by containerlab.")] = False,
    front: Annotated[str, typer.Option(help="ios: log in to IOS 12.0S fronts; FRR runs behind them.")] = "",
) -> None:
    """Start the virtual routers of the inventory, or with --netns or --clab a POP that runs FRR."""
    from turnup import folder, laboratory
    from turnup.cli.show import say, step

    said: Options = context.obj
    home = _home(context)
    if netns or clab:
        _pop_up(home, netns, clab, fault, front)
        return
    with step("starting the virtual routers"):
        running = laboratory.up(home, said.inventory or folder("inventory"), faults=fault or [])
    say(f"{len(running.ready['routers'])} virtual routers are up (process {running.pid}); they are not real routers.")
    say("  turnup --lab sites                 look around")
    say("  turnup --lab run ORDER --confirm   the main job")
    say(f"  . {home.path}/lab/env    the same for other programs (Nornir playbooks, ssh)")
    say("  turnup lab down                    stop them")


def _pop_up(home: Home, netns: bool, clab: bool, fault: list[str] | None, front: str) -> None:
    from turnup import pop_lab
    from turnup.cli.show import say, step
    from turnup.errors import UsageError

    if netns and clab:
        raise UsageError("--netns or --clab, not both")
    if front not in ("", "ios"):
        raise UsageError(f"no front {front!r}; there is ios")
    if fault:
        raise UsageError("the files of lab/faults/ are faults of virtual GSRs; a POP has real ones")
    runner = "namespaces" if netns else "containers"
    first = "; the first time makes containerlab and an image: minutes" if clab else ""
    with step(f"starting the POP, by {runner}{first}"):
        running = pop_lab.up(home, runner, front=front)
    say(f"the POP is up, run by {runner}: {len(running.ready['nodes'])} nodes, real IS-IS, BGP, TACACS+ and DNS")
    if clab:
        say(f"  containerlab {running.ready['containerlab']}, Docker {running.ready['docker']}")
    if front:
        say("  its core routers answer as GSRs (IOS 12.0S); what they show is what FRR behind them reports")
    say("  turnup --lab sites                   look around")
    say("  turnup lab exec cr1 vtysh            FRR's own command line in a node")
    say(f"  . {home.path}/lab/env      the same for other programs")
    say("  turnup lab down                      stop it; nothing of it is left")


@app.command(
    "exec",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)
def run_in_node(
    context: typer.Context,
    node: Annotated[str, typer.Argument(help="cr1, cr2, cr3, dnac, cust1, cust2 or oob.", show_default=False)],
) -> None:
    """Run a command in a node of the POP, as its root: `turnup lab exec cr1 vtysh -c 'show isis neighbor'`."""
    import os

    from turnup import laboratory, pop_lab

    words = pop_lab.command(laboratory.lab_of(_home(context)), node, context.args or ["sh"])
    os.execve(words[0], words, pop_lab.process_environment())  # noqa: S606 - the words are the user's own


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
    if "runner" in running.ready:
        from turnup import pop_lab

        _pop_status(pop_lab.status(running), json)
        return
    answer = laboratory.control(running, {"do": "status"})
    document = {**running.ready, "faults": answer["faults"]}
    if json:
        as_json(document)
        return
    for name, ports in running.ready["routers"].items():
        say(f"{name:16}  ssh {ports['ssh']}  telnet {ports['telnet']}  console {ports['console']}")
    say(f"faults: {', '.join(answer['faults']) or 'none'}")


def _pop_status(ready: Mapping[str, Any], json: bool) -> None:
    from turnup.cli.show import as_json, say

    if json:
        as_json(ready)
        return
    say(f"the POP, run by {ready['runner']}: {len(ready['nodes'])} nodes")
    if "front" in ready:
        say(f"{', '.join(ready['front'])} answer as GSRs (IOS 12.0S); FRR runs behind them")
    for name, about in ready["routers"].items():
        ways = [f"{way} {about[way]['host']}:{about[way]['port']}" for way in ("ssh", "console") if way in about]
        say(f"{name:16}  {'  '.join(ways)}")
    for name in ready.get("dead", ()):
        say(f"{name:16}  NOT RUNNING")
    say(f"{'dns':16}  {ready['dns']['host']}:{ready['dns']['port']}")


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
