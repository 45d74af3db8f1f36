"""Routers to talk to, in a process of their own, and sessions with them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from turnup.connect import Address, Credentials, open_session
from turnup.platforms import Platform, platform

HERE = Path(__file__).parent
ACCOUNT = Credentials("noc", "pass-word-1", "enable-word-1")
Ports = dict[str, dict[str, int]]


@pytest.fixture(scope="session")
def targets() -> Iterator[Ports]:
    with subprocess.Popen(
        [sys.executable, str(HERE / "target.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        yield json.loads(process.stdout.readline())
        process.stdin.close()


@pytest.fixture(scope="session")
def target() -> Any:
    """The target's own texts, to compare answers with."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("connect_target", HERE / "target.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def ios() -> Platform:
    """The platform with a patience that a loaded machine does not wear out."""
    return patient("ios", 30.0)


@pytest.fixture
def hasty() -> Platform:
    """The platform with a short patience, so that hanging routers are noticed within a test."""
    return patient("ios", 2.0)


def patient(name: str, seconds: float) -> Platform:
    """The platform that waits so long for an answer."""
    known = platform(name)
    return replace(known, settings=replace(known.settings, read_timeout=seconds, config_timeout=seconds))


@pytest.fixture
def session_to(targets: Ports, ios: Platform, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens sessions with a target by its name; closes them after the test."""
    opened = []

    def open_(name: str, transport: str = "ssh", **options: Any) -> Any:
        given: dict[str, Any] = {"known_hosts": tmp_path / "known_hosts", "accept_new": True, **options}
        port = targets[name]["ssh" if transport == "ssh" else "telnet"]
        session = open_session(
            Address(name, "127.0.0.1", port, transport),
            given.pop("platform", ios),
            given.pop("credentials", ACCOUNT),
            given.pop("redact", str),
            **given,
        )
        opened.append(session)
        return session

    yield open_
    for session in opened:
        session.close()
