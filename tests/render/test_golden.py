"""Every service, speed and encapsulation against a golden file. TURNUP_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sample_orders import GOLDEN, Case, intent_for

from turnup.render.intent import Typed, typed

FOLDER = Path(__file__).parent / "golden"


def as_text(case: Case) -> str:
    intent = intent_for(case)
    parts = ["! phase 1", *map(str, typed(intent.phase1)), "! phase 2", *map(str, typed(intent.phase2)), "! shown"]
    parts += [f"{section or '(global)'} / {line}" for section, line in intent.lines]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("case", GOLDEN, ids=str)
def test_rendered_as_agreed(case: Case) -> None:
    file = FOLDER / f"{case.name}.cfg"
    text = as_text(case)
    if os.environ.get("TURNUP_UPDATE_GOLDEN"):
        file.write_text(text)
    assert text == file.read_text()


def test_every_golden_file_has_a_case() -> None:
    assert {file.stem for file in FOLDER.glob("*.cfg")} == {case.name for case in GOLDEN}


@pytest.mark.parametrize("case", GOLDEN, ids=str)
def test_the_port_is_shut_first_and_opened_last(case: Case) -> None:
    intent = intent_for(case)
    first, second = (list(typed(phase)) for phase in (intent.phase1, intent.phase2))
    assert first[1] == Typed(first[0].section, "shutdown", child=True)
    assert "no shutdown" not in {line.text for line in first}
    assert second[-1].text == "no shutdown"


@pytest.mark.parametrize("case", [case for case in GOLDEN if case.bgp], ids=str)
def test_the_neighbour_is_made_safely(case: Case) -> None:
    """List before neighbour, remote-as first, shutdown second: an undefined list would permit everything."""
    texts = [line.text for line in typed(intent_for(case).phase1)]
    neighbour = [text for text in texts if text.startswith("neighbor ")]
    assert neighbour[0].endswith(" remote-as 64603")
    assert neighbour[1].endswith(" shutdown")
    lists = [place for place, text in enumerate(texts) if text.startswith("ip prefix-list ")]
    assert lists
    assert lists[-1] < texts.index(neighbour[0])


@pytest.mark.parametrize("case", GOLDEN, ids=str)
def test_no_secret_and_no_shutdown_is_left(case: Case) -> None:
    intent = intent_for(case)
    assert not [line for _, line in intent.lines if line == "shutdown" or line.endswith(" shutdown")]
    passwords = [line for _, line in intent.lines if " password " in line]
    assert all(line.endswith("password <secret:LVL3-MD5>") for line in passwords)
    assert len(passwords) == (1 if case.bgp else 0)
