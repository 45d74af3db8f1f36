"""The command line against virtual routers, as a person uses it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pop import Command, Ran, quick_inventory

from turnup import laboratory
from turnup.cli import main
from turnup.home import Home


@pytest.fixture
def turnup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `turnup ...` in a data folder of its own; the environment of the person who runs the tests is not seen."""
    for name in [name for name in os.environ if name.startswith("TURNUP_") and name != "TURNUP_RECORDINGS"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TURNUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["turnup", *map(str, words)])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return Ran(int(code) if isinstance(code, int) else 1 if code else 0, said.out, said.err)

    return run


@pytest.fixture
def pop(tmp_path: Path) -> Iterator[laboratory.Lab]:
    """Virtual routers for one test, in the data folder of `turnup`."""
    home = Home(tmp_path / "home")
    yield laboratory.up(home, quick_inventory(), with_parent=True)
    laboratory.down(home)


@pytest.fixture(scope="module")
def still_pop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[laboratory.Lab]:
    """Virtual routers for tests that must leave them as they are; whoever changes one breaks the next test."""
    home = Home(tmp_path_factory.mktemp("still") / "home")
    yield laboratory.up(home, quick_inventory(), with_parent=True)
    laboratory.down(home)
