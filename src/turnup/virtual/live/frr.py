"""What FRR reports, as the front's rows. Pure: from the JSON of vtysh; unknown words stay as FRR says them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

from turnup.virtual.shows.adjacency import Adjacency
from turnup.virtual.shows.peers import ESTABLISHED, Neighbor, Peering, Session
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.routes import Entry
from turnup.virtual.shows.times import short

Json = Mapping[str, Any]
_STATES = {"Up": "UP", "Initializing": "INIT", "Down": "DOWN", "Unknown": "NONE"}
_LEVELS = {1: "L1", 2: "L2", 3: "L1L2"}
_CODES = {"connected": "C", "static": "S", "kernel": "S", "bgp": "B"}
_LENGTH = re.compile(r"(\d+)([wdhm])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}

# --- IS-IS


def adjacencies(found: Json, ports: Mapping[str, Port]) -> tuple[Adjacency, ...]:
    """From `show isis neighbor detail json`; `ports` by their kernel names."""
    rows = (one for area in found.get("areas", ()) for circuit in area.get("circuits", ()) if (one := circuit))
    return tuple(row for one in rows if (row := _adjacency(one, ports)) is not None)


def _adjacency(circuit: Json, ports: Mapping[str, Port]) -> Adjacency | None:
    told = circuit.get("interface")
    if not isinstance(told, Mapping) or (port := ports.get(str(told.get("name")))) is None:
        return None
    left = str(circuit.get("expires-in", "0")).rstrip("s")
    return Adjacency(
        system_id=str(circuit.get("adj", "")),
        port=port,
        address=str(told.get("ipv4-address", {}).get("ipv4", "")),
        state=_STATES.get(str(told.get("state")), str(told.get("state")).upper()),
        level=_level(told.get("circuit-type"), circuit.get("level")),
        protocol="IS-IS",
        circuit_id=_circuit(str(told.get("lan-id", ""))),
        holdtime=int(left) if left.isdigit() else 0,
    )


def _circuit(lan: str) -> str:
    """`nyc-hud-dnac1-02` of FRR is `nyc-hud-dnac1.02`; a point-to-point link has none."""
    name, _, number = lan.rpartition("-")
    return f"{name}.{number}" if name else "00"


def _level(kind: object, level: object) -> str:
    return str(kind) if kind in ("L1", "L2", "L1L2") else _LEVELS.get(level if isinstance(level, int) else 2, "L2")


# --- BGP


def peerings(summary: Json, neighbors: Iterable[Neighbor]) -> tuple[Peering, ...]:
    """From `show bgp ipv4 unicast summary json`; a neighbour that FRR does not have is `Idle`."""
    peers = summary.get("peers", {})
    return tuple(_peering(peers.get(str(one.address), {}), one) for one in neighbors)


def _peering(told: Json, neighbor: Neighbor) -> Peering:
    state = str(told.get("state", "Idle"))
    if state == ESTABLISHED:
        return Peering(neighbor, state, int(told.get("pfxRcd", 0)))
    return Peering(neighbor, state)


def session(told: Json) -> Session:
    """From one neighbour of `show bgp neighbors json`."""
    stats, up = told.get("messageStats", {}), told.get("bgpState") == ESTABLISHED
    dropped = int(told.get("connectionsDropped", 0))
    return Session(
        _age(told, up, dropped),
        messages=(int(stats.get("totalRecv", 0)), int(stats.get("totalSent", 0))),
        notifications=(int(stats.get("notificationsRecv", 0)), int(stats.get("notificationsSent", 0))),
        router_id=str(told.get("remoteRouterId", "0.0.0.0")),  # noqa: S104 - what IOS says before the first session
        hold=int(told.get("bgpTimerHoldTimeMsecs", 180_000)) // 1000,
        keepalive=int(told.get("bgpTimerKeepAliveIntervalMsecs", 60_000)) // 1000,
        last_read=int(told.get("bgpTimerLastRead", 0)) // 1000 if up else 0,
        established=int(told.get("connectionsEstablished", 0)),
        dropped=dropped,
        reset=_reset(told, dropped),
        local=_address(str(told.get("hostLocal", ""))) if up else None,
    )


def _age(told: Json, up: bool, dropped: int) -> str:
    if up:
        return short(timedelta(milliseconds=int(told.get("bgpTimerUpMsec", 0))))
    return short(timedelta(milliseconds=int(told.get("lastResetTimerMsecs", 0)))) if dropped else "never"


def _reset(told: Json, dropped: int) -> str:
    """FRR counts every attempt as a reset; IOS speaks of sessions that were, and of those held down on purpose."""
    why = str(told.get("lastResetDueTo", ""))
    if not why or not (dropped or told.get("adminShutDown") or told.get("prefixOverflow")):
        return "never"
    return f"{short(timedelta(milliseconds=int(told.get('lastResetTimerMsecs', 0))))}, due to {why}"


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None


# --- routes


def routes(found: Json, paths: Json, ports: Mapping[str, Port], level: str) -> Iterator[Entry]:
    """From `show ip route json` and `show bgp ipv4 unicast json`: those that are used. `level` is that of IS-IS."""
    best = paths.get("routes", {})
    for prefix, entries in found.items():
        for entry in entries:
            if entry.get("selected"):
                yield _entry(IPv4Network(prefix), entry, best.get(prefix, ()), ports, level)


def _entry(prefix: IPv4Network, entry: Json, paths: Iterable[Json], ports: Mapping[str, Port], level: str) -> Entry:
    protocol, hops = str(entry.get("protocol")), list(entry.get("nexthops", ()))
    hop: Json = next((one for one in hops if one.get("recursive")), next(iter(hops), {}))
    address = None if hop.get("directlyConnected") else hop.get("ip")
    path = next((one for one in paths if one.get("bestpath")), {})
    ases = [int(word) for word in str(path.get("path", "")).split() if word.isdigit()]
    return Entry(
        prefix=prefix,
        code=f"i {level}" if protocol == "isis" else _CODES.get(protocol, protocol[:1].upper()),
        distance=int(entry.get("distance", 0)),
        metric=int(entry.get("metric", 0)),
        next_hop=str(address) if address else None,
        port=ports.get(str(hop.get("interfaceName", ""))),
        age=length(str(entry.get("uptime", ""))),
        source=str(path.get("peerId") or address or ""),
        tag=ases[0] if ases else 0,
        hops=len(ases),
    )


def length(text: str) -> timedelta:
    """`00:01:02`, `1d02h03m`, `02w3d04h`: how long FRR says it is."""
    if match := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text):
        return timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3]))
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _LENGTH.findall(text)), timedelta())
