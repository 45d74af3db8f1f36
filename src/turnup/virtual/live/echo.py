"""Echo requests by the node's own `ping`, told with the symbols of IOS. The reading of its text is pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address

from turnup.virtual.live.node import Node
from turnup.virtual.shows.sources import Echo, Echoed, Hop

_REPLY = re.compile(r"^\d+ bytes from \S+: icmp_seq=(\d+) ttl=\d+ time=([\d.]+) ms", re.MULTILINE)
_ERROR = re.compile(r"^From (\S+) icmp_seq=(\d+) (.+)$", re.MULTILINE)
_TOO_LONG = "message too long"  # our own port does not take it
_HEADER = 28  # of IP and ICMP: IOS counts them, ping does not
_MOST_HOPS, _AT_ONCE = 30, 5
GAP = "0.003"  # seconds


def command(asked: Echo) -> list[str]:
    """The words of `ping`. Requests go 3 ms apart and each is waited for; IOS sends the next when one is answered.

    With a deadline: while nobody answers ARP, the kernel holds requests back for seconds.
    """
    deadline = math.ceil(asked.count * 0.01) + asked.wait + 2
    words = ["ping", "-n", "-c", str(asked.count), "-i", GAP, "-W", str(asked.wait), "-w", str(deadline)]
    words += ["-s", str(max(asked.size - _HEADER, 0)), "-M", "do" if asked.df else "dont"]
    if asked.source is not None:
        words += ["-I", str(asked.source)]
    return [*words, str(asked.target)]


def echoed(asked: Echo, out: str, err: str) -> Echoed:
    """`!` answered, `U` unreachable, `M` too long with DF, `&` lived too long, `.` nothing came."""
    symbols = ["."] * asked.count
    for match in _ERROR.finditer(out):
        _put(symbols, int(match[2]), _symbol(match[3]))
    times = []
    for match in _REPLY.finditer(out):
        _put(symbols, int(match[1]), "!")
        times.append(float(match[2]))
    if _TOO_LONG in err and "!" not in symbols:
        symbols = ["M" if at % 2 == 0 else "." for at in range(asked.count)]  # as IOS: half of them unnoticed
    if not times:
        return Echoed("".join(symbols))
    least, most = min(times), max(times)
    return Echoed("".join(symbols), (_ms(least), _ms(sum(times) / len(times)), _ms(most)))


def _put(symbols: list[str], number: int, symbol: str) -> None:
    if 1 <= number <= len(symbols):
        symbols[number - 1] = symbol


def _symbol(words: str) -> str:
    if words.startswith("Frag needed"):
        return "M"
    if words.startswith("Time to live exceeded"):
        return "&"
    return "U" if "nreachable" in words else "."


def _ms(value: float) -> int:
    """IOS knows whole milliseconds, and never none."""
    return max(1, math.ceil(value))


def echo(node: Node, asked: Echo) -> Echoed:
    """Send them."""
    ran = node.run(*command(asked), seconds=asked.count * 0.01 + asked.wait + 30)
    return echoed(asked, ran.out, ran.err)


def hops(node: Node, target: IPv4Address) -> tuple[Hop, ...]:
    """The way to an address: three echo requests with every time to live, five hops at once, until the target."""
    return walked(lambda ttl: _probe(node, target, ttl), str(target))


def walked(probe: Callable[[int], Hop], target: str) -> tuple[Hop, ...]:
    """The hops up to the target, or thirty."""
    found: list[Hop] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for first in range(1, _MOST_HOPS + 1, _AT_ONCE):
            for hop in pool.map(probe, range(first, first + _AT_ONCE)):
                found.append(hop)
                if hop.address == target:
                    return tuple(found)
    return tuple(found)


def _probe(node: Node, target: IPv4Address, ttl: int) -> Hop:
    ran = node.run("ping", "-n", "-c", "3", "-i", "0.01", "-W", "1", "-t", str(ttl), str(target))
    return hop_of(ran.out, str(target))


def hop_of(out: str, target: str) -> Hop:
    """Who answered a probe; `ping` tells no time of an exceeded one: 1 ms stands for less than it can say."""
    times = [_ms(float(match[2])) for match in _REPLY.finditer(out)]
    if times:
        return Hop(target, tuple((times * 3)[:3]))
    errors = _ERROR.findall(out)
    return Hop(errors[0][0], (1, 1, 1)) if errors else Hop("")
