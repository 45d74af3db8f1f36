"""Updated interface description: the port says whose it is, which order and which circuit."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, check, compare, part
from turnup.facts.interface_description import InterfaceDescription
from turnup.facts.running_config import RunningConfig
from turnup.model.interface_name import same_interface
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import named, only, stanza
from turnup.rules.orders import ordered_interfaces


@check(20, "Updated interface description", needs=("interface_description", "running_config"))
def interface_description(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """The ordered port's description is exactly the order's, in the configuration and as shown; no other port has it.

    A display that cuts long texts is accepted when the configuration has the whole text.
    FAIL: empty, another text, an old order's, the same text on another port. INCONCLUSIVE: nothing ordered, no
    rendered description, output not readable.
    """
    port = expected.ordered().port.interface
    wanted = expected.need(expected.description, "the description of the port")
    yield from part("configuration", _configured(expected, facts, wanted))
    rows = facts.rows(InterfaceDescription)
    row = only(rows, port)
    source = expected.order("description")
    if row is None:
        yield compare(f"{port} in the table", wanted, "absent", source=source, seen=facts.whole(InterfaceDescription))
    else:
        cut = bool(row.description) and wanted.startswith(row.description) and len(row.description) >= 20
        shown = wanted if cut else row.description
        yield compare(f"{port} as shown", wanted, shown, source=source, seen=facts.seen(row))
    ours = tuple(ordered_interfaces(expected))
    yield from _configured_twice(expected, facts, wanted, ours)
    for other in rows:
        if other.description == wanted and not any(named([other], name) for name in ours):
            yield compare(
                f"{other.name} description", "another text", other.description, source=source, seen=facts.seen(other)
            )


def _configured_twice(expected: Expected, facts: Facts, wanted: str, ours: tuple[str, ...]) -> Iterator[Finding]:
    """The table may cut the text, or end early: the configuration has every port's whole text."""
    config = facts.configuration()
    for header in config.headers("interface"):
        text, name = f"description {wanted}", header.split()[1]
        if text in (config.section(header) or ()) and not any(same_interface(name, one) for one in ours):
            source, seen = expected.order("description"), lines_seen(facts, text, section=header)
            yield compare(f"{name} configured description", "another text", wanted, source=source, seen=seen)


def _configured(expected: Expected, facts: Facts, wanted: str) -> Iterator[Finding]:
    port = expected.ordered().port.interface
    header, lines = stanza(facts.configuration(), port) or ("", ())
    found = tuple(line for line in lines if line.startswith("description "))
    shown = tuple(line.removeprefix("description ").rstrip() for line in found)
    seen = lines_seen(facts, *found, section=header) if found else facts.whole(RunningConfig)
    yield compare(f"{port} description", (wanted.rstrip(),), shown, source=expected.order("description"), seen=seen)
