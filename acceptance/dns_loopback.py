"""Verify DNS (loopback): the router's name leads to its loopback and back, and the router asks the right servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, inconclusive, part
from turnup.configuration import Configuration
from turnup.facts.dns_answer import DnsAnswer
from turnup.facts.hosts import Hosts
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen, taken_away

_LOOKUPS = {"domain service": True, "static mappings": False}  # some images do not say it, FRR says it otherwise
_ANSWERED = ("NOERROR", "NXDOMAIN")
_DOMAIN_LISTS = ("ip domain-list", "ip domain list", "domain list")


@dataclass(frozen=True)
class Settings:
    """`lookup`: whether `ip domain-lookup` is on; None = not agreed. `source`: whether it leaves by the loopback."""

    lookup: bool | None = None
    source: bool = False


def asks(expected: Expected) -> tuple[Ask, ...]:
    """Forward and reverse of the loopback at every name server the NOC asks."""
    return tuple(Ask.of("dns_answer", **args) for _, args, _ in _queries(expected))


@check(10, "Verify DNS (loopback)", needs=("running_config", "hosts"), asks=asks, settings=Settings)
def dns_loopback(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Every name server says: name of the router = its loopback, and the loopback = that name, once each.

    The NOC asks; the router's own configuration has the same domain and name servers in order.
    FAIL: another answer, a second one, none; another domain or servers on the router; an entry of its own table that
    gives its name another address; names not looked up where policy says that they are.
    INCONCLUSIVE: a server did not answer or failed, no zone or servers in inventory.
    """
    expected.need(expected.router.dns_zone, "the DNS zone")
    queries = expected.need(tuple(_queries(expected)), "the name servers the NOC asks")
    for subject, args, wanted in queries:
        yield from part(subject, _answer(expected, facts, subject, args, wanted))
    yield from part("configuration", _configured(expected, facts))
    yield from part("show hosts", _hosts(expected, facts))


def _queries(expected: Expected) -> Iterator[tuple[str, dict[str, str], str]]:
    """(subject, arguments, expected value) of each query."""
    router = expected.router
    if not router.dns_zone:
        return
    fqdn = f"{router.name}.{router.dns_zone}"
    for server in router.noc_resolvers or tuple(map(str, router.name_servers)):
        yield f"{fqdn} at {server}", {"server": server, "name": fqdn, "type": "A"}, str(router.loopback)
        reverse = router.loopback.reverse_pointer
        yield f"{router.loopback} at {server}", {"server": server, "name": reverse, "type": "PTR"}, fqdn


def _answer(expected: Expected, facts: Facts, subject: str, args: dict[str, str], wanted: str) -> Iterator[Finding]:
    rows = facts.rows(DnsAnswer, **args)
    source = expected.inventory("loopback, dns_zone")
    statuses = {row.status for row in rows}
    if not rows or not statuses <= set(_ANSWERED):
        yield inconclusive(
            subject,
            f"status {', '.join(sorted(statuses)) or 'unknown'}",
            expected=wanted,
            source=source,
            seen=facts.seen(*rows),
        )
        return
    asked = {(args["server"], _plain(args["name"]), args["type"])}
    told = {(row.server, _plain(row.name), row.type) for row in rows}
    if told != asked:
        shown = "; ".join(" ".join(words) for words in sorted(told))
        yield inconclusive(subject, f"the answer is to another question: {shown}", expected=wanted, source=source)
        return
    values = tuple(sorted(_plain(row.value) for row in rows if row.value is not None))
    yield compare(subject, (_plain(wanted),), values, source=source, seen=facts.seen(*rows))


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def _configured(expected: Expected, facts: Facts) -> Iterator[Finding]:
    config, router = facts.configuration(), expected.router
    if facts.lacks("name_lookup_lines"):
        yield from taken_away(expected, facts, "configured name lookup", "name_lookup_lines")
        return
    domains = _of_the_table((*config.headers("ip domain-name"), *config.headers("ip domain name")))
    shown = tuple(text.split()[-1] for text in domains)
    wanted = (expected.need(router.dns_zone, "the DNS zone"),)
    yield compare("domain", wanted, shown, source=expected.inventory("dns_zone"), seen=lines_seen(facts, *domains))
    lists = _of_the_table(tuple(text for words in _DOMAIN_LISTS for text in config.headers(words)))
    if lists:  # then the domain name is not used at all
        seen = lines_seen(facts, *lists)
        yield compare("domain list", "none", "; ".join(lists), source=expected.inventory("dns_zone"), seen=seen)
    yield from _static(expected, facts, config)
    lines = _of_the_table(config.headers("ip name-server"))
    servers = tuple(address for text in lines for address in text.split()[2:])
    listed = tuple(map(str, expected.need(router.name_servers, "the router's name servers")))
    source = expected.inventory("name_servers")
    yield compare("name servers", listed, servers, source=source, seen=lines_seen(facts, *lines))
    settings = expected.settings("dns_loopback", Settings)
    if settings.lookup is not None:
        off = (*config.headers("no ip domain-lookup"), *config.headers("no ip domain lookup"))
        source = expected.agreed("checks.dns_loopback.lookup")
        yield compare("lookup", settings.lookup, not off, source=source, seen=lines_seen(facts, *off))
    if settings.source:
        found = [
            text
            for word in ("domain-lookup", "domain lookup")
            for text in config.headers(f"ip {word} source-interface")
        ]
        shown = tuple(text.split()[-1] for text in found)
        source = expected.agreed("checks.dns_loopback.source")
        yield compare("lookup source", (router.source_interface,), shown, source=source, seen=lines_seen(facts, *found))


def _of_the_table(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Without those of a VRF, e.g. of the management port: the router's own lookups do not use them."""
    return tuple(text for text in lines if "vrf" not in text.split())


def _static(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    """An entry of the router's own table is asked before any server: it must not give its name another address."""
    names = {_plain(expected.router.name), _plain(f"{expected.router.name}.{expected.router.dns_zone}")}
    for text in (*config.headers("ip host"), *config.headers("domain ipv4 host")):
        words = text.split("host", 1)[1].split()
        if _plain(words[0]) in names:
            wanted, seen = (str(expected.router.loopback),), lines_seen(facts, text)
            source = expected.inventory("loopback")
            yield compare(f"static entry of {words[0]}", wanted, tuple(words[1:]), source=source, seen=seen)


def _hosts(expected: Expected, facts: Facts) -> Iterator[Finding]:
    row = facts.one(Hosts)
    seen, router = facts.seen(row), expected.router
    yield compare("domain in use", router.dns_zone, row.domain, source=expected.inventory("dns_zone"), seen=seen)
    wanted = tuple(map(str, router.name_servers))
    lookup = expected.settings("dns_loopback", Settings).lookup
    if lookup is not None and row.lookup in _LOOKUPS:
        agreed = expected.agreed("checks.dns_loopback.lookup")
        yield compare("lookup in use", lookup, _LOOKUPS[row.lookup], source=agreed, seen=seen)
    yield compare("name servers in use", wanted, row.name_servers, source=expected.inventory("name_servers"), seen=seen)
