"""One key for one interface (reference: checklist 0.3)."""

from __future__ import annotations

import pytest

from turnup.errors import InputError
from turnup.model.interface_name import InterfaceName, same_interface


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("PO1/0", "POS1/0"),
        ("POS2/1", "POS2/1"),
        ("pos2/1", "POS2/1"),
        ("Po1", "Port-channel1"),
        ("Se3/0", "Serial3/0"),
        ("Serial4/0/1:0", "Serial4/0/1:0"),
        ("Se4/0/1:0", "Serial4/0/1:0"),
        ("Gi6/0.100", "GigabitEthernet6/0.100"),
        ("gigabitethernet6/0", "GigabitEthernet6/0"),
        ("Fa3/7", "FastEthernet3/7"),
        ("Et0", "Ethernet0"),
        ("Lo0", "Loopback0"),
        ("Mg0", "MgmtEth0"),
        ("PO0/2/0/0", "POS0/2/0/0"),
        ("Mg0/RP0/CPU0/0", "MgmtEth0/RP0/CPU0/0"),
        ("Fo0/0/0/0.10", "FortyGigE0/0/0/0.10"),
        ("tt300", "tunnel-te300"),
        ("BE100.909", "Bundle-Ether100.909"),
        ("POS1-0", "POS1-0"),  # POS1/0 as the virtual POP writes it: Linux takes no slash in a name
    ],
)
def test_canonical(text: str, canonical: str) -> None:
    assert str(InterfaceName.parse(text)) == canonical


def test_pos_is_not_port_channel() -> None:
    assert not same_interface("PO1", "Po1")
    assert same_interface("PO1/0", "POS1/0")
    assert not same_interface("Loopback0", "Loopback01")


def test_ports_that_ios_xr_names_in_its_own_way() -> None:
    assert same_interface("Te0/0/0/1", "TenGigE0/0/0/1")
    assert same_interface("TenGigabitEthernet1/0", "Te1/0")
    assert not same_interface("Te0/0/0/1", "TenGigE0/0/0/2")
    assert same_interface("SONET0/2/0/0", "PO0/2/0/0")
    assert same_interface("Mg0/RP0/CPU0/0", "MgmtEth0/RP0/CPU0/0")
    assert not same_interface("Mg0/RP0/CPU0/0", "MgmtEth0/RP1/CPU0/0")


@pytest.mark.parametrize("text", ["", "Serial", "5/0", "Serial5/0\nno ip", "Serial 5/0 x"])
def test_refused(text: str) -> None:
    with pytest.raises(InputError):
        InterfaceName.parse(text)


def test_slot_and_parent() -> None:
    name = InterfaceName.parse("Gi6/0.100")
    assert name.slot == 6
    assert str(name.parent) == "GigabitEthernet6/0"


@pytest.mark.parametrize("text", ["lo", "eth5", "eth5.100", "pos1-0", "enp3s0", "enp3s0f1np1", "ens1f0"])
def test_names_of_linux_keep_their_spelling(text: str) -> None:
    name = InterfaceName.parse(text)
    assert str(name) == text
    assert name.slot == 0
    assert not same_interface(text, text.upper())


def test_a_name_of_linux_is_no_short_form() -> None:
    assert not same_interface("eth0", "Ethernet0")
    assert same_interface("Eth0", "Ethernet0")
    assert not same_interface("lo", "Loopback0")
    assert str(InterfaceName.parse("eth5.100").parent) == "eth5"


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("Serial5/0", 5),
        ("Serial3-0", 3),
        ("Serial4/0/1:0", 4),
        ("GigabitEthernet0/5/0/3", 5),
        ("POS0/2/0/0.100", 2),
        ("MgmtEth0/RSP1/CPU0/0", 1),
        ("MgmtEth0/0/CPU0/0", 0),
        ("Loopback0", 0),
    ],
)
def test_slot_stands_behind_the_rack(name: str, slot: int) -> None:
    assert InterfaceName.parse(name).slot == slot
