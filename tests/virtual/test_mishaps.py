"""Mishaps befall a virtual router at one exact command, and it tells what it heard. No sockets."""

from __future__ import annotations

import pytest
from session import type_in
from virtual_estate import device

from turnup.errors import InputError
from turnup.virtual.device import Device
from turnup.virtual.mishaps import Mishap

LINES = "configure terminal\rinterface Serial5/0\rdescription A\rcrc 32\rend\r"
SECOND = "description SOMEBODY"


def met(*mishaps: Mishap) -> tuple[Device, bool]:
    router = device()
    router.hearings.arm(mishaps)
    return router, type_in(LINES, router).broken


def port(router: Device) -> list[str]:
    return [line.text for line in router.config.lines("interface Serial5/0")]


def test_every_command_is_heard_with_its_section() -> None:
    router, broken = met()
    assert [(one.section, one.text) for one in router.hearings.heard] == [
        ("exec", "configure terminal"),
        ("", "interface Serial5/0"),
        ("interface Serial5/0", "description A"),
        ("interface Serial5/0", "crc 32"),
        ("interface Serial5/0", "end"),
    ]
    assert not broken


@pytest.mark.parametrize(
    ("mishap", "there", "gone", "broken"),
    [
        (Mishap(3, "drop-before"), (), ("description A", "crc 32"), True),
        (Mishap(3, "drop-after"), ("description A",), ("crc 32",), True),
        (Mishap(3, "reject", ("% no",)), ("crc 32",), ("description A",), False),
        (Mishap(3, "reject"), ("crc 32",), ("description A",), False),
        (Mishap(3, "burst", ("%SYS-5-X: y",)), ("description A", "crc 32"), (), False),
        (Mishap(4, "edit", ("interface Serial5/0", SECOND)), (SECOND, "crc 32"), ("description A",), False),
    ],
    ids=lambda value: value.kind if isinstance(value, Mishap) else "",
)
def test_a_mishap(mishap: Mishap, there: tuple[str, ...], gone: tuple[str, ...], broken: bool) -> None:
    router, was_broken = met(mishap)
    now = port(router)
    assert all(line in now for line in there), now
    assert not any(line in now for line in gone), now
    assert was_broken == broken


def test_a_question_swallows_the_next_key() -> None:
    router, _ = met(Mishap(3, "ask", ("Sure? [confirm]",)))
    assert router.hearings.heard[3].text == "rc 32"
    assert "crc 32" not in port(router)


def test_somebody_saves() -> None:
    router, _ = met(Mishap(4, "save"))
    assert " description A" in router.startup
    assert " crc 32" not in router.startup.partition("interface Serial5/0")[2].partition("!")[0]


def test_a_router_is_put_back() -> None:
    router, _ = met()
    fresh = device().config.text()
    router.restore(fresh, fresh)
    assert (router.config.text(), router.startup) == (fresh, fresh)
    with pytest.raises(InputError, match="would not show"):
        router.restore("hostname x\n", fresh)


def test_an_unknown_mishap() -> None:
    with pytest.raises(InputError, match="no mishap 'explode'"):
        Mishap(1, "explode")
