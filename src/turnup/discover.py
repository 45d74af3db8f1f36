"""Describe a router from what it answers: a draft of its inventory entry, to be looked over by a person."""

from __future__ import annotations

from turnup.connect.napalm_getters import getters
from turnup.equipment.discover import discover_entry, discover_from_getters
from turnup.equipment.hosts import host_outside
from turnup.errors import CouldNotRun
from turnup.facts.slot import Slot
from turnup.facts.version import Version
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.transcript import Ask
from turnup.noc import Noc
from turnup.platforms import platform as platform_named

ASKED = (Ask("version"), Ask("slot"), Ask("running_config"))


def discovered(noc: Noc, host: str, address: str, port: int, platform: str, driver: str = "") -> str:
    """YAML entry for hosts.yaml, from our own facts, or from the getters of NAPALM's `driver`.

    NAPALM reads less (no slots, no IS-IS, no services) and must not be used on 12.0S; it is for platforms that have no
    parsers here. Raises Unreachable and its children, CouldNotRun when the router's words cannot be read.
    """
    if driver:
        facts, addresses = getters(driver, address, port, noc.account(), noc.home.known_hosts)
        return discover_from_getters(facts, addresses, platform=platform)
    dialect = platform_named(platform)
    transcript = noc.collect(host_outside(host, address, port, platform), ASKED)
    if transcript.failure:
        raise CouldNotRun(f"{host}: {transcript.failure}")
    found = TranscriptFacts(dialect, None, transcript)
    return discover_entry(
        found.one(Version),
        found.rows(Slot),
        found.configuration(),
        dialect.linecards,
        platform=platform,
        address=address,
    )
