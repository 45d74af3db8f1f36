"""The installation's fingerprint key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from turnup.errors import InputError
from turnup.evidence.key import VARIABLE, fingerprint_key


def test_it_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = fingerprint_key(folder, {})
    assert len(key) == 32
    assert fingerprint_key(folder, {}) == key
    assert (folder / "fingerprint.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["fingerprint.key"]
    assert fingerprint_key(tmp_path / "other", {}) != key


def test_runs_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: fingerprint_key(tmp_path, {}), range(16)))) == 1


def test_the_variable_comes_first(tmp_path: Path) -> None:
    assert fingerprint_key(tmp_path, {VARIABLE: "ab" * 32}) == bytes.fromhex("ab" * 32)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "ab" * 15, "not hexadecimal at all, but long enough"])
def test_an_unusable_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="hexadecimal"):
        fingerprint_key(tmp_path, {VARIABLE: text})
    path = tmp_path / "fingerprint.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(InputError, match="hexadecimal") as caught:
        fingerprint_key(tmp_path, {})
    assert str(path) in str(caught.value)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    fingerprint_key(tmp_path, {})
    (tmp_path / "fingerprint.key").chmod(0o644)
    with pytest.raises(InputError, match="others may read") as caught:
        fingerprint_key(tmp_path, {})
    assert "chmod 600" in caught.value.advice
