"""What may stand in a line: the rules for text that comes from an order (rule 5, at the renderer)."""

from __future__ import annotations

import re

from turnup.model.equipment import Assignment

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}")
# No `?` and quotes (the CLI's own), no `|` (ours, between fields), no `<` (opens a secret's token).
_TEXT = re.compile(r"(?!no )[A-Za-z0-9#&'()*+,./:;=@\[\]_{}~$-](?: ?[A-Za-z0-9#&'()*+,./:;=@\[\]_{}~$!-])*")
LONGEST_FIELD = 60

Points = list[tuple[str, str]]


def check_texts(assignment: Assignment) -> Points:
    """(field, reason) of every text of the order that may not stand in a line. Nothing is repaired."""
    order = assignment.order
    points: Points = []
    names = {
        "order_id": order.order_id,
        "customer.code": order.customer.code,
        "bgp.policy_name": order.bgp.policy_name if order.bgp else None,
        "bgp.md5_key_ref": order.bgp.md5_key_ref if order.bgp else None,
    }
    for field, value in names.items():
        if value is not None and not _NAME.fullmatch(value):
            points.append((field, f"must be 1 to 31 letters, digits, - or _, not {value!r}"))
    circuit = order.cross_connect.circuit_id if order.cross_connect else None
    if circuit is not None and (not _TEXT.fullmatch(circuit) or len(circuit) > LONGEST_FIELD):
        points.append(("cross_connect.circuit_id", f"must be 1 to {LONGEST_FIELD} plain characters, not {circuit!r}"))
    return points
