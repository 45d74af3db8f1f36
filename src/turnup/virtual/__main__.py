"""`python -m turnup.virtual`: a virtual lab as a process of its own. Prints one JSON line when it is ready."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from turnup.errors import TurnupError, UsageError
from turnup.virtual.device import StateProvider
from turnup.virtual.lab import Lab, Plain, clones, make_lab, read_customers
from turnup.virtual.server import Server

if TYPE_CHECKING:
    from turnup.virtual.live.node import Node


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM, SIGINT, `stop` on the control port or, with --with-parent, the end of standard input."""
    options = _options().parse_args(arguments)
    # A client that goes away in the middle of an answer is everyday here; asyncio warns of each write after it.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # three listening sockets a router, and the sessions
    try:
        lab = _lab(options)
        with _behind(lab, options):
            asyncio.run(_serve(lab, options.host_key, options.with_parent))
    except TurnupError as error:
        print(f"turnup.virtual: {error}\n{error.advice}", file=sys.stderr)
        return int(error.exit_code)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m turnup.virtual", description=__doc__)
    parser.add_argument("--inventory", type=Path, help="folder of the inventory (default: the product's own)")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="a file of lab/faults/; repeatable"
    )
    parser.add_argument(
        "--routers", type=int, metavar="N", help="N clones of the first router instead of the inventory"
    )
    parser.add_argument("--customers", type=Path, help="file of customers (default: the product's own)")
    parser.add_argument("--live", type=Path, metavar="FILE", help="nodes with FRR behind the routers, as JSON")
    parser.add_argument("--pace", action="store_true", help="with --live: a lab's timers, 1 s hello and 3/9 s BGP")
    parser.add_argument("--only", action="append", default=[], metavar="ROUTER", help="only these routers; repeatable")
    parser.add_argument("--password", help="of account noc; default: environment TURNUP_LAB_PASSWORD")
    parser.add_argument("--last-resort", help="password of last resort; default: environment TURNUP_SECRET_LAST_RESORT")
    parser.add_argument("--host-key", type=Path, help="file of the SSH host key; made when it is not there")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return parser


def _lab(options: argparse.Namespace) -> Lab:
    from turnup.equipment.estate import load_equipment
    from turnup.virtual.shows import SimulatedState

    password = options.password or os.environ.get("TURNUP_LAB_PASSWORD")
    if not password:
        raise UsageError("account noc has no password", advice="Set TURNUP_LAB_PASSWORD or give --password.")
    last_resort = options.last_resort or os.environ.get("TURNUP_SECRET_LAST_RESORT")
    key = os.environ.get("TURNUP_LAB_TACACS_KEY")
    plain = Plain(
        password,
        **({"last_resort": last_resort} if last_resort else {}),
        **({"tacacs_key": key} if key else {}),
    )
    equipment = load_equipment(options.inventory)
    routers = tuple(equipment.routers.values())
    customers = read_customers(options.customers)
    if options.routers:
        routers = clones(routers[0], options.routers)
    if options.only:
        routers = tuple(router for router in routers if router.name in options.only)
        if missing := set(options.only) - {router.name for router in routers}:
            raise UsageError(f"the inventory has no router {', '.join(sorted(missing))}")
    provider: StateProvider = SimulatedState()
    if options.live:
        from turnup.virtual.live.state import LiveState

        provider = LiveState()
    return make_lab(
        routers, equipment.sites, equipment.policy, provider, plain, customers=customers, faults=options.fault
    )


@contextmanager
def _behind(lab: Lab, options: argparse.Namespace) -> Iterator[None]:
    """What stands behind the routers with --live, from start to end."""
    if not options.live:
        yield
        return
    from turnup.virtual.live.state import Behind, read_nodes
    from turnup.virtual.live.translate import Pace

    nodes = read_nodes(options.live)
    if missing := set(lab.devices) - set(nodes):
        raise UsageError(f"{options.live} has no node for {', '.join(sorted(missing))}", advice="Name them by --only.")
    behind = [Behind(device, nodes[name], Pace() if options.pace else None) for name, device in lab.devices.items()]
    try:
        with ThreadPoolExecutor() as pool:  # every router has a node of its own
            list(pool.map(lambda one: one.start(), behind))
        threading.Thread(target=_until_nodes_end, args=([one.node for one in behind],), daemon=True).start()
        yield
    finally:
        for one in behind:
            one.stop()


def _until_nodes_end(nodes: Sequence[Node]) -> None:
    """A front outlives its nodes by a second."""
    while any(node.alive for node in nodes):
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


async def _serve(lab: Lab, key_file: Path | None, with_parent: bool) -> None:
    server = Server(lab, key_file)
    ready = await server.start()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stopped.set)
    if with_parent:
        threading.Thread(target=_until_end_of_input, args=(loop, server), daemon=True).start()
    print(json.dumps(ready), flush=True)
    await server.stopped.wait()
    await server.stop()


def _until_end_of_input(loop: asyncio.AbstractEventLoop, server: Server) -> None:
    while os.read(sys.stdin.fileno(), 4096):  # not sys.stdin: its lock is held at exit
        pass
    with suppress(RuntimeError):  # the loop has ended before its parent
        loop.call_soon_threadsafe(server.stopped.set)


if __name__ == "__main__":
    sys.exit(main())
