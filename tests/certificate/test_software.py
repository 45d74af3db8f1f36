"""Digests of the content that decides a verdict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from turnup.certificate import folder_digest, software_versions


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "ios").mkdir()
    (tmp_path / "ios" / "version.textfsm").write_text("Value A (x)")
    (tmp_path / "note.txt").write_text("y")
    return tmp_path


def test_it_changes_with_any_byte_or_name(content: Path) -> None:
    before = folder_digest(content)
    assert re.fullmatch(r"[0-9a-f]{64}", before)
    (content / "note.txt").write_text("z")
    changed = folder_digest(content)
    (content / "note.txt").write_text("y")
    assert folder_digest(content) == before != changed
    (content / "note.txt").rename(content / "note.md")
    assert folder_digest(content) not in (before, changed)


def test_compiled_and_hidden_files_do_not_count(content: Path) -> None:
    before = folder_digest(content)
    (content / "__pycache__").mkdir()
    (content / "__pycache__" / "x.pyc").write_text("x")
    (content / ".swp").write_text("x")
    assert folder_digest(content) == before


def test_versions_of_this_copy() -> None:
    software = software_versions("ios")
    assert software.platform == "ios"
    assert software.turnup
    assert re.fullmatch(r"3\.\d+\.\d+\S*", software.python)
    assert software == software_versions("ios")
