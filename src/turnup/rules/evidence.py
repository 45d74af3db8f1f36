"""Where a finding about the running configuration was seen, and whose words an answer is."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import PLATFORM_TABLE, Expected, Facts, not_applicable
from turnup.errors import CouldNotRun
from turnup.facts.running_config import RunningConfig
from turnup.facts.version import Version
from turnup.model.verdict import Finding, Seen


def own_version(expected: Expected, facts: Facts) -> Version:
    """What `show version` says. Raises CouldNotRun when it is another router that says it."""
    row = facts.one(Version)
    if row.hostname != expected.router.name:
        raise CouldNotRun(f"`show version` is that of {row.hostname}, not of {expected.router.name}")
    return row


def lines_seen(facts: Facts, *texts: str, section: str | None = None) -> tuple[Seen, ...]:
    """These lines of the running configuration; where none of them stands, the section's header, else the whole."""
    found = facts.config_seen(*texts, section=section) if texts else ()
    if not found and section:
        found = facts.config_seen(section, section="")
    return found or facts.whole(RunningConfig)


def taken_away(expected: Expected, facts: Facts, subject: str, feature: str) -> Iterator[Finding]:
    """One NOT APPLICABLE finding where the platform's table says it has no such feature; nothing where it has."""
    if reason := facts.lacks(feature):
        source = f"platform {expected.router.platform}"
        yield not_applicable(subject, reason, source=source, agreed_by=PLATFORM_TABLE)
