"""Verify BGP neighbors: the customer and the whole mesh are Established, long enough, with the right prefixes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.errors import CouldNotRun
from turnup.facts.bgp_summary import BgpSummary
from turnup.model.verdict import Finding
from turnup.rules.bgp import as_number
from turnup.rules.orders import Silence, silent, without_bgp
from turnup.rules.times import duration


@check(8, "Verify BGP neighbors", needs=("bgp_summary",), settings=Silence)
def bgp_neighbors(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Each expected peer stands in the table once, Established, with the right AS, for at least the soak time.

    The customer sends between the order's minimum and maximum-prefix. A session is Established exactly when the last
    column is a number; `Active` means that it is not.
    FAIL: missing, any other state, wrong AS, prefixes out of bounds, wrong router id or own AS.
    INCONCLUSIVE: nothing announced where the order sets no minimum, unless policy accepts that; up for less than the
    soak time; no soak time in the policy; table not readable.
    """
    rows = tuple(row for row in facts.rows(BgpSummary) if _ours(row))
    yield from part("this router", _self(expected, facts, rows))
    if without_bgp(expected):
        yield from _no_session(expected, facts, rows)
    else:
        yield from part("customer", _customer(expected, facts, rows))
    for peer in expected.need(expected.router.ibgp_peers, "the iBGP mesh"):
        source = expected.inventory("ibgp_peers")
        subject = f"iBGP {peer.name}"
        yield from part(
            subject, _session(expected, facts, rows, subject, str(peer.address), expected.router.local_as, source)
        )


def _ours(row: BgpSummary) -> bool:
    """A session of another address family or of a VRF carries nothing of what was ordered."""
    return row.vrf in (None, "default") and row.address_family in (None, "IPv4 Unicast")


def _self(expected: Expected, facts: Facts, rows: tuple[BgpSummary, ...]) -> Iterator[Finding]:
    if not rows:
        yield compare("BGP", "sessions", "none", seen=facts.whole(BgpSummary))
        return
    seen = facts.whole(BgpSummary)
    loopback = str(expected.router.loopback)
    yield compare("router id", loopback, rows[0].router_id, source=expected.inventory("loopback"), seen=seen)
    local_as = expected.router.local_as
    yield compare("own AS", local_as, as_number(rows[0].local_as), source=expected.inventory("local_as"), seen=seen)


def _row(rows: tuple[BgpSummary, ...], address: str) -> BgpSummary | None:
    found = [row for row in rows if row.neighbor == address]
    if len(found) > 1:
        raise CouldNotRun(f"neighbor {address} stands {len(found)} times in the table")
    return found[0] if found else None


def _session(
    expected: Expected,
    facts: Facts,
    rows: tuple[BgpSummary, ...],
    subject: str,
    address: str,
    remote_as: int,
    source: str,
) -> Iterator[Finding]:
    row = _row(rows, address)
    if row is None:
        yield compare(subject, "Established", "no such neighbor", source=source, seen=facts.whole(BgpSummary))
        return
    seen = facts.seen(row)
    yield compare(f"{subject} AS", remote_as, as_number(row.remote_as), source=source, seen=seen)
    shown = "Established" if row.prefixes is not None else row.state
    if row.without_policy:  # IOS-XR's `!`: such a session stands and exchanges nothing
        shown = f"{shown}, no policy"
    if row.dynamic:  # it came by itself, out of a range that is listened to
        shown = f"{shown}, not configured"
    yield compare(f"{subject} state", "Established", shown, source=source, seen=seen)
    if row.prefixes is not None:
        yield _soak(expected, facts, row, subject)


def _soak(expected: Expected, facts: Facts, row: BgpSummary, subject: str) -> Finding:
    soak = timedelta(seconds=expected.need(expected.policy.bgp_soak_seconds, "the soak time of BGP sessions"))
    wanted, source, seen = f"up for at least {soak}", expected.agreed("bgp_soak_seconds"), facts.seen(row)
    up = duration(row.up_down)
    if up is None or up < soak:
        return inconclusive(f"{subject} up", f"up for {row.up_down}", expected=wanted, source=source, seen=seen)
    return holds(f"{subject} up", True, expected=wanted, observed=f"up for {row.up_down}", source=source, seen=seen)


def _no_session(expected: Expected, facts: Facts, rows: tuple[BgpSummary, ...]) -> Iterator[Finding]:
    link = expected.need(expected.ordered().order.layer3, "the link network of the order")
    row = _row(rows, str(link.customer_address))
    seen = facts.seen(row) if row else facts.whole(BgpSummary)
    shown = "none" if row is None else f"AS {row.remote_as}"
    yield compare(f"neighbor {link.customer_address}", "none", shown, source=expected.order("bgp"), seen=seen)


def _customer(expected: Expected, facts: Facts, rows: tuple[BgpSummary, ...]) -> Iterator[Finding]:
    order = expected.ordered().order
    bgp = expected.need(order.bgp, "the BGP session of the order")
    link = expected.need(order.layer3, "the link network of the order")
    address = str(link.customer_address)
    yield from _session(expected, facts, rows, "customer", address, bgp.peer_as, expected.order("bgp.peer_as"))
    row = _row(rows, address)
    if row is not None and row.prefixes == 0 and silent(expected):
        yield inconclusive(
            "customer's prefixes",
            "none announced, and the order asks for none",
            expected="at least 1",
            source=expected.order("bgp.minimum_prefixes"),
            seen=facts.seen(row),
        )
    elif row is not None and row.prefixes is not None:
        yield holds(
            "customer's prefixes",
            bgp.minimum_prefixes <= row.prefixes <= bgp.maximum_prefix,
            expected=f"{bgp.minimum_prefixes} to {bgp.maximum_prefix}",
            observed=row.prefixes,
            source=expected.order("bgp.minimum_prefixes, bgp.maximum_prefix"),
            seen=facts.seen(row),
        )
