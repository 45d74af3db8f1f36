"""What several ports of one customer have together: the prefix-list of its AS. It goes with the last of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from turnup.change.footprint import Footprint, Lines
from turnup.errors import Refused
from turnup.model.equipment import Assignment
from turnup.render.fold import Sections

_TALK = ("description ", "remark ", "hostname ", "router ", "interface ")


@dataclass(frozen=True)
class Beside:
    """The customer's other ports that a change of a list reaches: their peers, as (section header, address)."""

    peers: tuple[tuple[str, str], ...] = ()
    assignments: tuple[Assignment, ...] = ()


def users(name: str, footprint: Footprint, sections: Sections) -> Iterator[tuple[str, str]]:
    """Lines that are not ours and refer to that prefix-list: of another port of the same customer, of a route-map.

    A route-map may name several in one line, a `distribute-list prefix` names it in other words: any line with that
    word counts, but those that only talk.
    """
    for section, line in footprint.foreign(sections):
        words = line.split(" ")
        if name in words and not line.startswith(_TALK) and words[:3] != ["ip", "prefix-list", name]:
            yield section, line


def used_by_others(name: str, footprint: Footprint, sections: Sections) -> bool:
    """Whether anything that is not ours refers to that prefix-list."""
    return any(True for _ in users(name, footprint, sections))


def without_left(footprint: Footprint, sections: Sections, wanted: Iterable[str]) -> Footprint:
    """The footprint without the lists that the order needs no more and others still use: those are theirs now.

    Taken away, they would be undefined, and an undefined list lets everything through.
    """
    kept = set(wanted)
    lists = (name for name in footprint.prefix_lists if name in kept or not used_by_others(name, footprint, sections))
    return replace(footprint, prefix_lists=tuple(lists))


def beside(footprint: Footprint, sections: Sections, target: Lines, siblings: tuple[Assignment, ...]) -> Beside:
    """Whom the change of a shared list reaches. Raises Refused when that is anybody but the same customer.

    `siblings` are the orders of the same customer on the same router, by our records: a neighbor whose description
    says so is not enough.
    """
    known = {str(one.order.layer3.customer_address): one for one in siblings if one.order.layer3}
    found: dict[tuple[str, str], Assignment] = {}
    for name in footprint.prefix_lists:
        if not _changes(name, footprint, sections, target):
            continue
        for section, line in users(name, footprint, sections):
            words = line.removeprefix("address-family ipv4 unicast ").split(" ")
            sibling = known.get(words[1]) if words[0] == "neighbor" and words[2:4] == ["prefix-list", name] else None
            if sibling is None:
                raise Refused(
                    f"prefix-list {name} is used by a neighbour that is not this customer's by our records:"
                    f" to change it changes that too\n  {section or '(global)'} / {line}",
                    advice="Nothing was sent. Find out whose line that is; the order cannot change the list before.",
                )
            found[section, words[1]] = sibling
    return Beside(tuple(found), tuple(dict.fromkeys(found.values())))


def must_not_change_shared(footprint: Footprint, sections: Sections, target: Lines) -> None:
    """Raise Refused when a list that another port's neighbour uses would hold something else.

    For a NEW port or a new customer: to widen the filter of a port in service is no first provisioning.
    """
    for name in footprint.prefix_lists:
        if _changes(name, footprint, sections, target) and used_by_others(name, footprint, sections):
            raise Refused(f"another port of the customer uses prefix-list {name}, with other prefixes", advice=_ADVICE)


_ADVICE = (
    "Nothing was sent. Send a CHANGE of that port's order with the prefixes of both first: it names every port that it"
    " reaches and is made in a window; then this order again."
)


def _changes(name: str, footprint: Footprint, sections: Sections, target: Lines) -> bool:
    first = f"ip prefix-list {name} "
    now, then = (
        {text for section, text in lines if not section and text.startswith(first)}
        for lines in (footprint.owned(sections), target)
    )
    return bool(then) and now != then
