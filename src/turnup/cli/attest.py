"""`turnup attest`: what a person saw, for tests that wait for one."""

from __future__ import annotations

import typer


def register(main: typer.Typer) -> None:
    """Enter the command."""
