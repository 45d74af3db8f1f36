"""Options of every command, and what they open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from turnup.noc import Noc

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
OrderFile = Annotated[Path, typer.Argument(help="Port Service Order, XML or YAML.", show_default=False)]


@dataclass(frozen=True)
class Options:
    """What was said before the command's name."""

    inventory: Path | None = None
    config: Path | None = None
    home: Path | None = None
    lab: bool = False
    accept_new_host_key: bool = False


def opened(context: typer.Context) -> Noc:
    """The inventory, data folder and secrets these options name. Raises InputError."""
    from turnup.cli.show import keep_out
    from turnup.home import Home
    from turnup.noc import open_noc

    said: Options = context.obj
    home = Home.of(said.home)
    inventory, environment = said.inventory, None
    if said.lab:
        from turnup.laboratory import lab_of

        lab = lab_of(home)
        inventory, environment, home = lab.inventory, lab.environment, lab.home
    noc = open_noc(
        inventory=inventory,
        config_file=said.config,
        home=home,
        accept_new=said.accept_new_host_key,
        environment=environment,
    )
    keep_out(noc.redact)
    return noc
