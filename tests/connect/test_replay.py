from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from turnup.connect import Session, collect
from turnup.connect.replay import Recorder, ReplaySession, file_name
from turnup.errors import AnswerIncomplete, Refused
from turnup.model.transcript import Ask, Request
from turnup.platforms import Platform


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("show version", "show_version.txt"),
        ("show interfaces Serial5/0", "show_interfaces_Serial5_0.txt"),
        ("dir slot0:", "dir_slot0.txt"),
        ("show ip route 10.1.2.3", "show_ip_route_10.1.2.3.txt"),
        ("../../etc/passwd", "etc_passwd.txt"),
    ],
)
def test_names_of_files(command: str, name: str) -> None:
    assert file_name(command) == name


def test_replay(tmp_path: Path, ios: Platform) -> None:
    (tmp_path / "show_clock.txt").write_text("11:02\n")
    (tmp_path / "version.txt").write_text("Cisco\n\n")
    session: Session = ReplaySession(tmp_path, ios, router="gsr1")
    asks = [Request(Ask("clock"), "show clock"), Request(Ask("version"), "show version"), Request(Ask("x"), "show x")]
    transcript = collect(session, asks)
    assert [answer.text for answer in transcript.answers.values()] == ["11:02", "Cisco\n", ""]
    assert transcript.answers[Ask("x")].failure.startswith("no recording: show_x.txt")
    assert transcript.router == session.hostname == "gsr1"
    assert session.command("show clock").text == "11:02"
    with pytest.raises(AnswerIncomplete):
        session.command("show x")


def test_a_fact_s_file_does_not_answer_for_arguments(tmp_path: Path, ios: Platform) -> None:
    (tmp_path / "interface.txt").write_text("x")
    request = Request(Ask.of("interface", name="Serial5/0"), "show interfaces Serial5/0")
    assert ReplaySession(tmp_path, ios).ask([request])[request.ask].failure


@pytest.mark.parametrize(
    "write",
    [
        lambda session: session.enter_config(),
        lambda session: session.config_line("x", None),
        lambda session: session.config_lines(["x"], None),
        lambda session: session.leave_config(),
        lambda session: session.save(),
    ],
)
def test_a_replay_takes_no_configuration(tmp_path: Path, ios: Platform, write: Callable[[Any], object]) -> None:
    with pytest.raises(Refused):
        write(ReplaySession(tmp_path, ios))


def test_what_was_recorded_is_replayed(tmp_path: Path, ios: Platform, session_to: Callable[..., Any]) -> None:
    asks = [Request(Ask.of("thing", n=str(n)), f"show thing {n}") for n in range(5)]
    asks.append(Request(Ask("x"), "show\n"))
    live = Recorder(session_to("plain"), tmp_path / "gsr1").ask(asks)
    again = ReplaySession(tmp_path / "gsr1", ios).ask(asks)
    assert {ask: answer.text for ask, answer in live.items()} == {ask: answer.text for ask, answer in again.items()}
    assert len(list((tmp_path / "gsr1").iterdir())) == 5
