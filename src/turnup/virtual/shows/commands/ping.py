"""`ping` and `traceroute`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from turnup.virtual.shows.commands.names import lookup, name_servers
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.sources import Echo, Echoed
from turnup.virtual.shows.view import View

_WIDTH = 70  # symbols on a line
_UNKNOWN = "% Unrecognized host or address, or protocol not running.\n"
_INTRO = "Type escape sequence to abort.\n"


@dataclass(frozen=True)
class _Options:
    count: int
    size: int
    df: bool
    validate: bool
    source: str
    seconds: int

    @classmethod
    def read(cls, words: list[str]) -> _Options:
        def after(name: str, default: str) -> str:
            return words[words.index(name) + 1] if name in words[:-1] else default

        return cls(
            int(after("repeat", "5")),
            int(after("size", "100")),
            "df" in words or "df-bit" in words,
            "validate" in words,
            after("source", ""),
            int(after("timeout", "2")),
        )


@shows("ping {target} ...", "ping ip {target} ...")
def ping(view: View, args: Args) -> str | None:
    """Echo requests and their answers, a symbol each."""
    target, translating = _resolved(view, args["target"])
    if target is None:
        return f"{translating}{_UNKNOWN}"
    options = _Options.read(args["rest"].split())
    source = _source(view, options.source)
    if options.source and source is None:
        return "% Invalid source\n"
    lines = [
        f"Sending {options.count}, {options.size}-byte ICMP Echos to {target}, timeout is {options.seconds} seconds:"
    ]
    if source is not None:
        lines.append(f"Packet sent with a source address of {source} ")
    if options.df:
        lines.append("Packet sent with the DF bit set")
    if options.validate:
        lines.append("Reply data will be validated")
    asked = Echo(target, source, options.count, options.size, options.df, options.seconds)
    told = view.sources.echo(view, asked)
    lines += [told.symbols[i : i + _WIDTH] for i in range(0, len(told.symbols), _WIDTH)]
    return translating + _INTRO + "\n".join([*lines, _result(told)]) + "\n"


def _result(told: Echoed) -> str:
    got, sent = told.symbols.count("!"), len(told.symbols)
    percent = got * 100 // sent if sent else 0
    times = ", round-trip min/avg/max = {}/{}/{} ms".format(*told.times) if got else ""
    return f"Success rate is {percent} percent ({got}/{sent}){times}"


def _source(view: View, text: str) -> IPv4Address | None:
    if not text:
        return None
    try:
        return IPv4Address(text)
    except AddressValueError:
        return view.address_of(text)


def _resolved(view: View, target: str) -> tuple[IPv4Address | None, str]:
    """The address, and what the router says while it looks a name up."""
    try:
        return IPv4Address(target), ""
    except AddressValueError:
        servers = name_servers(view)
    if not lookup(view) or not servers:
        return None, ""
    zone = view.global_word("ip", "domain-name")
    known = {view.router.name: view.router.loopback, **{peer.name: peer.address for peer in view.router.ibgp_peers}}
    found = known.get(target.removesuffix(f".{zone}"))
    answer = " [OK]" if found else ""
    return found, f'Translating "{target}"...domain server ({servers[0]}){answer}\n\n'


@shows("traceroute {target} ...")
def traceroute(view: View, args: Args) -> str:
    """The hops to an address."""
    target, translating = _resolved(view, args["target"])
    if target is None:
        return f"{translating}{_UNKNOWN}"
    lines = [f"Tracing the route to {target}", "", *_hops(view, target)]
    return translating + "\n" + _INTRO + "\n".join(lines) + "\n"


def _hops(view: View, target: IPv4Address) -> Iterator[str]:
    for number, hop in enumerate(view.sources.hops(view, target), start=1):
        times = " ".join(f"{each} msec" for each in hop.times)
        yield f"{number:>3} {hop.address} {times}" if hop.address else f"{number:>3}  *  *  * "
