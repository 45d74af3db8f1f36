"""Test IntraPOP Links: the links that carry the customer's traffic onward within the POP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.facts.controller_pos import ControllerPos
from turnup.facts.interface import Interface
from turnup.model.equipment import IntraPopLink
from turnup.model.interface_name import same_interface
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import SECOND, alarms, controller_asks, errors, only, stanza, state
from turnup.rules.isis import link_adjacency
from turnup.rules.pings import ping_ask, ping_finding

_FILTERS = (
    *("ip access-group ", "ip policy ", "ip verify ", "rate-limit ", "traffic-shape ", "crypto map ", "ip inspect "),
    "zone-member ",
)


@dataclass(frozen=True)
class Settings:
    """`errors_allowed`: errors of the past, since counters were cleared, that need no look at the link.

    `accepted_lines`: filters that a link may have, as the configuration shows them.
    """

    errors_allowed: int = 0
    accepted_lines: tuple[str, ...] = ()


def asks(expected: Expected) -> tuple[Ask, ...]:
    """One ping a link, the controllers, and the counters again at the end."""
    links = expected.router.links
    pings = tuple(ping_ask(link.far_address, link.address.ip, expected.policy.ping) for link in links)
    return (
        *pings,
        *controller_asks(link.interface for link in links),
        Ask.of("interface", **SECOND),
    )


@check(
    1,
    "Test IntraPOP Links",
    needs=("running_config", "interface", "isis_neighbor", "clns_neighbor"),
    asks=asks,
    settings=Settings,
)
def intrapop_links(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Every link of inventory: up, not looped, its address, no alarm, no error growth, IS-IS neighbor, full-size pings.

    FAIL: port or protocol down, looped, loopback set, another address, active alarm, growing errors, adjacency
    missing or not UP or with another neighbor, loss above the policy's limit.
    INCONCLUSIVE: no links in inventory, far end not in service, old errors on the counters, a filter on the link, a
    command refused.
    """
    for link in expected.need(expected.router.links, "intra-POP links"):
        if not link.in_service:
            yield inconclusive(
                f"link {link.interface}",
                f"inventory says that {link.far_router} is not in service yet",
                source=expected.inventory(f"links.{link.interface}.in_service"),
            )
            continue
        yield from part(f"link {link.interface}", _port(expected, facts, link))
        yield from part(
            f"IS-IS on {link.interface}",
            link_adjacency(facts, link, expected.router, source=_source(expected, link)),
        )
        yield from part(f"filters of {link.interface}", _filters(expected, facts, link))
        yield ping_finding(
            facts,
            f"ping over {link.interface}",
            link.far_address,
            link.address.ip,
            expected.policy.ping,
            said_by=expected.agreed("ping"),
        )


def _port(expected: Expected, facts: Facts, link: IntraPopLink) -> Iterator[Finding]:
    source = _source(expected, link)
    row = only(facts.rows(Interface), link.interface)
    if row is None:
        yield compare(str(link.interface), "present", "absent", source=source, seen=facts.whole(Interface))
        return
    yield from state(facts, row, source=source)
    yield compare(f"{link.interface} address", link.address, row.address, source=source, seen=facts.seen(row))
    allowed = expected.settings("intrapop_links", Settings).errors_allowed
    policy = expected.agreed("checks.intrapop_links.errors_allowed")
    yield from errors(facts, row, allowed=allowed, source=policy)
    yield from part(f"{link.interface} alarms", alarms(facts, link.interface, source="Schedule 2"))
    yield from part(f"{link.interface} path trace", _path_trace(facts, link, source))


def _filters(expected: Expected, facts: Facts, link: IntraPopLink) -> Iterator[Finding]:
    """What keeps or turns away packets that go through: the router's own pings pass a filter of what it sends."""
    header, lines = stanza(facts.configuration(), link.interface) or ("", ())
    accepted = expected.settings("intrapop_links", Settings).accepted_lines
    for text in lines:
        if text.startswith(_FILTERS) and text not in accepted:
            why = f"`{text}`: what it does to customers' packets is not known; policy may accept it (accepted_lines)"
            seen = lines_seen(facts, text, section=header)
            yield inconclusive(f"{link.interface} filter", why, expected="none", seen=seen)


def _path_trace(facts: Facts, link: IntraPopLink, source: str) -> Iterator[Finding]:
    """SONET tells who is at the far end where that end says so: a check of the wiring without CDP."""
    framed = link.interface.type == "POS" and not facts.lacks("controller_pos")
    row = only(facts.rows(ControllerPos), link.interface) if framed else None
    if row is not None and row.remote_hostname:
        yield holds(
            f"{link.interface} path trace",
            row.remote_hostname == link.far_router,
            expected=link.far_router,
            observed=row.remote_hostname,
            source=source,
            seen=facts.seen(row),
        )
    if row is not None and row.remote_interface:
        good = same_interface(row.remote_interface.replace("_", "/"), link.far_interface)  # IOS-XR: POS0_1_4_2
        yield holds(
            f"{link.interface} far port",
            good,
            expected=link.far_interface,
            observed=row.remote_interface,
            source=source,
            seen=facts.seen(row),
        )


def _source(expected: Expected, link: IntraPopLink) -> str:
    return expected.inventory(f"links.{link.interface}")
