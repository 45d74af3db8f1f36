"""The POP's time service tells the time to a client, and nothing else is taken for an answer."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from turnup.virtual.services.time_of_day import answer, offset, synchronised

NOW = 1_795_000_000.25
CLIENT = bytes([4 << 3 | 3]) + bytes(39) + bytes(range(8))


def test_the_time_is_told_with_the_client_s_own_stamp() -> None:
    told = answer(CLIENT, NOW)
    assert told is not None
    assert told[24:32] == bytes(range(8))
    found = offset(told, NOW)
    assert found is not None
    assert abs(found) < 1e-6


@pytest.mark.parametrize("asked", [b"", b"x" * 47, bytes([4 << 3 | 4]) + bytes(47)], ids=["empty", "short", "server"])
def test_what_is_no_question_has_no_answer(asked: bytes) -> None:
    assert answer(asked, NOW) is None


@pytest.mark.parametrize("stratum", [0, 16])
def test_a_server_without_a_clock_of_its_own_is_none(stratum: int) -> None:
    told = answer(CLIENT, NOW)
    assert told is not None
    assert offset(told[:1] + bytes([stratum]) + told[2:], NOW) is None


@pytest.mark.parametrize(("ahead", "agrees"), [(0.0, True), (0.9, True), (30.0, False), (-30.0, False)])
def test_a_clock_agrees_within_a_second(ahead: float, agrees: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(10)

        def once() -> None:
            asked, who = heard.recvfrom(512)
            told = answer(asked, time.time() + ahead)
            assert told is not None
            heard.sendto(told, who)

        server = threading.Thread(target=once)
        server.start()
        assert synchronised("127.0.0.1", heard.getsockname()[1], 10) is agrees
        server.join()


def test_nobody_answers() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        assert not synchronised("127.0.0.1", deaf.getsockname()[1], 0.05)
