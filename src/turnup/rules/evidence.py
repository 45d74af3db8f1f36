"""Where a finding about the running configuration was seen, also when it is about a line that is not there."""

from __future__ import annotations

from turnup.checks import Facts
from turnup.facts.running_config import RunningConfig
from turnup.model.verdict import Seen


def lines_seen(facts: Facts, *texts: str, section: str | None = None) -> tuple[Seen, ...]:
    """These lines of the running configuration; where none of them stands, the section's header, else the whole."""
    found = facts.config_seen(*texts, section=section) if texts else ()
    if not found and section:
        found = facts.config_seen(section, section="")
    return found or facts.whole(RunningConfig)
