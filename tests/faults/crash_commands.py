"""The command line as a forked child runs it: loaded before, with a death or a shorter patience built in."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import Any

from turnup.home import Home


@dataclass(frozen=True)
class Standing:
    """What everybody says of the orders: the ledger (order -> port, begun), marks of ports, states of histories.

    `owed` are ports of routers that orders were moved away from, with lines of theirs still.
    """

    ledger: Mapping[str, tuple[str, bool]]
    bad: tuple[tuple[str, str], ...]
    histories: Mapping[str, str]
    faults: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()


def preload() -> None:
    """Load what every child needs, once; without a thread or a session."""
    import alembic.command
    import hier_config
    import netmiko
    import paramiko
    import sqlalchemy
    import sqlalchemy.dialects.sqlite
    import typer.main

    import turnup.carry
    import turnup.change.hierarchy
    import turnup.cli.app
    import turnup.cli.job
    import turnup.cli.recover
    import turnup.cli.service
    import turnup.connect.opening
    import turnup.connect.plugin
    import turnup.connect.router
    import turnup.connect.telnet
    import turnup.desk.checking
    import turnup.moving
    import turnup.noc
    import turnup.service
    import turnup.store.checking
    import turnup.store.opening

    del alembic, hier_config, netmiko, paramiko, sqlalchemy
    # Done once, not in every child: the inventory, what is installed, the parsed command line, compiled statements.
    vars(turnup.noc)["load_equipment"] = lru_cache(vars(turnup.noc)["load_equipment"])
    vars(metadata)["entry_points"] = lru_cache(metadata.entry_points)
    typer.main.get_command = lru_cache(typer.main.get_command)
    vars(turnup.store.opening)["_engine"] = lru_cache(vars(turnup.store.opening)["_engine"])


def command(environment: Mapping[str, str], words: tuple[str, ...], patience: float, dies: str) -> None:
    from turnup.cli import main

    _environment(environment)
    if dies:
        _dying(dies)
    if patience:
        _impatient(patience)
    sys.argv = ["turnup", "--lab", *words]
    main()


def _environment(environment: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("TURNUP_")]:
        del os.environ[name]
    os.environ.update(environment)


def _dying(entry: str) -> None:
    """SIGKILL when the journal says so, or when the ledger does and the journal not yet."""
    import turnup.change.push
    import turnup.change.recover
    from turnup.change.books import entered
    from turnup.change.journal import Journal

    write = Journal.write

    def written(self: Journal) -> None:
        write(self)
        if self.record.state == entry:
            os.kill(os.getpid(), signal.SIGKILL)

    def enter(*words: Any) -> Any:
        done = entered(*words)
        if entry == "books":
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    Journal.write = written  # type: ignore[method-assign]
    for module in (turnup.change.push, turnup.change.recover):
        vars(module)["entered"] = enter


def _impatient(seconds: float) -> None:
    """A router that is silent for that long is silent for ever: nobody waits two minutes for each case."""
    from turnup.connect import opening
    from turnup.platforms import platform

    settings = platform("ios").settings
    for name in ("config_timeout", "read_timeout"):
        object.__setattr__(settings, name, seconds)
    opening.open_session.__kwdefaults__ = {**(opening.open_session.__kwdefaults__ or {}), "seconds": seconds}


def standing(environment: Mapping[str, str]) -> Standing:
    from turnup.desk.checking import all_faults
    from turnup.desk.entering import Desk
    from turnup.laboratory import lab_of
    from turnup.noc import open_noc
    from turnup.store.events import standings

    _environment(environment)
    lab = lab_of(Home.of())
    noc = open_noc(inventory=lab.inventory, home=lab.home, environment=lab.environment)
    held = {one.order.order_id: one for one in noc.ledger.assignments()}
    ledger = {
        order: (f"{one.port.interface} {one.order.layer3}", noc.ledger.begun(order)) for order, one in held.items()
    }
    store = noc.store()
    try:
        with store.reading() as connection:
            lives = {life.order_id: str(life.state) for life in standings(connection)}
        faults = tuple(all_faults(Desk(noc, store)))
    finally:
        store.close()
    owed = tuple(f"{order} {left.router} {left.port}" for order, left in noc.ledger.owed())
    return Standing(ledger, tuple(sorted(noc.records.bad_ports())), lives, faults, owed)
