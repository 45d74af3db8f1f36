"""IS-IS as the configuration makes it: the process, its interfaces, its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.virtual.shows.links import far_end, link
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.view import View

_LEVELS = {"level-1": "L1", "level-2-only": "L2", "level-1-2": "L1L2"}


@dataclass(frozen=True)
class Process:
    """`router isis [tag]` and the lines below it."""

    tag: str
    lines: tuple[str, ...]

    def word(self, *first: str) -> str:
        """The word behind the first line that begins with these words."""
        for line in self.lines:
            words = tuple(line.split())
            if words[: len(first)] == first and len(words) > len(first):
                return words[len(first)]
        return ""

    @property
    def nets(self) -> tuple[str, ...]:
        """Network entity titles."""
        return tuple(line.split()[1] for line in self.lines if line.startswith("net "))

    @property
    def system_id(self) -> str:
        """`0102.5500.1001`."""
        return ".".join(self.nets[0].split(".")[-4:-1]) if self.nets else ""

    @property
    def areas(self) -> tuple[str, ...]:
        """`49.0001`."""
        return tuple(dict.fromkeys(".".join(net.split(".")[:-4]) for net in self.nets))

    @property
    def is_type(self) -> str:
        """`level-1-2` unless configured."""
        return self.word("is-type") or "level-1-2"

    @property
    def passive(self) -> tuple[str, ...]:
        """Interfaces named by `passive-interface`."""
        return tuple(line.split()[1] for line in self.lines if line.startswith("passive-interface "))

    @property
    def wide(self) -> bool:
        """Whether new-style metrics are sent and taken."""
        return self.word("metric-style") == "wide"


@dataclass(frozen=True)
class Adjacency:
    """One neighbour. `protocol` is ES-IS when only layer 2 was proved."""

    system_id: str
    port: Port
    address: str
    state: str
    level: str
    protocol: str
    circuit_id: str
    holdtime: int


def process(view: View) -> Process | None:
    """The IS-IS process of the backbone; None when there is none or it has no NET."""
    header = next((h for h in view.configuration.top if h.split()[:2] == ["router", "isis"]), None)
    if header is None:
        return None
    return Process(" ".join(header.split()[2:]), view.section(header))


def isis_ports(view: View) -> Iterator[Port]:
    """Interfaces that IS-IS serves: those with its line, and passive loopbacks.

    A passive customer port is not among them: its network is announced, IS-IS does not run on it (reference:
    checklist 5 takes a customer port in this list for a fault).
    """
    found = process(view)
    if found is None:
        return
    passive = {port.name for name in found.passive if (port := view.port(name))}
    for port in view.ports:
        active = port.isis and not port.shut and port.name not in passive
        if active or (port.is_virtual and (port.isis or port.name in passive)):
            yield port


def adjacencies(view: View) -> tuple[Adjacency, ...]:
    """Every neighbour that this router sees now."""
    return view.once(_adjacencies)


def _adjacencies(view: View) -> tuple[Adjacency, ...]:
    return view.sources.adjacencies(view)


def derived_adjacencies(view: View) -> tuple[Adjacency, ...]:
    """A neighbour on every port that runs IS-IS, is up and has one at its other end."""
    found = process(view)
    if found is None or not found.nets:
        return ()
    passive = {port.name for name in found.passive if (port := view.port(name))}
    candidates = (port for port in view.ports if port.isis and port.name not in passive)
    return tuple(one for port in candidates if (one := _adjacency(view, found, port)) is not None)


def _adjacency(view: View, found: Process, port: Port) -> Adjacency | None:
    key, far = f"isis.{port.name}", far_end(view, port)
    state = view.overrides.text(f"{key}.state", "UP")
    forced = view.overrides.get(f"{key}.system_id") is not None
    if state.lower() in ("absent", "none") or not link(view, port).up or far is None:
        return None
    if not far.is_neighbor and not forced:
        return None
    circuit = port.word("isis", "circuit-type") or found.is_type
    return Adjacency(
        system_id=view.overrides.text(f"{key}.system_id", far.name),
        port=port,
        address=str(far.address),
        state=state.upper(),
        level=_LEVELS.get(circuit, "L2"),
        protocol=view.overrides.text(f"{key}.protocol", "IS-IS"),
        circuit_id="00" if not port.is_ethernet else f"{far.name[:8]}.01",
        holdtime=20 + (view.now.second * 7) % 10,
    )
