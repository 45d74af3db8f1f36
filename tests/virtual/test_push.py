"""Everything the renderer makes is taken without a word and shows as the intent says (the two ends of a push)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_orders import GOLDEN, SLOT, Case, card, every_card, intent_for
from virtual_estate import device

from turnup.render.intent import typed
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device
from turnup.virtual.passwords import encode7


def _router(case: Case) -> Device:
    fresh = device()
    return replace(fresh, cards={**fresh.cards, SLOT: card(case.card)})


def _type_all(mode: ConfigMode, lines: list[str]) -> list[str]:
    return [answer for line in lines if (answer := mode.line(line))]


@pytest.mark.parametrize("case", {str(case): case for case in (*GOLDEN, *every_card())}.values(), ids=str)
def test_every_service_is_taken_in_silence_and_shows_as_intended(case: Case) -> None:
    router, intent = _router(case), intent_for(case)
    before = set(router.configuration.pairs())
    lines = [str(line).replace("<secret:LVL3-MD5>", "s3cret") for line in typed((*intent.phase1, *intent.phase2))]
    assert _type_all(ConfigMode(router), lines) == []
    shown = {
        (section, text.replace(f"7 {encode7('s3cret')}", "<secret:LVL3-MD5>"))
        for section, text in set(router.configuration.pairs()) - before
    }
    expected = {pair for pair in intent.lines if pair not in before}
    assert {(s, t) for s, t in shown if not t.startswith("interface ")} == expected


def test_the_same_order_twice_changes_nothing() -> None:
    case = GOLDEN[0]
    router, intent = _router(case), intent_for(case)
    lines = [str(line) for line in typed((*intent.phase1, *intent.phase2))]
    _type_all(ConfigMode(router), lines)
    once = router.config.text()
    assert _type_all(ConfigMode(router), lines) == []
    assert router.config.text() == once


def _inverse(line: str) -> str:
    text = line.strip()
    return text.removeprefix("no ") if text.startswith("no ") else f"no {text}"


@pytest.mark.parametrize("case", {str(case): case for case in (*GOLDEN, *every_card())}.values(), ids=str)
def test_the_no_form_of_every_line_takes_it_away(case: Case) -> None:
    """Phase 1 typed, then the inverse of each line that shows, last first: the router is as before."""
    router, intent = _router(case), intent_for(case)
    before, known = router.config.text(), set(router.configuration.pairs())
    mode = ConfigMode(router)
    _type_all(mode, [str(line) for line in typed(intent.phase1)])
    for section, line in reversed(intent.lines):
        if (section, line) not in known and not line.startswith("interface "):
            said = _type_all(mode, [section, _inverse(line)] if section else [_inverse(line)])
            assert said in ([], ["% Specify remote-as or peer-group commands first\n"])
    for header in [header for header in router.config.sections() if "/0." in header]:
        assert mode.line(f"no {header}") == ""
    for line in ("no neighbor 10.10.3.2 shutdown", "no neighbor 10.10.3.2 remote-as 64603"):
        _type_all(mode, ["router bgp 64500", line])
    assert router.config.text() == before
