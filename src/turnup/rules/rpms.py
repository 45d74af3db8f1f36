"""Whether RPMS applies to a router: only inventory may say that it does not (checklist 2)."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, holds, not_applicable
from turnup.facts.running_config import RunningConfig
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen


def rpms_applies(expected: Expected) -> bool:
    """What inventory says. Raises NoExpectedValue when it is silent: silence never skips a test."""
    return expected.need(expected.router.rpms, "whether RPMS applies to this router").applicable


def rpms_agreed_away(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """NOT APPLICABLE as agreed, or FAIL where the router contradicts the agreement."""
    rpms = expected.need(expected.router.rpms, "whether RPMS applies to this router")
    lines = facts.configuration().headers("resource-pool")
    source = expected.inventory("rpms")
    if lines:
        yield holds(
            "resource-pool lines",
            False,
            expected="none, since RPMS does not apply",
            observed="; ".join(lines),
            source=source,
            seen=lines_seen(facts, *lines, section=""),
        )
    else:
        yield not_applicable(
            "RPMS", rpms.reason, source=source, agreed_by=rpms.agreed_by, seen=facts.whole(RunningConfig)
        )
