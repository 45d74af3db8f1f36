"""A platform that is like another one: what it tells itself counts, everything else is the other one's."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnup.errors import InputError
from turnup.model.transcript import Ask
from turnup.platforms import all_platforms, platform


def test_it_speaks_the_other_ones_commands_but_for_its_own() -> None:
    ios, xe = platform("ios"), platform("iosxe")
    assert xe.commands["slot"] == "show platform"
    assert xe.commands["version"] == ios.commands["version"] == "show version"
    assert xe.parser("version") == ios.parser("version")
    assert xe.parser("slot") != ios.parser("slot")


def test_its_own_settings_replace_the_other_ones_whole() -> None:
    ios, xe = platform("ios").settings, platform("iosxe").settings
    assert (xe.title, xe.prompt, xe.refusals, xe.modes) == ("Cisco IOS-XE", ios.prompt, ios.refusals, ios.modes)
    assert "ping" in ios.dialogues
    assert not xe.dialogues


def test_a_ping_is_one_line_there() -> None:
    ask = Ask.of("ping", address="10.254.1.2", size="1500", source="10.254.1.1", count="100")
    request = platform("iosxe").request(ask)
    assert request is not None
    assert (request.command, request.dialogue) == (
        "ping 10.254.1.2 size 1500 source 10.254.1.1 df-bit repeat 100",
        (),
    )


def test_what_its_table_takes_away_is_not_taken_from_the_other_one() -> None:
    xe = platform("iosxe")
    assert "diagnosis" in xe.settings.not_applicable
    assert xe.parser("diagnosis") is None
    assert xe.request(Ask("diagnosis")) is None


def test_it_configures_as_the_other_one_and_has_cards_of_its_own() -> None:
    ios, xe = platform("ios"), platform("iosxe")
    assert xe.config_home == ios.config_home == ios.home / "config"
    assert set(xe.linecards) == {"SPA-5X1GE-V2"}


@pytest.mark.parametrize("like", ["nowhere", "second"])
def test_likeness_needs_a_platform_that_stands_on_its_own(
    like: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, told in (("first", f'title = "1"\nlike = "{like}"\n'), ("second", 'title = "2"\nlike = "first"\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "platform.toml").write_text(told)
    monkeypatch.setattr("turnup.platforms.folder", lambda _name: tmp_path)
    all_platforms.cache_clear()
    with pytest.raises(InputError, match=f"like = '{like}' names no platform"):
        all_platforms()
    monkeypatch.undo()
    all_platforms.cache_clear()
