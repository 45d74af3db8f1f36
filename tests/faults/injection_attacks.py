"""Hostile orders: every field of the model, known attacks, and what hypothesis makes of them."""

from __future__ import annotations

import copy
import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from turnup import folder
from turnup.load.order import read_order
from turnup.load.order_write import order_fields
from turnup.model.order import PortServiceOrder

# What has broken provisioning systems before, and what a template or a reader might take amiss.
ATTACKS = (
    "\n", "\r", "\r\n", "\x00", "?", "\x03", "\x1a", "\x16", "\x1b", "\x1b[A", "\x15", "\x18", "\x08", "\x7f", "\t",
    "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\u200e", "\u200f", "\u202e", "\u2066",
    "\ufeff", "\u00a0", "\u037e", "\uff1f", "\u0301", "\ud800", "\U000e0001", "é", "!", "! comment", "exit", "end",
    "do write memory", "do", "^C", "^Z", "#", "^", '"', "'", "`", "\\", "|", "%", ";", "&&", "$(reload)",
    "{{ 7*7 }}", "{% raw %}", "{{ self }}", "{#", "%s", "{0}", "${x}", "&lt;", "&amp;", "&#10;", "&#x0a;", "&x;",
    "]]>", "<!-- -->", "<a/>", "<![CDATA[", "A" * 300, "A" * 61, "A" * 5000, "\nno router bgp 64500",
    "\rno router bgp 64500", "x\nreload", "x\x03end\rreload\r", "no shutdown", "no ip address", "shutdown", " x",
    "x ", "x  y", "", " ", "null", "~", "yes", "0x10", "1e3", "-1", "0", "1_000", "٣", "..", "../../etc/passwd",
    "10.10.1.1 255.255.255.252", "0.0.0.0/0", "255.255.255.255/32", "10.10.3.0/30 10.10.1.0/30", "::/0",
    "<secret:LVL3-MD5>", "<secret:#0123>", "banner motd ^C", "CUST-64601-IN", "IBGP", "POS2/0", "Loopback0",
    "64500", "4294967296", "999999999999999999999",
)  # fmt: skip
RAW = ("&#10;", "&#13;", "&#0;", "&x;", "<!-- x -->", "<a/>", "]]>", "<![CDATA[\n]]>", "&lt;b&gt;", "<?pi x?>", '" b="')
PLAIN = (
    "*x",
    "&x y",
    "!!python/name:os.system",
    "|\n  x\n  reload",
    ">\n  x",
    "{a: b}",
    "[a, b]",
    "@x",
    "- x",
    "a: b",
    "%Y",
)
MARK = "MARKOFTHERAWTEXT"

FULL = order_fields(read_order(folder("orders") / "60-hudson-ds3-level3.xml").order)
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "ios": (
        {},
        {"layer2": {"encapsulation": "FRAME-RELAY", "dlci": 16, "crc": 16}},
        {"layer2": {"encapsulation": "PPP", "crc": 16, "scramble": True, "framing": "m13", "dsu_mode": 1, "mtu": 1500}},
        {"speed": "OC3C", "layer2": {"encapsulation": "PPP", "crc": 32, "scramble": True, "c2": 22}},
        {"speed": "FE", "layer2": {"encapsulation": "DOT1Q", "vlan": 100}},
        {"speed": "FE", "layer2": {"encapsulation": "ETHERNET"}, "bgp": None},
    ),
    "iosxr": (
        {"speed": "OC3C", "layer2": {"encapsulation": "PPP", "crc": 32}},
        {"speed": "GE", "layer2": {"encapsulation": "DOT1Q", "vlan": 100}},
        {"speed": "GE", "layer2": {"encapsulation": "ETHERNET"}, "bgp": None},
    ),
    "frr": ({"speed": "GE", "layer2": {"encapsulation": "ETHERNET"}},),
}
PLATFORMS = tuple(VARIANTS)


@dataclass(frozen=True)
class Hostile:
    """An order to be sent: its form, its fields, texts put in raw, which fields were attacked, for which platform."""

    form: str
    fields: dict[str, Any]
    raw: dict[str, str]
    attacked: tuple[str, ...]
    platform: str = "ios"


def every_field(cls: Any = PortServiceOrder, above: str = "") -> Iterator[str]:
    """Dotted path of every field of an order that a document can hold."""
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        if field.name == "origin":
            continue
        kind = hints[field.name]
        inner = next(
            (one for one in _kinds(kind) if dataclasses.is_dataclass(one) and one.__module__.endswith("model.order")),
            None,
        )
        path = f"{above}{field.name}"
        if inner is None:
            yield path
        else:
            yield from every_field(inner, f"{path}.")


