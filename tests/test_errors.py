"""The exit codes of DESIGN rule 9, and that every error tells what to do."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import turnup
from turnup.errors import Clarification, ExitCode, TurnupError

TABLE = {
    "TurnupError": 1,
    "UsageError": 2,
    "InputError": 2,
    "Clarification": 2,
    "CouldNotRun": 3,
    "ParseError": 3,
    "CommandRefused": 3,
    "AnswerIncomplete": 3,
    "Unreachable": 5,
    "LoginRefused": 5,
    "HostKeyChanged": 5,
    "Refused": 6,
    "BackedOut": 7,
    "NeedsHuman": 8,
}


def every_error() -> list[type[TurnupError]]:
    for module in pkgutil.walk_packages(turnup.__path__[:1], "turnup."):
        if not module.name.startswith(("turnup.cli", "turnup.virtual", "turnup.store.migrations")):
            importlib.import_module(module.name)
    found, todo = [], [TurnupError]
    while todo:
        found.append(cls := todo.pop())
        todo.extend(cls.__subclasses__())
    return found


@pytest.mark.parametrize(("name", "code"), TABLE.items())
def test_exit_code(name: str, code: int) -> None:
    assert getattr(importlib.import_module("turnup.errors"), name).exit_code == code


def test_every_error_has_exit_code_and_advice() -> None:
    for cls in every_error():
        assert isinstance(cls.exit_code, ExitCode)
        assert cls.exit_code is not ExitCode.SATISFIED, f"{cls.__name__} would look like success"
        assert cls.advice.endswith((".", "!")), cls.__name__


def test_clarification_names_every_field() -> None:
    error = Clarification([("speed", "no such card"), ("layer3", "occupied")], where="o.xml:3")
    assert str(error) == "o.xml:3: speed: no such card; layer3: occupied"
