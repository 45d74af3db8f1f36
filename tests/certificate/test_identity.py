"""The router's identity as it is read from facts."""

from __future__ import annotations

import dataclasses

import pytest

from turnup.certificate import identity_of
from turnup.facts.diagnosis import Diagnosis
from turnup.facts.version import Version
from turnup.model.certificate import Board, RouterIdentity

VERSION = Version(
    image_name="GSR-P-M",
    version="12.0(17)S3",
    hostname="nyc-hud-gsr1",
    uptime="3 weeks",
    image_file="slot0:gsr-p-mz.120-17.S3",
    booted_via=None,
    chassis="12012/GRP",
    processor_revision="0x05",
    memory_kbyte=262144,
    io_memory_kbyte=None,
    config_register="0x2102",
    next_config_register=None,
    returned_to_rom_by=None,
    rom_version=None,
    bootldr_version="11.2(15)GS2",
    board_id="00000000",
)


def board(slot: int, card: str, serial: str | None, state: str | None = None) -> Diagnosis:
    return Diagnosis(slot, card, "800-1", serial, None, None, state, None, None)


def test_what_the_router_said_stands_on_the_certificate() -> None:
    boards = [board(0, "Route Processor", "CAB1", "IOS Running (ACTIVE MASTER)"), board(5, "6 Port DS3", "CAB5")]
    assert identity_of(VERSION, [*boards, board(6, "12 Port DS3", "CAB6")], slot=5) == RouterIdentity(
        hostname="nyc-hud-gsr1",
        chassis="12012",
        processor="GRP, revision 0x05",
        version="12.0(17)S3",
        image="slot0:gsr-p-mz.120-17.S3",
        serial="CAB1",
        board_id="00000000",
        boards=(Board(0, "Route Processor", "800-1", "CAB1"), Board(5, "6 Port DS3", "800-1", "CAB5")),
    )


def test_nothing_read_is_nothing_said() -> None:
    assert identity_of(None) == RouterIdentity()


def test_a_chassis_without_a_named_processor() -> None:
    plain = dataclasses.replace(VERSION, chassis="7206VXR", processor_revision=None)
    assert (identity_of(plain).chassis, identity_of(plain).processor) == ("7206VXR", None)


@pytest.mark.parametrize(
    ("states", "serial"),
    [
        (("ACTIVE MASTER", "STANDBY"), "A"),
        (("STANDBY", "ACTIVE MASTER"), "B"),
        ((None, None), None),
        (("ACTIVE", "ACTIVE"), None),
    ],
)
def test_of_two_processors_the_active_one_counts(states: tuple[str | None, str | None], serial: str | None) -> None:
    boards = [board(0, "Route Processor", "A", states[0]), board(1, "Performance Route Processor", "B", states[1])]
    assert identity_of(VERSION, boards).serial == serial