def _kinds(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (types.UnionType, typing.Union) else (kind,)


FIELDS = tuple(every_field())


def base(variant: dict[str, Any]) -> dict[str, Any]:
    """The contract's own example in that variant."""
    fields = {**copy.deepcopy(FULL), **copy.deepcopy(variant)}
    return {name: value for name, value in fields.items() if value is not None}


def put(fields: dict[str, Any], path: str, value: object) -> None:
    """Set the field of that path; the field of a list is its first item."""
    *above, name = path.split(".")
    place = fields
    for part in above:
        place = place.setdefault(part, {})
    place[name] = [value] if name == "allowed_prefixes" and not isinstance(value, list | dict) else value


def present(fields: dict[str, Any], path: str) -> str:
    """The text that stands there; "" when none does."""
    place: Any = fields
    for part in path.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return str(place[0] if isinstance(place, list) and place else place) if place is not None else ""


def known_attacks() -> Iterator[Hostile]:
    """Every attack in every field, alone, before, behind and inside what stands there.

    In JSON for every platform; for IOS in XML too, and in YAML alone and inside (its reader takes ten times as long).
    """
    plain = {name: base(variants[0]) for name, variants in VARIANTS.items()}
    for path in FIELDS:
        for attack in ATTACKS:
            there = present(plain["ios"], path)
            values = (attack, f"{there[:3]}{attack}{there[3:]}", f"{there}{attack}", f"{attack}{there}")
            for number, value in enumerate(dict.fromkeys(values)):
                for form, name in (("xml", "ios"), ("yaml", "ios"), *(("json", name) for name in PLATFORMS)):
                    if form != "yaml" or number < 2:
                        yield Hostile(form, _with(plain[name], path, value), {}, (path,), name)
        for form, texts in (("xml", RAW), ("yaml", PLAIN)):
            for text in texts:
                yield Hostile(form, _with(plain["ios"], path, MARK), {MARK: text}, (path,))


def _with(fields: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(fields)
    put(changed, path, value)
    return changed


_NASTY = st.text(alphabet="\n\r\x00\x03\x1a\x1b\x16?!^|%\"'`\\ \u2028\u2029\x85\u202e{}<>&;#$AZaz09.-/:", max_size=24)
_TEXT = st.one_of(st.sampled_from(ATTACKS), _NASTY, st.text(max_size=24), st.text(alphabet="AZaz09 .-/_", max_size=12))
_PLAUSIBLE = st.one_of(
    st.text(alphabet="ABCXYZabc019 ./_-,:()", min_size=1, max_size=24).map(str.strip),
    st.sampled_from(("J. O'Neil", "A/B-1", "CIRCUIT.7", "LVL3_2", "192.0.2.0/24", "10.10.4.0/30", "10.10.5.4/31")),
    st.integers(0, 70_000),
)
_OTHER = st.one_of(
    st.integers(-(2**40), 2**40), st.booleans(), st.none(), st.floats(), st.lists(_TEXT, max_size=2),
    st.dictionaries(_TEXT, _TEXT, max_size=1),
)  # fmt: skip


@st.composite
def hostile(draw: st.DrawFn) -> Hostile:
    """One to three fields of an order with what does not belong there, or belongs there by chance."""
    form = draw(st.sampled_from(("xml", "xml", "xml", "json", "json", "json", "json", "yaml")))  # YAML is slow to read
    name = draw(st.sampled_from(("ios", "ios", *PLATFORMS)))
    fields = base(draw(st.sampled_from(VARIANTS[name])))
    raw: dict[str, str] = {}
    most = draw(st.sampled_from((1, 1, 1, 2, 3)))
    paths = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=most, unique=True))
    for number, path in enumerate(paths):
        there = present(fields, path)
        text = draw(_TEXT)
        how = draw(st.integers(0, 9))
        if how <= 2:
            at = draw(st.integers(0, len(there)))
            put(fields, path, there[:at] + text + there[at:])
        elif how <= 4:
            put(fields, path, text)
        elif how == 5 and form != "xml":
            put(fields, path, draw(_OTHER))
        elif how == 6 and form != "json":
            mark = f"{MARK}{number}"
            put(fields, path, mark)
            raw[mark] = draw(st.sampled_from(RAW if form == "xml" else PLAIN)) + (text if form == "xml" else "")
        elif how == 7:
            put(fields, path, draw(_PLAUSIBLE))
        else:
            put(fields, path, draw(st.sampled_from((there, there.lower(), there[::-1], there[:-1], f"{there}1"))))
    return Hostile(form, fields, raw, tuple(paths), name)
