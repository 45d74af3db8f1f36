"""A comparison as plain data, for JSON documents."""

from __future__ import annotations

from typing import Any

from turnup.certificate.compare import Comparison, Difference


def comparison_fields(comparison: Comparison) -> dict[str, Any]:
    """Everything of it; nothing is left out."""
    return {
        "accepted": comparison.accepted,
        "same": comparison.same,
        "sentence": comparison.sentence,
        "differences": [_plain(one) for one in comparison.differences],
        "measured": [_plain(one) for one in comparison.measured],
    }


def _plain(one: Difference) -> dict[str, str]:
    return {"kind": one.kind.value, "what": one.what, "before": one.before, "now": one.now}
