"""Who may import whom (DESIGN: arrows). Broken arrows are shown with file and line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

TOP = Path(__file__).parents[1]
ENGINE = TOP / "src" / "turnup"
CONTENT = ("acceptance", "tasks")

# room -> rooms of ours it may import. A room is a module or package right below src/turnup.
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "durable": set(),
    "facts": set(),
    "home": set(),
    "model": {"errors"},
    "configuration": {"errors"},
    "load": {"errors", "model"},
    "reading": {"errors", "load", "configuration"},
    "platforms": {"errors", "model", "load", "reading"},
    "render": {"errors", "model", "load", "platforms"},
    "parse": {"errors", "model", "platforms", "facts"},
    "secrets": {"errors", "home"},
    "equipment": {"errors", "model", "load", "platforms", "configuration", "checks", "facts"},
    "order": {"durable", "errors", "model", "load", "equipment", "configuration", "home"},
    "store": {"errors", "model", "order", "home"},
    "desk": {"errors", "model", "order", "store", "noc", "change", "certificate", "evidence"},
    "exchange": {"durable", "errors", "model", "load", "order", "store", "desk", "noc", "certificate", "job"}
    | {"repair", "performance"},
    "performance": {"errors", "model", "order", "store"},
    "mgs": {"errors", "model", "load", "store", "performance"},
    "connect": {"durable", "errors", "model", "platforms", "load", "home"},
    "change": {
        "durable",
        "errors",
        "model",
        "load",
        "platforms",
        "render",
        "connect",
        "configuration",
        "home",
        "store",
    },
    "checks": {"errors", "model", "load", "configuration", "facts"},
    "judge": {"errors", "model", "load", "checks", "parse", "platforms", "facts", "configuration"},
    "rules": {"errors", "model", "checks", "facts", "configuration"},
    "evidence": {"durable", "errors", "model", "secrets", "home"},
    "certificate": {"errors", "model", "evidence", "load", "facts", "checks"},
    "sensitivity": {"errors", "model", "load", "checks", "judge"},
    "why": {"errors", "model", "load"},
    "attestation": {"durable", "errors", "model", "load"},
    "signing": {"durable", "evidence", "errors", "model", "load", "secrets", "certificate"},
    "report": {"errors", "model", "certificate"},
    "runner": {"errors", "load"},
    "noc": {"errors", "model", "platforms", "configuration", "render", "change", "connect", "equipment", "evidence"}
    | {"order", "secrets", "home", "store"},
    "certify": {
        "attestation",
        "errors",
        "model",
        "platforms",
        "facts",
        "checks",
        "judge",
        "equipment",
        "evidence",
        "certificate",
        "sensitivity",
        "why",
        "noc",
    },
    "rejudge": {"errors", "model", "platforms", "checks", "judge", "evidence", "certificate", "sensitivity"}
    | {"noc", "certify"},
    "reissue": {"errors", "model", "attestation", "certificate", "certify", "noc"},
    "discover": {"errors", "model", "platforms", "facts", "judge", "connect", "equipment", "noc"},
    "bookkeeping": {"errors", "model", "change", "order", "noc"},
    "carry": {"errors", "model", "change", "order", "noc", "bookkeeping"},
    "undertake": {"errors", "model", "change", "order", "noc", "certify", "runner", "carry", "desk", "bookkeeping"},
    "job": {"errors", "model", "load", "configuration", "change", "equipment", "order", "noc", "certify", "runner"}
    | {"carry", "undertake", "desk", "bookkeeping", "evidence"},
    "service": {"errors", "model", "change", "order", "noc", "job", "bookkeeping"},
    "moving": {"errors", "model", "load", "configuration", "change", "equipment", "noc", "job", "service"},
    "drift": {"errors", "model", "configuration", "change", "render", "noc", "certify", "runner"},
    "pytest_plugin": {"errors", "home", "model", "load", "platforms", "checks", "judge", "equipment", "certificate"}
    | {"report", "noc", "certify", "job", "laboratory", "secrets"},
    "record": {"errors", "model", "load", "platforms", "parse", "facts", "judge", "evidence", "noc", "certify", "job"},
    "repair": {
        "durable",
        "errors",
        "model",
        "load",
        "equipment",
        "order",
        "store",
        "desk",
        "noc",
        "certificate",
        "certify",
    }
    | {"runner"},
    "safekeeping": {
        "errors",
        "load",
        "order",
        "store",
        "desk",
        "noc",
        "change",
        "certificate",
        "attestation",
        "repair",
    },
    "laboratory": {"durable", "errors", "home"},
    "pop_lab": {"durable", "errors", "home", "laboratory"},
    "virtual": {"durable", "errors", "model", "load", "equipment", "platforms", "configuration", "secrets", "home"},
}
# third-party packages that only some rooms may load
FENCED = {
    "netmiko": {"connect"},
    "paramiko": {"connect"},
    "napalm": {"connect"},
    "nornir": {"equipment", "runner", "connect", "tasks"},
    "asyncssh": {"virtual"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "hier_config": {"change"},
    "httpx": {"exchange"},
}


def imports(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write imports in full"
            if node.module == "turnup":
                yield from ((node.lineno, f"turnup.{alias.name}") for alias in node.names if alias.name != "folder")
            else:
                yield node.lineno, node.module or ""


def room_of(file: Path) -> str:
    for content in CONTENT:
        if file.is_relative_to(TOP / content):
            return content
    first = file.relative_to(ENGINE).parts[0]
    return first.removesuffix(".py")


def broken(file: Path, room: str) -> Iterator[str]:
    for line, name in imports(file):
        parts = name.split(".")
        here = f"{file.name}:{line}: {room} imports {name}"
        if parts[0] in FENCED and room not in FENCED[parts[0]]:
            yield here
        if parts[0] != "turnup" or len(parts) < 2:
            continue
        if parts[1] in CONTENT:
            yield f"{here}: content is found by folder, never imported by name"
        if parts[1] == room:
            continue
        if room == "acceptance" and parts[1] in {"connect", "change", "runner", "cli", "virtual"}:
            yield f"{here}: a test never connects"
        if parts[1] == "virtual" or (parts[1] == "cli" and room not in {"cli", "__main__"}):
            yield here
        if room in ARROWS and parts[1] not in ARROWS[room]:
            yield here


FILES = sorted(
    file
    for folder in (ENGINE, *(TOP / content for content in CONTENT))
    for file in folder.rglob("*.py")
    if file != ENGINE / "__init__.py"
)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(TOP)))
def test_arrows(file: Path) -> None:
    assert not list(broken(file, room_of(file)))


def test_every_room_has_its_arrows() -> None:
    rooms = {room_of(file) for file in FILES} - set(CONTENT) - {"cli", "__main__"}
    assert rooms <= set(ARROWS), f"rooms without a rule: {rooms - set(ARROWS)}"


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("acceptance", "from turnup.connect import collect"),
        ("acceptance", "from turnup.acceptance import dns"),
        ("parse", "import netmiko"),
        ("model", "from turnup.load.strict import build"),
        ("order", "import turnup.virtual.shell"),
    ],
)
def test_a_broken_arrow_is_seen(room: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(text)
    assert list(broken(file, room))
