"""Limits in a policy with which a test could not fail any more: refused before a router is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnup.errors import InputError
from turnup.model.policy import Policy

_REVERSIBLE = (0, 7)  # clear text, and what anybody turns back into it
_DECIDES_NOTHING = "with that the test could not fail"
# The most that makes sense, by (test, setting); 0 is the least of each.
_RANGES: Mapping[tuple[str, str], int] = {
    ("intrapop_links", "errors_allowed"): 1000,
    ("interfaces", "errors_allowed"): 1000,
    ("logs", "drops_allowed"): 10,
    ("logs", "clock_margin_seconds"): 3600,
}


def refuse_idle_limits(policy: Policy) -> None:
    """Raise InputError for the first limit that decides nothing: a loss of 100 %, an ignored `*`, no packet at all."""
    for field, told in (*_figures(policy), *_lists(policy), *_settings(policy)):
        raise InputError(f"{told}: {_DECIDES_NOTHING}", where=f"{policy.origin or 'policy'}: {field}")


def _figures(policy: Policy) -> Iterator[tuple[str, str]]:
    ping, memory = policy.ping, policy.memory
    if ping.count < 1 or ping.size < 1:
        yield "ping", f"{ping.count} packets of {ping.size} bytes"
    if not 0 <= ping.loss_percent <= 50:
        yield "ping.loss_percent", f"{ping.loss_percent} % loss allowed"
    if memory is not None and memory.free_bytes < 1:
        yield "memory.free_bytes", f"{memory.free_bytes} bytes free asked for"
    if memory is not None and not 1 <= memory.largest_percent <= 100:
        yield "memory.largest_percent", f"{memory.largest_percent} %"
    if policy.flash_free_bytes is not None and policy.flash_free_bytes < 1:
        yield "flash_free_bytes", f"{policy.flash_free_bytes} bytes free asked for"
    if policy.bgp_soak_seconds is not None and policy.bgp_soak_seconds < 0:
        yield "bgp_soak_seconds", f"{policy.bgp_soak_seconds} s"
    for image in policy.images:
        if image.size is not None and image.size < 1:
            yield "images", f"{image.file} of {image.size} bytes"


def _lists(policy: Policy) -> Iterator[tuple[str, str]]:
    if weak := sorted(set(policy.last_resort_types) & set(_REVERSIBLE)):
        yield "last_resort_types", f"type {weak[0]} can be read by anybody who sees it"
    for pattern in policy.logs.ignore:
        facility, _, rest = pattern.partition("-")
        severity, _, mnemonic = rest.rpartition("-")
        harmless = severity in ("4", "5", "6", "7")  # no fault by itself
        if not harmless and not (facility.strip("*?[]!") and mnemonic.strip("*?[]!")):
            yield "logs.ignore", f"{pattern!r} names no facility or no message"


def _settings(policy: Policy) -> Iterator[tuple[str, str]]:
    """Settings are typed by their test already; what is no number was refused there."""
    for (check, name), most in _RANGES.items():
        value = policy.checks.get(check, {}).get(name, 0)
        if isinstance(value, int) and not 0 <= value <= most:
            yield f"checks.{check}.{name}", f"{value} is not within 0 to {most}"
