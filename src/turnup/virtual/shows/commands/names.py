"""`show hosts`: how the router itself looks up names."""

from __future__ import annotations

from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View


def name_servers(view: View) -> tuple[str, ...]:
    """Addresses behind `ip name-server`, on one line or several."""
    return tuple(server for words in view.global_lines("ip", "name-server") for server in words[2:])


def lookup(view: View) -> bool:
    """Whether names are looked up at all."""
    return not view.global_lines("no", "ip", "domain-lookup")


@shows("show hosts")
def hosts(view: View, _args: Args) -> str:
    """Domain, servers, and the names given by `ip host`."""
    domain = view.global_word("ip", "domain-name")
    lines = [
        f"Default domain is {domain or 'not set'}",
        f"Name/address lookup uses {'domain service' if lookup(view) else 'static mappings'}",
        f"Name servers are {', '.join(name_servers(view)) or '255.255.255.255'}",
        "",
        "Host                     Flags      Age Type   Address(es)",
    ]
    lines += [f"{words[2]:<24} (perm, OK)  0   IP    {words[3]}" for words in view.global_lines("ip", "host")]
    return "\n".join(lines) + "\n"
