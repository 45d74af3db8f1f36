"""`show tacacs`: the servers and how they answer, in the one-block form of 12.0."""

from __future__ import annotations

from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View


@shows("show tacacs")
def tacacs(view: View, _args: Args) -> str:
    """One block a server."""
    return "".join(
        f"Server: {one.address}/49 opens={one.opens} closes={one.closes} aborts={one.aborts} errors={one.errors}\n"
        f"        packets in={one.packets_in} packets out={one.packets_out}\n"
        "        no connection\n"
        for one in view.sources.servers(view)
    )
