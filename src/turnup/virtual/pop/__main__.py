"""`python -m turnup.virtual.pop`: start a POP from the topology file, look at it, run a command in a node, stop it.

`up` prints one JSON document when every node is ready; `status` prints it again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from turnup.errors import TurnupError
from turnup.virtual.pop.pop import Pop, opened, start
from turnup.virtual.pop.runner import Address, Kind
from turnup.virtual.pop.stage import Stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one thing; exit code as of every command of turnup."""
    told = _options().parse_args(arguments)
    try:
        return _do(told)
    except TurnupError as error:
        print(f"turnup.virtual.pop: {error}\n{error.advice}", file=sys.stderr)
        return int(error.exit_code)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m turnup.virtual.pop", description=__doc__)
    does = parser.add_subparsers(dest="does", required=True)
    up = does.add_parser("up")
    which = up.add_mutually_exclusive_group(required=True)
    which.add_argument("--netns", dest="kind", action="store_const", const=Kind.NAMESPACES)
    which.add_argument("--clab", dest="kind", action="store_const", const=Kind.CONTAINERS)
    up.add_argument("folder", type=Path, help="made; it must be empty")
    up.add_argument("--front", choices=["ios"], help="GSR fronts (IOS 12.0S) before the core routers")
    for name in ("down", "status", "settle"):
        does.add_parser(name).add_argument("folder", type=Path)
    execute = does.add_parser("exec", help="a command in a node, as its root")
    execute.add_argument("folder", type=Path)
    execute.add_argument("node")
    execute.add_argument("words", nargs=argparse.REMAINDER)
    return parser


def _do(told: argparse.Namespace) -> int:
    if told.does == "up":
        print(json.dumps(document(_started(told))))
        return 0
    if told.does == "down" and not Stage(told.folder).begun:
        return 0  # nothing was started from there, or it is gone
    pop = opened(told.folder)
    if told.does == "status":
        print(json.dumps(document(pop)))
    elif told.does == "settle":
        pop.settle()
    elif told.does == "down":
        from turnup.virtual.live import fronted

        fronted.stop(pop.stage)
        pop.down()
    else:
        words = pop.runner.command(told.node, *told.words)
        os.execvp(words[0], words)  # noqa: S606 - the words are the user's own
    return 0


def _started(told: argparse.Namespace) -> Pop:
    if told.front is None:
        return start(told.folder, told.kind)
    from turnup.virtual.live import fronted

    pop = start(told.folder, told.kind, configurations=fronted.configurations())
    try:
        fronted.start(pop)
    except BaseException:  # an interrupt too: nothing of it stays, and it goes on up
        fronted.stop(pop.stage)
        pop.down()
        raise
    return pop


def document(pop: Pop) -> dict[str, Any]:
    """What there is to know of a running POP, as JSON has it."""
    alive = pop.runner.running()
    told: dict[str, Any] = {"runner": str(pop.runner.kind), "running": alive, "folder": str(pop.stage.path)}
    if not alive:
        return told
    reach = pop.reach
    routers = {
        name: {
            "ssh": _address(address),
            **({"console": _address(reach.console[name])} if name in reach.console else {}),
        }
        for name, address in reach.ssh.items()
    }
    from turnup.virtual.live.fronted import fronted

    found = {
        **told,
        **pop.runner.described(),
        "routers": routers,
        "dns": _address(reach.dns),
        "tacacs": _address(reach.tacacs),
        "host_keys": dict(pop.stage.host_keys()),
        "environment": dict(pop.stage.environment),
    }
    return fronted(pop.stage, found)


def _address(address: Address) -> dict[str, Any]:
    return {"host": address.host, "port": address.port}


if __name__ == "__main__":
    raise SystemExit(main())
