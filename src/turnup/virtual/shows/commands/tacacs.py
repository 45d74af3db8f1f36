"""`show tacacs`: the servers and how they answer, in the one-block form of 12.0."""

from __future__ import annotations

from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_PACKETS = 63  # exchanged before anybody looked


def servers(view: View) -> tuple[str, ...]:
    """Addresses behind `tacacs-server host`, in order."""
    return tuple(words[2] for words in view.global_lines("tacacs-server", "host") if len(words) > 2)


@shows("show tacacs")
def tacacs(view: View, _args: Args) -> str:
    """One block a server. The first that answers carries our logins and commands; its packets grow with each."""
    alive = [one for one in servers(view) if not view.overrides.flag(f"tacacs.{one}.dead")]
    blocks = []
    for server in servers(view):
        busy = 2 * view.device.counters.get("commands", 0) + 6 * len(view.device.sessions)
        dead = server not in alive
        first = bool(alive) and server == alive[0]
        sent = _PACKETS + busy if dead or first else 4
        received = 0 if dead else sent
        opens = view.device.counters.get("logins", 0) + len(view.device.sessions) + (60 if first or dead else 2)
        errors = opens if dead else 0
        blocks.append(
            f"Server: {server}/49 opens={opens} closes={opens} aborts={errors} errors={errors}\n"
            f"        packets in={received} packets out={sent}\n"
            "        no connection\n"
        )
    return "".join(blocks)
