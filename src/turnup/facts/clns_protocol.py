"""The IS-IS process (`show clns protocol`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClnsProtocol:
    """One process: `areas` as shown (`49.0001`), `interfaces` on which IS-IS runs, wide metrics per level.

    `mute` are those of the interfaces that announce and do not speak, or carry no IP; `circuits` gives each that
    speaks its level and metric (`eth1 L2 20`); both () where the router does not show them here.
    """

    tag: str | None
    system_id: str
    is_type: str
    areas: tuple[str, ...]
    interfaces: tuple[str, ...]
    generate_narrow: str | None
    accept_narrow: str | None
    generate_wide: str | None
    accept_wide: str | None
    mute: tuple[str, ...] = ()
    circuits: tuple[str, ...] = ()
