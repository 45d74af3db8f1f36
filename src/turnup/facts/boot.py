"""What the router boots next (`show bootvar`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Boot:
    """Boot variables; `images` in boot order, empty when the variable is empty or does not exist."""

    images: tuple[str, ...]
    config_file: str | None
    bootldr: str | None
    config_register: str | None
    next_config_register: str | None
    standby: str | None
