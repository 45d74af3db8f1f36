"""`turnup sites`, `turnup ports`, `turnup inventory`: Schedule 3, what is there and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnup.cli.options import AsJson, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnup.configuration import Configuration
    from turnup.noc import Noc

inventory_app = typer.Typer(help="The inventory: read it strictly, discover a router.", no_args_is_help=True)
Live = Annotated[bool, typer.Option("--live", help="Read the routers too, not only inventory and orders.")]

PANEL, RANK = "Equipment", 6  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands that stand by themselves."""
    main.add_typer(inventory_app, name="inventory", rich_help_panel=PANEL)

    @main.command(rich_help_panel=PANEL)
    def sites(context: typer.Context, live: Live = False, json: AsJson = False) -> None:
        """Show the Equipment Sites (Schedule 3) with their ports by speed, and what is left."""
        from rich.table import Table

        from turnup.cli.show import as_json, console
        from turnup.equipment.capacity import PortState, capacity

        noc = opened(context)
        rows = capacity(noc.equipment, noc.cards, _configurations(noc, None, live), noc.ledger.taken())
        if json:
            as_json([{"site": r.site, "speed": r.speed, "total": r.total, **r.counts} for r in rows])
            return
        shown = [state for state in PortState if state is PortState.FREE or any(r.counts.get(state) for r in rows)]
        table = Table(box=None, pad_edge=False)
        table.add_column("site", no_wrap=True)
        table.add_column("speed", no_wrap=True)
        for word in ("ports", *shown):
            table.add_column(word, justify="right")
        for row in rows:
            counts = [str(row.counts.get(state, 0)) for state in shown]
            table.add_row(row.site, row.speed, str(row.total), *counts)
        console().print(table)

    @main.command(rich_help_panel=PANEL)
    def ports(
        context: typer.Context,
        site: Annotated[str, typer.Argument(help="A site's id, name or street address.", show_default=False)],
        speed: Annotated[str | None, typer.Option(help="Only this speed, such as DS3.")] = None,
        live: Live = False,
        json: AsJson = False,
    ) -> None:
        """Show every port of a site and who has it."""
        from rich.table import Table

        from turnup.cli.show import as_json, console
        from turnup.equipment.capacity import port_state
        from turnup.equipment.capacity import ports as all_ports
        from turnup.equipment.sites import find_site

        noc = opened(context)
        place = find_site(noc.equipment.sites, site)
        read, taken = _configurations(noc, place.site_id, live), noc.ledger.taken()
        rows = [
            (port, *port_state(noc.equipment, port, read, taken))
            for port in all_ports(noc.equipment, noc.cards, place.site_id, _speed(speed))
        ]
        if json:
            as_json(
                [
                    {"router": p.router, "port": str(p.interface), "card": p.card.part, "state": state, "why": why}
                    for p, state, why in rows
                ]
            )
            return
        table = Table(box=None, pad_edge=False)
        for word in ("router", "port", "card", "state", ""):
            table.add_column(word)
        for port, state, why in rows:
            table.add_row(port.router, str(port.interface), port.card.part, state, why)
        console().print(table)
        if not live:
            console(stderr=True).print("As inventory and orders have it; --live looks at the routers too.")


@inventory_app.command("check")
def check_inventory(context: typer.Context, json: AsJson = False) -> None:
    """Read inventory, sites and policy strictly, and hold them against each other."""
    from turnup.cli.show import as_json, say

    equipment = opened(context).equipment
    document = {"sites": len(equipment.sites), "routers": list(equipment.routers), "others": list(equipment.others)}
    if json:
        as_json(document)
        return
    say(f"{len(equipment.sites)} sites, {len(equipment.routers)} routers: nothing to complain about")
    if equipment.others:
        say(f"hosts without a turnup record, left alone: {', '.join(equipment.others)}")


@inventory_app.command()
def discover(
    context: typer.Context,
    host: Annotated[str, typer.Argument(help="Name of the router, as its prompt shows it.", show_default=False)],
    address: Annotated[str | None, typer.Option(help="Where it is reached, when the name does not resolve.")] = None,
    port: Annotated[int, typer.Option(help="SSH port.")] = 22,
    platform: Annotated[str, typer.Option(help="CLI dialect: a folder of templates/.")] = "ios",
    napalm: Annotated[str, typer.Option(help="Use the getters of this NAPALM driver instead (never on 12.0S).")] = "",
) -> None:
    """Write an inventory entry for a router from what it answers. Prints YAML to look over and paste."""
    from turnup.cli.show import say, step
    from turnup.discover import discovered

    noc = opened(context)
    with step(f"asking {host}"):
        entry = discovered(noc, host, address or host, port, platform, napalm)
    say(entry)


def _speed(word: str | None) -> Any:
    from turnup.errors import UsageError
    from turnup.load.strict import suggestion
    from turnup.model.order import Speed

    if word is None:
        return None
    try:
        return Speed(word.upper().replace("-", ""))
    except ValueError:
        raise UsageError(f"no speed {word!r}{suggestion(word, [s.value for s in Speed])}") from None


def _configurations(noc: Noc, site: str | None, live: bool) -> Mapping[str, Configuration]:
    from turnup.cli.show import say, step
    from turnup.job import configurations

    if not live:
        return {}
    routers = noc.equipment.sites[site].routers if site else tuple(noc.equipment.routers)
    with step(f"reading {len(routers)} routers"):
        read = configurations(noc, routers)
    for name, outcome in read.items():
        if outcome.error is not None:
            say(f"{name}: not read ({outcome.error}); shown as inventory and orders have it")
    return {name: outcome.value for name, outcome in read.items() if outcome.error is None}
