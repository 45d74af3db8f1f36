"""Verify BGP configuration: the customer's session as ordered, the mesh as designed, nobody unfiltered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.facts.bgp_neighbor import BgpNeighbor
from turnup.model.equipment import IbgpPeer
from turnup.model.interface_name import same_interface
from turnup.model.order import Bgp
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding, Seen, Verdict
from turnup.rules.bgp import BgpSection, as_number, bgp_section
from turnup.rules.bgp_others import mesh_filters, other_neighbors, process_lines, seen_of, unread
from turnup.rules.evidence import lines_seen
from turnup.rules.orders import lines_of, without_bgp
from turnup.rules.tokens import as_intended, token_name, without_token


@dataclass(frozen=True)
class Settings:
    """`ibgp_next_hop_self`: whether every iBGP session sets itself as next hop."""

    ibgp_next_hop_self: bool = True


def asks(expected: Expected) -> tuple[Ask, ...]:
    """The customer's session in detail."""
    order = expected.assignment.order if expected.assignment else None
    return (Ask.of("bgp_neighbor", neighbor=str(order.layer3.customer_address)),) if order and order.layer3 else ()


@check(6, "Verify BGP configuration", needs=("running_config",), asks=asks, settings=Settings)
def bgp_configuration(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Own AS; the customer's neighbor, prefix-list and route-policy line for line as rendered, and nothing more.

    Keys are compared as fingerprints, never as text. iBGP peers come from the loopback; lines of a peer-group count
    for its members. The running session shows the same filters and limit.
    FAIL: a line missing, different or extra; wrong AS; neighbor shut or not activated; an external neighbor, in a VRF
    too, without inbound filter or maximum-prefix, or with a filter that is not defined, passes everything or lets in
    routes to the mesh's own loopbacks, or with a limit that only warns; an internal neighbor that inventory does not
    name, or a filter that keeps routes of the mesh out; routes of an IGP or a default let in or told to the mesh,
    routes summarized away or made up, another AS shown outside, or traffic sent away, without inventory's word.
    INCONCLUSIVE: no rendered lines, key present but its value not at hand, settings of a template, output not readable.
    """
    config = facts.configuration()
    section = bgp_section(config)
    local_as = expected.router.local_as
    if section is None:
        yield compare(
            "BGP process",
            f"router bgp {local_as}",
            "none",
            source=expected.inventory("local_as"),
            seen=lines_seen(facts),
        )
        return
    seen = lines_seen(facts, section.header, section="")
    yield compare("own AS", local_as, section.local_as, source=expected.inventory("local_as"), seen=seen)
    yield from part("lines of the process", process_lines(expected, facts, section))
    if without_bgp(expected):
        yield from _no_neighbor(expected, facts, section)
    else:
        yield from part("customer's neighbor", _customer(expected, facts, section))
        yield from part("customer's prefix-list", _prefix_lists(expected, facts, config))
        yield from part("customer's policy", _policies(expected, facts, config))
        yield from part("customer's session as it runs", _running(expected, facts))
    for peer in expected.need(expected.router.ibgp_peers, "the iBGP mesh"):
        yield from part(f"iBGP {peer.name}", _ibgp(expected, facts, section, peer))
    yield from part("other neighbors", other_neighbors(expected, facts, config, section))


def _order(expected: Expected) -> tuple[Bgp, str]:
    order = expected.ordered().order
    link = expected.need(order.layer3, "the link network of the order")
    return expected.need(order.bgp, "the BGP session of the order"), str(link.customer_address)


def _no_neighbor(expected: Expected, facts: Facts, section: BgpSection) -> Iterator[Finding]:
    """An order without BGP gets none: a neighbor at the customer's address would be somebody's left-over."""
    link = expected.need(expected.ordered().order.layer3, "the link network of the order")
    shown = section.texts_of(str(link.customer_address))
    seen = lines_seen(facts, *shown, section=section.header)
    told = "; ".join(shown) or "none"
    yield compare(f"neighbor {link.customer_address}", "none", told, source=expected.order("bgp"), seen=seen)


def _customer(expected: Expected, facts: Facts, section: BgpSection) -> Iterator[Finding]:
    bgp, address = _order(expected)
    wanted = [text for text in lines_of(expected, section.header) if text.split()[:2] == ["neighbor", address]]
    expected.need(tuple(wanted), f"the lines of neighbor {address}")
    shown = list(section.texts_of(address))
    source = expected.order("bgp")
    for text in wanted:
        yield _one_line(expected, facts, section, text, shown, source)
    planned = {without_token(text) for text in wanted}
    planned.add(
        f"neighbor {address} activate"
    )  # of IPv4, which `_active` judges: some images show it, none may lack it
    for text in (*shown, *section.elsewhere(address)):
        if without_token(text) not in planned:
            seen = lines_seen(facts, text, section=section.header)
            yield compare("line not of the order", "none", text, source=source, seen=seen)
    yield from _active(facts, section, address, f"neighbor {address}")
    peer_as = [text.split()[3] for text in shown if text.split()[2] == "remote-as"]
    seen = lines_seen(facts, *(text for text in shown if text.split()[2] == "remote-as"), section=section.header)
    yield compare("customer's AS", [bgp.peer_as], list(map(as_number, peer_as)), source=source, seen=seen)


def _active(facts: Facts, section: BgpSection, name: str, subject: str) -> Iterator[Finding]:
    """A session that carries no IPv4 routes is none, whatever its lines say."""
    if name in section.neighbors and (off := section.inactive(section.neighbors[name])):
        seen = lines_seen(facts, off, section=section.header)
        yield compare(f"{subject} carries IPv4", "yes", off, seen=seen)


def _one_line(
    expected: Expected, facts: Facts, section: BgpSection, text: str, shown: list[str], source: str
) -> Finding:
    same = [line for line in shown if as_intended(line) == as_intended(text)]
    if same:
        return compare(text, text, text, source=source, seen=lines_seen(facts, *same, section=section.header))
    keyed = [line for line in shown if "<secret:" in text and without_token(line) == without_token(text)]
    seen = lines_seen(facts, *keyed, section=section.header)
    if keyed and token_name(text) not in expected.known_secrets:
        why = f"present, not matched: no value of {token_name(text)} at hand"
        return inconclusive(text, why, expected=text, source=source, seen=seen)
    told = "the line with another key" if keyed else "no such line"
    return Finding(text, Verdict.FAIL, text, told, source, seen)


def _prefix_lists(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    """Lists of the order, whole and in order: an entry more lets more in."""
    wanted = [text for text in lines_of(expected, "") if text.startswith("ip prefix-list ")]
    for name in dict.fromkeys(text.split()[2] for text in wanted):
        ours = tuple(text for text in wanted if text.split()[2] == name)
        lines = config.headers(f"ip prefix-list {name}")
        shown = tuple(text for text in lines if text.split()[3:4] != ["description"])  # that lets nothing in
        source, seen = expected.order("bgp.allowed_prefixes"), lines_seen(facts, *shown, section="")
        yield compare(f"prefix-list {name}", ours, shown, source=source, seen=seen)


def _policies(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    """Route policies of the order (IOS-XR), whole and in order: one word more may let everything in."""
    for header in dict.fromkeys(section for section, _ in expected.lines if section.startswith("route-policy ")):
        shown = config.section(header)
        seen = lines_seen(facts, *(shown or ()), section=header)
        source = expected.order("bgp.allowed_prefixes")
        yield compare(header, lines_of(expected, header), shown, source=source, seen=seen)


def _rendered(expected: Expected, address: str, kind: str, direction: str) -> str | None:
    """Name of the filter that the order's lines give that neighbor."""
    for _, text in expected.lines:
        words = text.split()
        if words[:3] == ["neighbor", address, kind] and words[4:] == [direction]:
            return words[3]
    return None


def _running(expected: Expected, facts: Facts) -> Iterator[Finding]:
    bgp, address = _order(expected)
    row = facts.one(BgpNeighbor, neighbor=address)
    seen, policy = facts.seen(row), expected.policy
    yield compare(
        "running remote AS", bgp.peer_as, as_number(row.remote_as), source=expected.order("bgp.peer_as"), seen=seen
    )
    yield compare("running neighbor", address, row.neighbor, source=expected.order("layer3.link_prefix"), seen=seen)
    yield compare("running VRF", "default", row.vrf or "default", source=expected.order("layer3"), seen=seen)
    limit = expected.order("bgp.maximum_prefix")
    expected.need(expected.lines, "the lines of the order")
    prefix_list = _rendered(expected, address, "prefix-list", "in")
    route_in, route_out = (_rendered(expected, address, "route-policy", way) for way in ("in", "out"))
    route_in, route_out = route_in or policy.customer_route_map_in, route_out or policy.customer_route_map_out
    shown = (
        ("maximum-prefix", bgp.maximum_prefix, row.maximum_prefixes, limit),
        ("prefix-list in", prefix_list, row.prefix_list_in, expected.order("bgp.allowed_prefixes")),
        ("route-map in", route_in, row.route_map_in, expected.agreed("customer_route_map_in")),
        ("route-map out", route_out, row.route_map_out, expected.agreed("customer_route_map_out")),
    )
    for what, wanted, found, source in shown:
        if wanted is not None and found is None:
            yield inconclusive(f"running {what}", "not shown", expected=wanted, source=source, seen=seen)
        elif wanted is not None:
            yield compare(f"running {what}", wanted, found, source=source, seen=seen)
    yield _beyond(row, limit, seen)


def _beyond(row: BgpNeighbor, limit: str, seen: tuple[Seen, ...]) -> Finding:
    """A limit that only warns, or drops what is too much, is none: the session must end there."""
    return compare("running maximum-prefix ends the session", "yes", row.beyond_limit or "yes", source=limit, seen=seen)


def _ibgp(expected: Expected, facts: Facts, section: BgpSection, peer: IbgpPeer) -> Iterator[Finding]:
    name, source = str(peer.address), expected.inventory("ibgp_peers")
    neighbor = section.neighbors.get(name)
    if neighbor is None:
        yield compare(
            f"iBGP {peer.name}", f"neighbor {name}", "none", source=source, seen=lines_seen(facts, section.header)
        )
        return
    remote = neighbor.value("remote-as")
    shown_as = as_number(remote) if remote else None
    seen = seen_of(facts, section, name, "remote-as")
    yield compare(f"iBGP {peer.name} AS", expected.router.local_as, shown_as, source=source, seen=seen)
    if (other := neighbor.value("local-as")) is not None:
        seen = seen_of(facts, section, name, "local-as")
        yield compare(f"iBGP {peer.name} local-as", "none", other, source=source, seen=seen)
    update = neighbor.value("update-source") or ""
    good = same_interface(update, expected.router.source_interface)
    wanted = expected.router.source_interface
    seen = seen_of(facts, section, name, "update-source")
    yield holds(f"iBGP {peer.name} update-source", good, expected=wanted, observed=update, source=source, seen=seen)
    shut = neighbor.value("shutdown") is not None
    seen = seen_of(facts, section, name, "shutdown")
    yield compare(f"iBGP {peer.name} shut", "no", "yes" if shut else "no", source=source, seen=seen)
    yield from _active(facts, section, name, f"iBGP {peer.name}")
    yield from part(f"iBGP {peer.name} filters", mesh_filters(facts, section, neighbor, f"iBGP {peer.name}"))
    yield from unread(facts, section, neighbor, f"iBGP {peer.name}")
    if expected.settings("bgp_configuration", Settings).ibgp_next_hop_self:
        has = "next-hop-self" in neighbor.lines
        seen = seen_of(facts, section, name, "next-hop-self")
        yield holds(
            f"iBGP {peer.name} next-hop-self", has, expected="set", observed="set" if has else "not set", seen=seen
        )
