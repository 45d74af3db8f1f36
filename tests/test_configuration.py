"""Exact configuration lines in sections."""

from __future__ import annotations

import pytest

from turnup.configuration import Configuration
from turnup.errors import AnswerIncomplete

TEXT = """Building configuration...

Current configuration:
!
version 12.0
hostname nyc-hud-gsr1
!
banner motd ^C
interface POS9/9
 ip address 192.0.2.1 255.255.255.0
^C
interface Serial5/0
 description  two  blanks
 ip address 10.10.3.1 255.255.255.252
!
router bgp 64500
 neighbor 10.10.3.2 remote-as 64603
!
ntp clock-period 17180043
end
"""


def test_sections_keep_exact_text() -> None:
    config = Configuration.read(TEXT.replace("\n", "\r\n"))
    assert config.section("interface Serial5/0") == (
        "description  two  blanks",
        "ip address 10.10.3.1 255.255.255.252",
    )
    assert config.headers("router bgp") == ("router bgp 64500",)
    assert "ntp clock-period 17180043" not in config.top


def test_configuration_inside_a_banner_is_no_configuration() -> None:
    assert Configuration.read(TEXT).section("interface POS9/9") is None


@pytest.mark.parametrize(
    "text", ["", "end\n", TEXT.replace("version 12.0\n", ""), TEXT[: TEXT.rindex("end")], TEXT + "x"]
)
def test_an_incomplete_configuration_is_refused(text: str) -> None:
    with pytest.raises(AnswerIncomplete):
        Configuration.read(text)


def test_cut_anywhere_is_refused() -> None:
    lines = TEXT.splitlines(keepends=True)
    for n in range(len(lines)):
        with pytest.raises(AnswerIncomplete):
            Configuration.read("".join(lines[:n]))


def test_two_reads_of_one_configuration_are_equal() -> None:
    later = TEXT.replace("17180043", "17180044").replace("Current configuration:", "Current configuration : 99 bytes")
    assert Configuration.read(TEXT).pairs() == Configuration.read(later).pairs()
