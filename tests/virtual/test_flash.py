"""A disk of a virtual router, for tools that copy a file there: absent unless it is switched on. No sockets."""

from __future__ import annotations

import hashlib

from session import type_in
from virtual_estate import device

from turnup.virtual.flash import Sink
from turnup.virtual.mishaps import Mishap

FILE = "interface Serial5/0\n description A\n crc 33\n clock source internal\n"


def test_without_it_nothing_is_different() -> None:
    typed = type_in("copy slot0:/x running-config\rdir slot0:/x\r", device())
    assert "%Error opening slot0:/x" in typed.screen


def test_a_file_comes_over_scp() -> None:
    router, sent = device(), list[str]()
    router.disk = {}
    sink = Sink(router, "scp -t 'slot0:/merge_config.txt'", sent.append)
    sink.begin()
    header = f"C0644 {len(FILE)} merge_config.txt\n"
    for part in (header[:7], header[7:], FILE[:20], FILE[20:], "\0"):
        sink.feed(part)
    assert sent == ["\0"] * 3
    assert router.disk == {"merge_config.txt": FILE}
    typed = type_in("dir slot0:/merge_config.txt\rverify /md5 slot0:/merge_config.txt\rdir slot0:\r", router)
    assert "Directory of slot0:/merge_config.txt" in typed.screen
    assert f"= {hashlib.md5(FILE.encode()).hexdigest()}" in typed.screen  # noqa: S324 - IOS's own
    assert "15728640 bytes free" in typed.screen


def test_a_merge_goes_on_behind_a_refused_line() -> None:
    router = device()
    router.disk = {"x": FILE}
    typed = type_in("copy slot0:/x running-config\r\r", router)
    assert "Destination filename [running-config]?" in typed.screen
    assert "% Invalid input detected" in typed.screen
    lines = [line.text for line in router.config.lines("interface Serial5/0")]
    assert "description A" in lines
    assert "clock source internal" in lines


def test_its_lines_are_heard_and_meet_mishaps() -> None:
    router = device()
    router.disk = {"x": FILE}
    router.hearings.arm((Mishap(3, "reject", ("% no",)),))
    type_in("copy slot0:/x running-config\r\r", router)
    assert ("interface Serial5/0", "description A") in [(h.section, h.text) for h in router.hearings.heard]
    assert "description A" not in [line.text for line in router.config.lines("interface Serial5/0")]


def test_the_configuration_is_kept_there_and_asked_about_unless_quiet() -> None:
    router = device()
    router.disk = {}
    typed = type_in("configure terminal\rfile prompt quiet\rend\rcopy running-config slot0:/back.txt\r", router)
    assert "Destination filename" not in typed.screen
    assert router.disk == {"back.txt": router.config.text()}
    assert "file prompt quiet" in router.config.text()
