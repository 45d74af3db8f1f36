"""`make demo`: the story ends as it must, and a story that does not is told so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pop import Command

from turnup import laboratory


def test_the_demo(turnup: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = turnup("demo")
    assert ran.code == 0, ran.out + ran.err
    for word in ("Plan for nyc-hud-gsr1 Serial5/0", "saved:", "the same order again: unchanged", "It went as it must"):
        assert word in ran.out, word
    outcomes = {
        file.parent.name: json.loads(file.read_text())["outcome"]
        for file in (tmp_path / ".turnup" / "demo").rglob("certificate.json")
    }
    assert outcomes == {"1-initial": "SATISFIED", "2-fault": "NOT SATISFIED", "3-repaired": "SATISFIED"}
    assert "expected  Loopback0" in ran.out
    assert "exit code 4" in ran.out


@pytest.mark.proof
def test_a_demo_whose_fault_is_not_seen_fails(turnup: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(laboratory, "control", lambda *_: {})  # the fault never comes
    ran = turnup("demo")
    assert ran.code == 1
    assert "did NOT go as it must" in ran.out
