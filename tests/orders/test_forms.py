"""XML and YAML are one order: the samples, and any order there and back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_messages import LEVEL3, headers, level3, orders, sample

from turnup import folder
from turnup.errors import InputError
from turnup.load.faults import faults
from turnup.load.order import RULES, parse_order_xml, parse_order_yaml, read_order
from turnup.load.order_write import document, order_xml, order_yaml
from turnup.load.order_xml import element_name, element_path, field_name, field_path
from turnup.load.xml import parse_xml, schema_faults
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Action, Header, OrderMessage, PortServiceOrder
from turnup.model.text import cli_text, identifier, reference


@pytest.mark.parametrize("path", sorted(folder("orders").glob("*.*ml")), ids=lambda path: path.name)
def test_every_sample_is_an_order(path: Path) -> None:
    message = read_order(path)
    assert message.order.origin == str(path)
    assert (message.header is not None) == (path.suffix == ".xml")


def test_the_contract_s_example_is_the_same_in_both_forms() -> None:
    xml, yaml = read_order(sample(f"{LEVEL3}.xml")).order, read_order(sample(f"{LEVEL3}.yaml")).order
    assert replace(xml, origin="") == replace(yaml, origin="")
    assert (xml.action, xml.speed.value, xml.customer.name) == (Action.NEW, "DS3", "Level 3")


def test_a_time_with_another_zone_is_the_same_moment() -> None:
    header = read_order(sample(f"{LEVEL3}-disconnect.xml")).header
    assert header is not None
    assert header.sent_at.isoformat() == "2001-11-05T14:30:00+00:00"


@settings(max_examples=60, deadline=None)
@given(order=orders(), header=headers())
def test_any_order_reads_back_from_both_forms(order: PortServiceOrder, header: Header) -> None:
    message = OrderMessage(order, header)
    assert parse_order_xml(order_xml(message), where="test") == message
    assert parse_order_yaml(order_yaml(order).encode(), where="test").order == order


def test_an_order_without_envelope_needs_one_for_xml() -> None:
    with pytest.raises(ValueError, match="header"):
        order_xml(replace(level3(), header=None))


# --- one place for character rules -----------------------------------------------------------------------------------


def text_fields(cls: type, path: str = "") -> list[str]:
    found = []
    hints = get_type_hints(cls)
    for field in fields(cls):
        hint, here = hints[field.name], f"{path}{field.name}"
        options = [one for one in getattr(hint, "__args__", (hint,)) if one is not type(None)]
        if options[0] is str:
            found.append(here)
        elif is_dataclass(kind := options[0]) and isinstance(kind, type) and kind is not InterfaceName:
            found += text_fields(kind, f"{here}.")
    return found


def test_every_text_field_has_its_character_rule() -> None:
    known = {*text_fields(PortServiceOrder), *text_fields(Header, "header.")} - {"origin"}
    assert known == set(RULES)


@given(field=st.sampled_from(sorted(name for path in RULES for name in path.split("."))))
def test_elements_and_fields_name_each_other(field: str) -> None:
    assert field_name(element_name(field)) == field


def test_paths_are_told_in_both_forms() -> None:
    assert element_path("bgp.allowed_prefixes[0]") == "Bgp/AllowedPrefix[1]"
    assert field_path(("Message", "PortServiceOrder", "CrossConnect", "CircuitId")) == "cross_connect.circuit_id"


ANY = st.text(st.characters(), max_size=70) | st.text("abc 0-_./!?=no", max_size=70)


def refused(rule: Any, text: str) -> bool:
    try:
        rule(text)
    except InputError:
        return True
    return False


@settings(max_examples=300)
@given(text=ANY, rule=st.sampled_from([("Name", cli_text), ("Code", identifier), ("CircuitId", reference)]))
def test_the_schema_refuses_what_the_rules_refuse(text: str, rule: tuple[str, Any]) -> None:
    element, check = rule
    order, header = level3().order, level3().header
    assert header is not None
    fields_ = {
        "Name": replace(order, customer=replace(order.customer, name="X")),
        "Code": replace(order, customer=replace(order.customer, code="X")),
        "CircuitId": replace(order, cross_connect=replace(order.cross_connect, circuit_id="X")),  # type: ignore[type-var]
    }
    root = parse_xml(order_xml(OrderMessage(fields_[element], header)), where="test")
    place = next(one for one in root.iter("{*}*") if str(one.tag).endswith(f"}}{element}"))
    try:
        place.text = text
    except ValueError:
        return  # cannot stand in an XML document at all
    by_schema = bool(list(schema_faults(root)))
    if by_schema != refused(check, text):
        # The schema cannot say this one.
        assert not by_schema
        assert text[:3].lower().startswith("no")


def test_the_schema_knows_no_field_that_the_model_has_not() -> None:
    message = level3()
    assert message.header is not None
    data = document(message.header, "PortServiceOrder", {"order_id": "X", "colour": "red"})
    assert [fault.elements[-1] for fault in schema_faults(parse_xml(data, where="x"))] == ["colour".title()]
    assert "colour" in [fault.path for fault in faults(PortServiceOrder, {"colour": "red"}, where="x")]
