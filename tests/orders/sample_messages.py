"""Orders for tests: the contract's own example in both forms, and any order at all (hypothesis)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from turnup import folder
from turnup.load.order import order_of, read_order
from turnup.load.order_write import order_fields
from turnup.model.interface_name import InterfaceName
from turnup.model.order import (
    Action,
    Bgp,
    ClockSource,
    CrossConnect,
    Customer,
    Encapsulation,
    Header,
    Layer2,
    Layer3,
    Location,
    OrderMessage,
    PortServiceOrder,
    Speed,
)

LEVEL3 = "60-hudson-ds3-level3"
NOW = datetime(2001, 7, 10, 9, 30, tzinfo=UTC)


def sample(name: str) -> Path:
    """A file of orders/."""
    return folder("orders") / name


@cache
def level3() -> OrderMessage:
    """The contract's own example, with its envelope."""
    return read_order(sample(f"{LEVEL3}.xml"))


def changed(**changes: Any) -> OrderMessage:
    """The example with fields changed, by path: `bgp__peer_as=1`; None leaves a field out. Read as a file would be."""
    fields = order_fields(level3().order)
    for path, value in changes.items():
        *above, name = path.split("__")
        place = fields
        for part in above:
            place = place.setdefault(part, {})
        if value is None:
            place.pop(name, None)
        else:
            place[name] = value
    return OrderMessage(order_of(fields, "test"), level3().header)


_ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='?^"\\`%|<>')
_WORD = st.text("abcXYZ019_-", min_size=0, max_size=20).map("A{}".format)
_REFERENCE = st.text("abcXYZ019_-./", min_size=0, max_size=30).map("1{}".format)
_TEXT = st.text(_ASCII, min_size=0, max_size=50).map(lambda text: " ".join(f"x{text}".split()))
_TIME = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
_NUMBER = st.integers(0, 10**9)
_NETWORK = st.builds(
    lambda address, length: IPv4Network((address, length), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)
)
_PORT = st.builds(
    lambda kind, slot, port: InterfaceName.parse(f"{kind}{slot}/{port}"),
    st.sampled_from(["Serial", "POS", "FastEthernet", "GigabitEthernet"]),
    st.integers(0, 99),
    st.integers(0, 99),
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def orders() -> st.SearchStrategy[PortServiceOrder]:
    """Any order that is well formed, sensible or not."""
    return st.builds(
        PortServiceOrder,
        order_id=_WORD,
        action=st.sampled_from(Action),
        location=st.builds(
            Location,
            site=_TEXT,
            router=_maybe(_WORD.map(str.lower).map(lambda s: s.strip("_-").replace("_", "-"))),
            port=_maybe(_PORT),
        ),
        speed=st.sampled_from(Speed),
        customer=st.builds(Customer, code=_WORD, name=_TEXT, cage=_maybe(_TEXT)),
        requested_by=_TEXT,
        revision=_NUMBER,
        supersedes=_maybe(_WORD),
        equipment_model=_maybe(_TEXT),
        cross_connect=_maybe(
            st.builds(
                CrossConnect, circuit_id=_REFERENCE, customer_demarc=_TEXT, letter_of_authority=_maybe(_REFERENCE)
            )
        ),
        layer2=_maybe(
            st.builds(
                Layer2,
                encapsulation=st.sampled_from(Encapsulation),
                **dict.fromkeys(
                    ("vlan", "dlci", "crc", "dsu_mode", "dsu_bandwidth", "cable_length", "c2", "mtu"), _maybe(_NUMBER)
                ),
                scramble=_maybe(st.booleans()),
                clock_source=_maybe(st.sampled_from(ClockSource)),
                framing=_maybe(_WORD),
            )
        ),
        layer3=_maybe(
            st.builds(
                Layer3, link_prefix=_NETWORK, router_end=st.sampled_from(("LOW", "HIGH")), icmp_filtered=st.booleans()
            )
        ),
        bgp=_maybe(
            st.builds(
                Bgp,
                peer_as=_NUMBER,
                maximum_prefix=_NUMBER,
                allowed_prefixes=st.lists(_NETWORK, max_size=4).map(tuple),
                minimum_prefixes=_NUMBER,
                policy_name=_maybe(_WORD),
                md5_key_ref=_maybe(_WORD),
            )
        ),
        requested_due=_maybe(_TIME),
        origin=st.just("test"),
    )


def headers() -> st.SearchStrategy[Header]:
    """Any envelope."""
    return st.builds(
        Header,
        message_id=_REFERENCE,
        sender=_REFERENCE,
        recipient=_REFERENCE,
        sent_at=_TIME,
        in_reply_to=_maybe(_REFERENCE),
    )
