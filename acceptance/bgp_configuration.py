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
from turnup.rules.bgp import BgpSection, as_number, bgp_section, is_address
from turnup.rules.bgp_families import BgpNeighborConfig
from turnup.rules.bgp_filters import definitions, passes_all, undefined
from turnup.rules.evidence import lines_seen
from turnup.rules.orders import lines_of, without_bgp
from turnup.rules.tokens import as_intended, token_name, without_token

_GUARDS = ("prefix-list", "route-map", "distribute-list", "route-policy", "maximum-prefix")


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
    too, without inbound filter or maximum-prefix, or with a filter that is not defined or passes everything, or with
    a limit that only warns; an internal neighbor that inventory does not name.
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
    if without_bgp(expected):
        yield from _no_neighbor(expected, facts, section)
    else:
        yield from part("customer's neighbor", _customer(expected, facts, section))
        yield from part("customer's prefix-list", _prefix_lists(expected, facts, config))
        yield from part("customer's policy", _policies(expected, facts, config))
        yield from part("customer's session as it runs", _running(expected, facts))
    for peer in expected.need(expected.router.ibgp_peers, "the iBGP mesh"):
        yield from part(f"iBGP {peer.name}", _ibgp(expected, facts, section, peer))
    yield from part("other neighbors", _external(expected, facts, config, section))


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
        shown = config.headers(f"ip prefix-list {name}")
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
    seen = _seen(facts, section, name, "remote-as")
    yield compare(f"iBGP {peer.name} AS", expected.router.local_as, shown_as, source=source, seen=seen)
    update = neighbor.value("update-source") or ""
    good = same_interface(update, expected.router.source_interface)
    wanted = expected.router.source_interface
    seen = _seen(facts, section, name, "update-source")
    yield holds(f"iBGP {peer.name} update-source", good, expected=wanted, observed=update, source=source, seen=seen)
    shut = neighbor.value("shutdown") is not None
    seen = _seen(facts, section, name, "shutdown")
    yield compare(f"iBGP {peer.name} shut", "no", "yes" if shut else "no", source=source, seen=seen)
    yield from _active(facts, section, name, f"iBGP {peer.name}")
    yield from _unread(facts, section, neighbor, f"iBGP {peer.name}")
    if expected.settings("bgp_configuration", Settings).ibgp_next_hop_self:
        has = "next-hop-self" in neighbor.lines
        seen = _seen(facts, section, name, "next-hop-self")
        yield holds(
            f"iBGP {peer.name} next-hop-self", has, expected="set", observed="set" if has else "not set", seen=seen
        )


def _unread(facts: Facts, section: BgpSection, neighbor: BgpNeighborConfig, subject: str) -> Iterator[Finding]:
    for text in neighbor.unread:
        seen = lines_seen(facts, f"neighbor {neighbor.name} {text}", section=section.header)
        yield inconclusive(f"{subject} settings", f"`{text}`: what a template says is not read", seen=seen)


def _seen(facts: Facts, section: BgpSection, name: str, *words: str) -> tuple[Seen, ...]:
    """A neighbor's lines that begin with one of these words, its own and its peer-group's, and what ties the two."""
    own = section.texts_of(name)
    joined = [text for text in own if text.split()[2] == "peer-group" and len(text.split()) > 3]
    inherited = [text for line in joined for text in section.texts_of(line.split()[3])]
    told = [text for text in (*own, *inherited) if text.split()[2] in words and not text.endswith(" out")]
    return lines_seen(facts, *joined, *told, section=section.header) or lines_seen(facts, section.header, section="")


def _internal(expected: Expected, facts: Facts, section: BgpSection, name: str) -> Iterator[Finding]:
    """Internal sessions carry no filter: one that inventory does not know lets a stranger in."""
    if name not in {str(peer.address) for peer in expected.router.ibgp_peers}:
        seen = lines_seen(facts, *section.texts_of(name), section=section.header)
        source = expected.inventory("ibgp_peers")
        yield compare(f"iBGP neighbor {name}", "none", "a peer that inventory does not name", source=source, seen=seen)


def _external(expected: Expected, facts: Facts, config: Configuration, section: BgpSection) -> Iterator[Finding]:
    """An unfiltered external neighbor can flood this router, and with it the port under test.

    A filter that is named but not there filters nothing, and one of IPv4 keeps no route of IPv6 out.
    """
    listening = section.listening
    for name, neighbor in (*section.neighbors.items(), *section.others.items()):
        remote = neighbor.value("remote-as") or _over_interface(neighbor)
        one = is_address(name.split()[0]) or name.split()[0] in listening
        if one and remote is None:
            seen = lines_seen(facts, *section.texts_about(name), section=section.header)
            yield inconclusive(f"neighbor {name} filtered", "it has no remote-as", seen=seen)
        if not one or remote is None:
            continue
        if remote == "internal" or (remote != "external" and as_number(remote) == section.local_as):
            if name in section.neighbors:
                yield from _internal(expected, facts, section, name)
            continue
        yield from _unread(facts, section, neighbor, f"neighbor {name}")
        if section.carries(neighbor):
            yield from part(f"neighbor {name} filtered", _filtered(facts, config, section, neighbor))


def _over_interface(neighbor: BgpNeighborConfig) -> str | None:
    """AS of `neighbor eth1 interface remote-as external` (FRR)."""
    words = (neighbor.value("interface") or "").split()
    return words[-1] if "remote-as" in words[:-1] else None


def _filtered(
    facts: Facts, config: Configuration, section: BgpSection, neighbor: BgpNeighborConfig
) -> Iterator[Finding]:
    found = map(neighbor.inbound, ("prefix-list", "route-map", "distribute-list", "route-policy"))
    filtered = next((name for name in found if name), None)
    told = f"inbound filter {filtered or 'none'}, maximum-prefix {neighbor.value('maximum-prefix') or 'none'}"
    if missing := undefined(config, neighbor):
        filtered, told = None, f"{told}; not in the configuration: {', '.join(missing)}"
    elif passes_all(config, neighbor):
        filtered, told = None, f"{told}; that policy passes everything"
    if neighbor.name in section.neighbors:
        seen = _seen(facts, section, neighbor.name, "remote-as", "interface", *_GUARDS)
    else:
        seen = lines_seen(facts, *section.texts_about(neighbor.name), section=section.header)
    seen += lines_seen(facts, *definitions(config, neighbor), section="") if filtered else ()
    yield holds(
        f"neighbor {neighbor.name} filtered",
        bool(filtered and neighbor.limit),
        expected="inbound filter and maximum-prefix",
        observed=told,
        seen=seen,
    )
