"""Every show in 12.0S format: lines that must stand there, on a router that nothing was done to."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pushed_order import lab, session
from shown_lines import SHOWN, UNKNOWN

from turnup.virtual.device import Device
from turnup.virtual.shows.registry import all_commands, command_words


@pytest.fixture(scope="module")
def devices() -> dict[str, Device]:
    return lab().devices


def shown(device: Device, command: str) -> str | None:
    from turnup.virtual.shows import SimulatedState

    return SimulatedState().show(device, tuple(command.split()), session(device))


@pytest.mark.parametrize(
    ("router", "command", "lines"), SHOWN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_lines_of_12_0s(devices: dict[str, Device], router: str, command: str, lines: tuple[str, ...]) -> None:
    text = shown(devices[router], command)
    assert text is not None
    assert text.endswith("\n")
    rest = iter(text.split("\n"))
    for line in lines:
        assert any(re.fullmatch(line, one) for one in rest), f"no line {line!r} (in this order) in:\n{text}"


@pytest.mark.parametrize("command", UNKNOWN)
def test_refuses_what_it_has_not(devices: dict[str, Device], command: str) -> None:
    assert shown(devices["nyc-hud-gsr1"], command) is None


def test_every_form_is_known_once_and_every_command_has_a_sample() -> None:
    forms = command_words()
    assert len(forms) == len(set(forms))
    words = [tuple(command.split()) for _, command, _ in SHOWN]
    sampled = {one.render for one in all_commands() if any(one.args(w) is not None for w in words)}
    unsampled = {one.render.__qualname__ for one in all_commands() if one.render not in sampled}
    assert unsampled == {"directory_all", "default_flash"}, "these are tested apart; sample any other in this table"


def test_names_of_interfaces_may_be_written_apart(devices: dict[str, Device]) -> None:
    device = devices["nyc-hud-gsr1"]
    head = (shown(device, "show interfaces Serial 5/0") or "").split("\n")[0]
    assert head == "Serial5/0 is administratively down, line protocol is down "


def test_processors_differ_in_show_gsr(devices: dict[str, Device]) -> None:
    names = {
        name: (shown(devices[name], "show gsr") or "").split("\n")[0]
        for name in ("nyc-hud-gsr1", "chi-cer-gsr1", "lax-wil-gsr1")
    }
    assert names == {
        "nyc-hud-gsr1": "Slot 0  type  = Route Processor B ",
        "chi-cer-gsr1": "Slot 0  type  = Route Processor ",
        "lax-wil-gsr1": "Slot 0  type  = Performance Route Processor ",
    }


def test_a_full_log_buffer_cuts_its_first_message(devices: dict[str, Device]) -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    device.config.take_out("", "logging buffered *")
    device.config.put_in("", "logging buffered 4096 debugging")
    for number in range(100):
        device.say(f"%SYS-5-CONFIG_I: Configured from console by somebody on vty0 (192.0.2.{number})")
    text = shown(device, "show logging") or ""
    buffer = text.partition("Log Buffer (4096 bytes):\n\n")[2]
    assert len(buffer.removesuffix("\n")) == 4096
    assert not re.match(r"\w{3} [ \d]\d \d\d:", buffer), "the first message must have lost its beginning"


def test_line_cards_speak_with_their_slot_in_front(devices: dict[str, Device]) -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    device.say("SLOT 2:%EE48-3-QM_SANITY_WARNING: Few free buffers")
    assert re.search(
        r"^SLOT 2:\w{3} [ \d]\d .*: %EE48-3-QM_SANITY_WARNING: Few", shown(device, "show logging") or "", re.M
    )


def test_without_a_time_server_the_clock_is_marked() -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    device.config.take_out("", "ntp server *")
    assert re.fullmatch(r"\*\d\d:.*\nNo time source\n", shown(device, "show clock detail") or "")


def test_a_zone_with_summer_time() -> None:
    from datetime import UTC, datetime

    from turnup.virtual.shows.times import Zone, clock

    zone = Zone.of(("clock timezone EST -5", "clock summer-time EDT recurring"), "America/New_York")
    assert clock(datetime(2001, 7, 4, 16, 0, tzinfo=UTC), zone) == "12:00:00.000 EDT Wed Jul 4 2001"
    assert clock(datetime(2001, 12, 4, 16, 0, tzinfo=UTC), zone) == "11:00:00.000 EST Tue Dec 4 2001"
    assert (
        clock(datetime(2001, 12, 4, 16, 0, tzinfo=UTC), replace(zone, summer="")) == "11:00:00.000 EST Tue Dec 4 2001"
    )
