"""The tree of commands. Heavy rooms are imported inside the commands, so that --help stays quick."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Annotated

import typer

import turnup.cli
from turnup.cli.options import Options

app = typer.Typer(
    name="turnup",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"auto_envvar_prefix": "TURNUP", "help_option_names": ["-h", "--help"]},
    help="Bring router ports into service and prove it: Port Service Order in, tested port and certificate out.",
    epilog="Exit codes: 0 satisfied, 1 internal error, 2 usage or input, 3 a test could not be run, 4 a test failed, "
    "5 nothing tested or reachable, 6 refused by a guard, 7 backed out, 8 waits for a person.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"turnup {version('turnup')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    inventory: Annotated[
        Path | None,
        typer.Option("--inventory", envvar="TURNUP_INVENTORY", help="Folder with hosts.yaml, sites.yaml, policy.yaml."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", envvar="TURNUP_CONFIG", help="Nornir config file, for your own inventory plugin."),
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", envvar="TURNUP_HOME", help="turnup's data folder.")] = None,
    lab: Annotated[
        bool, typer.Option("--lab", envvar="TURNUP_LAB", help="Use the virtual routers of `lab up`.")
    ] = False,
    accept_new_host_key: Annotated[
        bool,
        typer.Option(
            "--accept-new-host-key",
            envvar="TURNUP_ACCEPT_NEW_HOST_KEY",
            help="Learn the key of a router met for the first time. A changed key is always refused.",
        ),
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback does it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of every command."""
    context.obj = Options(inventory, config, home, lab, accept_new_host_key)


# A command is a file of this folder with `register`: it enters what it has below the tree. The PANEL of `--help` that
# it is shown in, and the panel's RANK, stand in that file as well.
_modules = [importlib.import_module(found.name) for found in pkgutil.iter_modules(turnup.cli.__path__, "turnup.cli.")]
for _module in sorted(_modules, key=lambda module: getattr(module, "RANK", 99)):
    if _register := getattr(_module, "register", None):
        _register(app)
