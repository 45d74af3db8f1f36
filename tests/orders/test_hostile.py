"""Malformed and hostile files: refused with one clear message, quickly, with nothing read from elsewhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_messages import LEVEL3, sample

from turnup.errors import Clarification, ExitCode, InputError
from turnup.load.order import RULES, order_of, parse_order_xml, parse_order_yaml, read_order
from turnup.load.order_write import order_fields
from turnup.load.order_xml import element_path

XML = sample(f"{LEVEL3}.xml").read_bytes()
YAML = sample(f"{LEVEL3}.yaml").read_bytes()
BOMB = b'<!DOCTYPE lolz [<!ENTITY a "lol">' + b"".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9)
)


def xml(old: bytes, new: bytes) -> bytes:
    assert old in XML
    return XML.replace(old, new, 1)


def yaml(old: bytes, new: bytes) -> bytes:
    assert old in YAML
    return YAML.replace(old, new, 1)


BAD_XML = {
    "empty": (b"", "not well-formed"),
    "not XML": (b"order: 1", "not well-formed"),
    "cut off": (XML[: len(XML) // 2], "not well-formed"),
    "entity bomb": (xml(b"<Message", BOMB + b"]>\n<Message"), "DOCTYPE"),
    "external entity": (
        xml(b"<Message", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<Message'),
        "DOCTYPE",
    ),
    "external DTD": (xml(b"<Message", b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">\n<Message'), "DOCTYPE"),
    "unknown entity": (xml(b">LVL3<", b">&x;<"), "not well-formed"),
    "deep nesting": (b"<a>" * 100_000, "not well-formed"),
    "huge": (b"<a>" + b" " * 1024 * 1024 + b"</a>", "larger than"),
    "UTF-16": (XML.decode().encode("utf-16"), "not UTF-8"),
    "declared UTF-16": (xml(b"UTF-8", b"UTF-16"), "declares the encoding"),
    "declared UTF-7": (xml(b"UTF-8", b"UTF-7"), "declares the encoding"),
    "latin-1": (xml(b"Level 3<", "Léo<".encode("latin-1")), "not UTF-8"),
    "NUL": (xml(b"Level 3<", b"Level\x003<"), "not well-formed"),
    "wrong root": (b"<Order/>", "root element"),
    "wrong namespace": (xml(b"urn:turnup:port-access:1", b"urn:example:other"), "root element"),
    "schema location": (
        xml(
            b"<Message ",
            b'<Message xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="a http://192.0.2.1/" ',
        ),
        "attributes",
    ),
    "split value": (xml(b">LVL3<", b">LV<!-- -->L3<"), "comment"),
}
BAD_YAML = {
    "empty": (b"", "not an order"),
    "a list": (b"- 1\n", "not an order"),
    "not YAML": (b"a: [1\nb: }", "not valid YAML"),
    "duplicate key": (YAML + b"speed: GE\n", "duplicate key"),
    "alias bomb": (b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchor or an alias"),
    "tag": (yaml(b"action: NEW", b"action: !!python/name:os.system NEW"), "tag"),
    "directive": (b"%YAML 1.1\n" + YAML, "directive"),
    "merge key": (YAML + b"<<: {revision: 2}\n", "merge key"),
    "two documents": (YAML + b"---\na: 1\n", "another document"),
    "deep nesting": (b"[" * 100_000, "nested deeper"),
    "deep blocks": (b"".join(b" " * i + b"a:\n" for i in range(500)), "nested deeper"),
    "many values": (b"".join(f"k{i}: 1\n".encode() for i in range(20_000)), "more than"),
    "huge": (b"#" * (1024 * 1024 + 1), "larger than"),
    "UTF-16": (YAML.decode().encode("utf-16"), "not UTF-8"),
    "latin-1": (yaml(b"Level 3", "Léo".encode("latin-1")), "not UTF-8"),
    "bell": (yaml(b"name: Level 3", b"name: Level\x07 3"), "not valid YAML"),
}


@pytest.mark.parametrize("case", BAD_XML)
def test_bad_xml_is_refused(case: str) -> None:
    data, said = BAD_XML[case]
    began = time.monotonic()
    with pytest.raises(InputError, match=said) as caught:
        parse_order_xml(data, where="order.xml")
    check(caught.value, began)


@pytest.mark.parametrize("case", BAD_YAML)
def test_bad_yaml_is_refused(case: str) -> None:
    data, said = BAD_YAML[case]
    began = time.monotonic()
    with pytest.raises(InputError, match=said) as caught:
        parse_order_yaml(data, where="order.yaml")
    check(caught.value, began)


def check(error: InputError, began: float) -> None:
    assert error.exit_code == ExitCode.INPUT
    assert str(error).startswith("order.")
    assert len(str(error)) < 400
    assert error.advice
    assert time.monotonic() - began < 10  # a bomb takes for ever


@pytest.mark.parametrize(
    ("form", "data", "points"),
    [
        ("xml", xml(b"<Speed>DS3</Speed>", b"<Speed>DS1</Speed>"), ["speed"]),
        ("xml", xml(b"    <Speed>DS3</Speed>\n", b""), ["customer"]),
        ("xml", xml(b"<Bgp>", b"<Bgq>").replace(b"</Bgp>", b"</Bgq>"), ["bgq"]),
        ("xml", xml(b"10.10.3.0/30", b"999.1.1.1/30"), ["layer3.link_prefix"]),
        ("xml", xml(b"10.10.3.0/30", b"10.10.3.1/30"), ["layer3.link_prefix"]),
        ("xml", xml(b"14:00:00Z", b"14:00:00"), ["header.sent_at"]),
        ("xml", xml(b">LVL3<", b">LVL?<").replace(b"64603", b"many"), ["customer.code", "bgp.peer_as"]),
        ("yaml", yaml(b"speed: DS3", b"speed: DS1"), ["speed"]),
        ("yaml", yaml(b"speed: DS3", b"sped: DS3"), ["sped", "speed"]),
        ("yaml", yaml(b"  code: LVL3", b"  code: 3"), ["customer.code"]),
        ("yaml", yaml(b"crc: 32", b'crc: "32"'), ["layer2.crc"]),
        ("yaml", yaml(b"crc: 32", b"crc: true"), ["layer2.crc"]),
        ("yaml", yaml(b"10.10.3.0/30", b"10.10.3.1/30"), ["layer3.link_prefix"]),
        ("yaml", YAML + b"origin: /etc/passwd\n", ["origin"]),
        ("yaml", YAML + b"requested_due: 2001-08-01 10:00:00\n", ["requested_due"]),
        ("yaml", yaml(b"customer:", b"customer: 1\ncustome:"), ["custome", "customer"]),
        ("yaml", yaml(b"[203.0.113.0/24]", b"[203.0.113.0/24, x]"), ["bgp.allowed_prefixes"]),
    ],
)
def test_every_mistake_is_a_point_with_its_field(form: str, data: bytes, points: list[str]) -> None:
    with pytest.raises(Clarification) as caught:
        (parse_order_xml if form == "xml" else parse_order_yaml)(data, where=f"order.{form}")
    found = [field for field, _ in caught.value.points]
    assert found == points
    assert all("line" in reason for _, reason in caught.value.points)
    assert caught.value.exit_code == ExitCode.INPUT


# --- text that would become a second line ----------------------------------------------------------------------------

EVIL = st.sampled_from(
    [
        "\n",
        "\r",
        "\t",
        "\0",
        "\x03",
        "\x15",
        "\x16",
        "\x1a",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\u202e",
        "é",
        "?",
        "\ud800",
    ]
) | st.characters(categories=("Cc", "Cf", "Zl", "Zp", "Cs"))


@settings(max_examples=300)
@given(field=st.sampled_from(sorted(RULES)), evil=EVIL, place=st.integers(0, 4))
def test_no_field_takes_a_control_character(field: str, evil: str, place: int) -> None:
    if field.startswith("header."):
        return  # an envelope comes in XML only; see below
    text = f"{'no r'[:place]}{evil}{'no router bgp 64500'[place:]}"
    fields = order_fields(read_order(sample(f"{LEVEL3}.xml")).order)
    part, _, name = field.rpartition(".")
    (fields.setdefault(part, {}) if part else fields)[name] = text
    with pytest.raises(Clarification) as caught:
        order_of(fields, "order.yaml")
    assert field in [one for one, _ in caught.value.points]
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()


@settings(max_examples=150, deadline=None)
@given(
    field=st.sampled_from(sorted(RULES)),
    evil=st.sampled_from(["\n", "\r", "\t", "\x85", "\u2028", "\u202e", "é", "?", "  "]),
)
def test_no_element_takes_a_control_character(field: str, evil: str) -> None:
    from turnup.load.order_write import document

    header = {"message_id": "M-1", "sender": "QWEST", "recipient": "KMC"}
    fields = order_fields(read_order(sample(f"{LEVEL3}.xml")).order)
    part, _, name = field.rpartition(".")
    text = f"x{evil}no router bgp 64500"
    (header if part == "header" else fields.setdefault(part, {}) if part else fields)[name] = text
    full = read_order(sample(f"{LEVEL3}.xml")).header
    assert full is not None
    data = document(full, "PortServiceOrder", {k: fields[k] for k in sorted(fields, key=_place)})
    if part == "header":
        element = element_path(field).split("/")[1].encode()
        open_, close = b"<" + element + b">", b"</" + element + b">"
        bad = open_ + "".join(f"&#{ord(c)};" for c in text).encode() + close
        before, found, after = data.partition(open_)
        data = before + bad + after.partition(close)[2] if found else data.replace(b"<From>", bad + b"<From>")
    with pytest.raises(Clarification) as caught:
        parse_order_xml(data, where="order.xml")
    assert any(one.startswith(field.split(".")[0]) for one, _ in caught.value.points)
    assert str(caught.value).isascii()


def _place(name: str) -> int:
    from turnup.load.order_xml import schema_place

    return schema_place(name)


@pytest.mark.parametrize(
    "text",
    ["!comment", "no shutdown", "NO shutdown", "=1+1", "a  b", " a", "a ", "", "a|b", "<secret:LVL3-MD5>", "x" * 61],
)
def test_text_that_a_router_would_misread(text: str) -> None:
    fields = order_fields(read_order(sample(f"{LEVEL3}.xml")).order)
    fields["customer"]["name"] = text
    with pytest.raises(Clarification) as caught:
        order_of(fields, "order.yaml")
    assert [field for field, _ in caught.value.points] == ["customer.name"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing.xml", "cannot be read"), ("order.txt", "is not an order"), ("folder.xml", "cannot be read")],
)
def test_what_is_no_order_file(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "order.txt").write_bytes(XML)
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(InputError, match=said):
        read_order(tmp_path / name)


def test_an_acknowledgement_is_no_order() -> None:
    data = (
        b'<Message xmlns="urn:turnup:port-access:1"><Header><MessageId>M-1</MessageId><From>A</From><To>B</To>'
        b"<SentAt>2001-07-09T14:00:00Z</SentAt></Header><OrderAcknowledgement><ReceivedAt>2001-07-09T14:00:00Z</ReceivedAt>"
        b"<Accepted>2001-07-09T14:00:00Z</Accepted></OrderAcknowledgement></Message>"
    )
    with pytest.raises(InputError, match="another kind: OrderAcknowledgement"):
        parse_order_xml(data, where="order.xml")
