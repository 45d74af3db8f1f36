"""Strict loading: a mistyped field is an error with file, line and suggestion, never a skip (DESIGN rule 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.load.strict import build
from turnup.load.yaml import parse_yaml
from turnup.model.interface_name import InterfaceName


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    address: IPv4Address
    port: InterfaceName | None = None


@dataclass(frozen=True)
class Outer:
    name: str
    count: int = 1
    on: bool = False
    colour: Colour = Colour.RED
    nets: tuple[IPv4Network, ...] = ()
    inner: Inner | None = None
    slots: Mapping[int, str] = field(default_factory=dict)
    wait: timedelta | None = None


def loaded(text: str) -> Outer:
    return build(Outer, parse_yaml(text.encode(), where="f.yaml"), where="f.yaml")


def test_everything_right() -> None:
    got = loaded(
        "name: a\ncount: 2\non: true\ncolour: blue\nnets: [192.0.2.0/24]\ninner: {address: 192.0.2.1, port: PO1/0}\n"
        "slots: {1: x}\nwait: 48h\n"
    )
    assert got == Outer(
        "a",
        2,
        True,
        Colour.BLUE,
        (IPv4Network("192.0.2.0/24"),),
        Inner(IPv4Address("192.0.2.1"), InterfaceName("POS", "1/0")),
        {1: "x"},
        timedelta(hours=48),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\ncuont: 2", "f.yaml:2: unknown field 'cuont'; did you mean 'count'?"),
        ("count: 2", "f.yaml:1: field 'name' is missing"),
        ("name: 3", "f.yaml:1: field 'name' must be text, not a number (3)"),
        ("name: a\ncount: '2'", "f.yaml:2: field 'count' must be a whole number, not text ('2')"),
        ("name: a\ncount: true", "f.yaml:2: field 'count' must be a whole number, not true or false (True)"),
        ("name: a\non: 1", "must be true or false"),
        ("name: a\ncolour: rad", "f.yaml:2: field 'colour' cannot be 'rad'; did you mean 'red'?"),
        ("name: a\nnets: 192.0.2.0/24", "must be a list"),
        ("name: a\nnets:\n- 192.0.2.0/24\n- 192.0.2.1/24", "f.yaml:4: field 'nets[1]'"),
        ("name: a\ninner:\n  address: 192.0.2.256", "f.yaml:3: field 'inner.address' must be an IPv4 address"),
        (
            "name: a\ninner:\n  address: 192.0.2.1\n  prot: x",
            "f.yaml:4: unknown field 'inner.prot'; did you mean 'port'?",
        ),
        ("name: a\nwait: 2 days", "must be a period such as 48h"),
        ("- a", "must be a mapping, not a list"),
        ("name: a\nname: b", "f.yaml:"),
        ("name: [", "is not valid YAML"),
        ("name: !!python/object:os.system x", "f.yaml"),
        ("name: a\n---\nname: b", "is not valid YAML"),
    ],
)
def test_everything_wrong_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        loaded(text)
    assert message in str(error.value)
    assert error.value.exit_code == 2


@given(st.text(min_size=1).filter(lambda word: word not in Outer.__dataclass_fields__))
def test_an_unknown_field_never_passes(word: str) -> None:
    with pytest.raises(InputError, match="unknown field"):
        build(Outer, {"name": "a", word: 1})


@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_refused(data: bytes) -> None:
    told = "f.yaml"
    try:
        parse_yaml(data, where="f.yaml")
    except InputError as error:
        told = str(error)
    assert told.startswith("f.yaml")
