"""BGP as the configuration makes it: neighbours with what their peer groups give them, and their sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from turnup.virtual.device import FarEnd
from turnup.virtual.passwords import decode7
from turnup.virtual.shows.adjacency import adjacencies
from turnup.virtual.shows.links import far_end, port_towards
from turnup.virtual.shows.prefix_lists import permits, permitted
from turnup.virtual.shows.view import View

ESTABLISHED = "Established"
_MESH_PREFIXES = 12  # routes that a peer of the mesh sends when nobody says otherwise


@dataclass(frozen=True)
class Neighbor:
    """One neighbour: its own lines and those of its peer group, by their first word(s)."""

    address: IPv4Address
    peer_group: str
    lines: tuple[tuple[str, ...], ...]

    def words(self, *first: str) -> tuple[str, ...] | None:
        """What follows these words; its own line goes before its group's."""
        return next((line[len(first) :] for line in self.lines if line[: len(first)] == first), None)

    def word(self, *first: str) -> str:
        """The first of those words, "" when there is none."""
        return (self.words(*first) or ("",))[0]

    def policy(self, kind: str, direction: str) -> str:
        """Name of its `prefix-list`, `route-map` ... in that direction."""
        return next((line[1] for line in self.lines if line[0] == kind and line[2:3] == (direction,)), "")

    @property
    def remote_as(self) -> int:
        """AS number, 0 when no line gives it."""
        return int(self.word("remote-as") or 0)


@dataclass(frozen=True)
class Peering:
    """One session. `state` is `Established`, `Active`, `Idle (Admin)` ...; `prefixes` those accepted."""

    neighbor: Neighbor
    state: str
    prefixes: int = 0
    accepted: tuple[IPv4Network, ...] = ()
    far: FarEnd | None = field(default=None, compare=False)

    @property
    def established(self) -> bool:
        """Whether routes are exchanged."""
        return self.state == ESTABLISHED


@dataclass(frozen=True)
class Session:
    """What a session did so far. `age` as IOS writes it, `never` before the first; `reset` why and when it last ended.

    Messages and notifications are (received, sent); `local` None while there is no connection.
    """

    age: str
    messages: tuple[int, int] = (0, 0)
    notifications: tuple[int, int] = (0, 0)
    router_id: str = "0.0.0.0"  # noqa: S104 - no address to bind: what IOS says before the first session
    hold: int = 180
    keepalive: int = 60
    last_read: int = 0
    established: int = 0
    dropped: int = 0
    reset: str = "never"
    local: IPv4Address | None = None


def local_as(view: View) -> int | None:
    """Our AS; None when BGP is not configured."""
    header = next((h for h in view.configuration.top if h.startswith("router bgp ")), None)
    return int(header.split()[2]) if header else None


def neighbors(view: View) -> tuple[Neighbor, ...]:
    """Every neighbour by address, as 12.0S lists them."""
    lines: dict[str, list[tuple[str, ...]]] = {}
    for line in view.section(f"router bgp {local_as(view)}"):
        words = tuple(line.split())
        if words[0] == "neighbor" and len(words) > 2:
            lines.setdefault(words[1], []).append(words[2:])
    found = []
    for name, own in lines.items():
        if (address := address_or_none(name)) is None:
            continue
        group = next((words[1] for words in own if words[0] == "peer-group" and len(words) > 1), "")
        found.append(Neighbor(address, group, (*own, *lines.get(group, ()))))
    return tuple(sorted((one for one in found if one.remote_as), key=lambda one: one.address))


def peerings(view: View) -> tuple[Peering, ...]:
    """The session with every neighbour."""
    return view.once(_peerings)


def _peerings(view: View) -> tuple[Peering, ...]:
    return view.sources.peerings(view)


def derived_peerings(view: View) -> tuple[Peering, ...]:
    """Up when both ends agree and a packet gets through."""
    return tuple(_peering(view, one) for one in neighbors(view))


def _peering(view: View, neighbor: Neighbor) -> Peering:
    key = f"bgp.{neighbor.address}"
    internal = neighbor.remote_as == local_as(view)
    found = _internal(view, neighbor) if internal else _external(view, neighbor)
    state = view.overrides.text(f"{key}.state", found.state)
    if state != ESTABLISHED:
        return Peering(neighbor, state, far=found.far)
    default = found.prefixes if found.established else 0
    return Peering(neighbor, state, view.overrides.number(f"{key}.prefixes", default), found.accepted, found.far)


def _internal(view: View, neighbor: Neighbor) -> Peering:
    if neighbor.words("shutdown") is not None:
        return Peering(neighbor, "Idle (Admin)")
    source = neighbor.word("update-source")
    known = any(peer.address == neighbor.address for peer in view.router.ibgp_peers) or not view.router.ibgp_peers
    # The far end waits for our loopback: a session from any other address finds nobody who listens.
    ours = bool(source) and view.address_of(source) == view.router.loopback
    if known and ours and any(one.state == "UP" for one in adjacencies(view)):
        return Peering(neighbor, ESTABLISHED, _MESH_PREFIXES)
    return Peering(neighbor, "Active")


def _external(view: View, neighbor: Neighbor) -> Peering:
    if neighbor.words("shutdown") is not None:
        return Peering(neighbor, "Idle (Admin)")
    port = port_towards(view, neighbor.address)
    far = far_end(view, port) if port else None
    if far is None or far.address != neighbor.address:
        return Peering(neighbor, "Idle" if port is None else "Active", far=far)
    if not _agreed(neighbor, far):
        return Peering(neighbor, "Active", far=far)
    accepted = tuple(_accepted(view, neighbor, far))
    limit = int(neighbor.word("maximum-prefix") or 0)
    if limit and len(accepted) > limit and "warning-only" not in (neighbor.words("maximum-prefix") or ()):
        return Peering(neighbor, "Idle (PfxCt)", far=far)
    return Peering(neighbor, ESTABLISHED, len(accepted), accepted, far)


def _agreed(neighbor: Neighbor, far: FarEnd) -> bool:
    if far.peer_as is not None and far.peer_as != neighbor.remote_as:
        return False
    password = neighbor.words("password")
    key = ""
    if password:
        key = (decode7(password[-1]) or "") if password[0] == "7" and len(password) > 1 else password[-1]
    return far.md5_key is None or far.md5_key == key


def _accepted(view: View, neighbor: Neighbor, far: FarEnd) -> Iterator[IPv4Network]:
    name = neighbor.policy("prefix-list", "in")
    offered = far.prefixes or permitted(view, name)[:1]
    return (prefix for prefix in offered if not name or permits(view, name, prefix))


def address_or_none(text: str) -> IPv4Address | None:
    """That address; None for any other word."""
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None
