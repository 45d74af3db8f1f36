"""docs/exchange.md shows an example of every message, as the tests have it, and settings that are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from any_messages import EXAMPLES, HEADER

from turnup.exchange.settings import load_settings
from turnup.exchange.xml import message_xml
from turnup.model.messages import KINDS, Message

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parents[2] / "docs" / "exchange.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)


def blocks(kind: str) -> list[str]:
    return [found["text"] for found in BLOCK.finditer(PAGE.read_text()) if found["kind"] == kind]


def test_every_message_has_its_example() -> None:
    assert blocks("xml") == [message_xml(Message(HEADER, body)).decode().rstrip() + "\n" for body in EXAMPLES]
    assert re.findall(r"^### (\w+) ", PAGE.read_text(), re.M) == list(KINDS)


def test_the_settings_shown_are_read(tmp_path: Path) -> None:
    (shown,) = blocks("yaml")
    path = tmp_path / "exchange.yaml"
    path.write_text(shown)
    assert load_settings(path).partners.keys() == {"QWEST"}
