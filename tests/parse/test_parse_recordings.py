"""Every real output of a router that we have a template for: read rightly, or refused loudly. None silently wrong.

The recordings lie outside the project: in the folder that TURNUP_RECORDINGS names, or in ../shared/recordings beside
the checkout. recordings/<folder of recordings>.toml is the reviewed table: for each file its rows with spot values of
the first and the last one, or the reason for its refusal. Its head names the platform whose templates read the folder,
the share that must be read (`wanted`), the facts behind each command ([facts]), and where they differ from COUNTED the
patterns ([counted]) by which rows are also counted a second way, plainly, without any template.

Many files carry what no session delivers: the echoed command, a prompt, a title, a common indentation. `session_text`
takes that away here; of it the product knows the command, the prompt, the frame and the indentation (parse/answer.py).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from turnup import errors, folder
from turnup.configuration import Configuration
from turnup.model.transcript import Answer, Ask
from turnup.parse import Parsed, parse
from turnup.parse.template import load
from turnup.platforms import Platform, Settings

HERE = Path(__file__).parent
RECORDINGS = Path(os.environ.get("TURNUP_RECORDINGS") or HERE.parents[2] / "shared" / "recordings")
TABLES: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text()) for path in sorted((HERE / "recordings").glob("*.toml"))
}
TABLE: list[dict[str, Any]] = [entry for table in TABLES.values() for entry in table["recording"]]

# How many rows a file of IOS holds, counted without a template; facts that are one row an answer are not listed.
COUNTED = {
    "access_list": r"^\s*(?:\d+ +)?(?:permit|deny)\b",
    "bgp_neighbor": r"^BGP neighbor is ",
    "bgp_summary": r"\s4\s+[\d.]+(?:\s+\d+){5}\s+\S+\s+\S",
    "clns_neighbor": r"^\S+ .*\b(?:Up|Init|Down)\b .*IS",
    "clns_protocol": r"IS-IS Router:",
    "controller_pos": r"^POS",
    "diagnosis": r"^SLOT",
    "directory": r"^\s*\d+\s+[d-][rwx-]{3}\s",
    "file_system": r"\s[rw][ow]\s+\S+:",
    "interface": r"line protocol is",
    "interface_brief": r"\s(?:YES|NO) ",
    "interface_description": r"^\S+\s+(?:admin )?(?:up|down)\s+(?:up|down)\b",
    "isis_neighbor": r"\sL[12]\s.*\b(?:UP|DOWN|INIT|NONE)\b",
    "line": r"\d\s+(?:CTY|TTY|AUX|VTY)\s",
    "memory": r"^\s*\S.*\s[0-9A-F]{6,}(?:\s+\d+){5}\s*$",
    "process_memory": r"Pool Total:",
    "slot": r"^Slot",
    "tacacs_server": r"^Tacacs\+ Server",
    "user": r"\b(?:con|aux|vty|tty) \d+",
}
# What a template of JSON says in the fact's words: megabits as kilobits, `"level": 2` as L2.
IN_OTHER_WORDS = frozenset({"bandwidth_kbit", "encapsulation", "link", "status", "type"})
MNEMONIC = re.compile(r"%[A-Z0-9_+]+(?:-[A-Z0-9_+]+)*-[0-7]-[A-Z0-9_]+:")

# A prompt (with or without a command behind it), an echoed command, the frame that a test tool draws around an answer.
_NOT_SAID = re.compile(
    r"(?:RP/\d+/\w+/CPU\d+:)?[A-Za-z][\w.-]*[#>] ?(?:sho?w? .*|dir .*)?|# ?show .*|(?:show|dir|ping) [\w :|/.-]+"
    r"|\$ ping .*|.*\+\+\+ .* \+\+\+.*|=+|Show Tacacs"
)


def session_text(text: str) -> str:
    """The file as a session would have delivered it."""
    return dedent("\n".join("" if _NOT_SAID.fullmatch(line.strip()) else line for line in text.split("\n")))


def recorded() -> list[tuple[str, str]]:
    """(file, fact) of every recording that a template of ours reads."""
    return [
        (str(path.relative_to(RECORDINGS)), fact)
        for folder_of_recordings, table in TABLES.items()
        for path in sorted((RECORDINGS / folder_of_recordings).glob("*/*.txt"))
        for fact in table["facts"].get(path.parent.name, ())
    ]


def platform_of(file: str) -> Platform:
    """The platform whose templates read this file."""
    name = TABLES[file.partition("/")[0]]["platform"]
    return Platform(name, folder("templates") / name, Settings(name))


def counted(file: str, fact: str, text: str) -> int:
    """How many rows there must be."""
    patterns = COUNTED | TABLES[file.partition("/")[0]].get("counted", {})
    if fact == "running_config" and fact not in patterns:
        reading = platform_of(file).reading
        return len(Configuration.read(text, reading.plain if reading else None).lines)
    lines = text.split("\n")
    return sum(bool(re.search(patterns[fact], line)) for line in lines) if fact in patterns else 1


def plain(value: object) -> object:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int) else str(value)


def parsed(file: str, fact: str) -> Parsed:
    text = session_text((RECORDINGS / file).read_text())
    return parse(platform_of(file), Ask(fact), Answer("", text, datetime(2026, 1, 1, tzinfo=UTC)))


def read(file: str, fact: str) -> tuple[object, ...]:
    return parsed(file, fact).rows


def not_said(file: str, fact: str, row: object, here: str, anywhere: str) -> list[str]:
    """Fields whose value does not stand in the row's own lines; one carried down or up, in the answer."""
    template = load(platform_of(file).home / "parse" / f"{fact}.textfsm")
    carried = template.options["Filldown"] | template.options["Fillup"]
    said_otherwise = frozenset(template.words)
    if anywhere.lstrip()[:1] == "{":
        carried, said_otherwise = frozenset(vars(row)), IN_OTHER_WORDS
    return [
        name
        for name, value in vars(row).items()
        if value not in (None, "", ()) and not isinstance(value, bool) and name not in said_otherwise
        for word in (value if isinstance(value, tuple) else str(value).split("\n"))
        if not re.search(rf"(?<!\d)0*{re.escape(word)}", anywhere if name in carried else here)
    ]


def test_the_table_has_each_file_once_and_reads_nearly_all() -> None:
    named = Counter((entry["file"], entry["fact"]) for entry in TABLE)
    assert max(named.values()) == 1
    for name, table in TABLES.items():
        assert all(entry["file"].startswith(f"{name}/") for entry in table["recording"])
        # A file counts as read when its first fact is: messages may stand without the header of `show logging`.
        known = [entry for entry in table["recording"] if entry["fact"] != "log_header"]
        assert sum("rows" in entry for entry in known) / len(known) >= table["wanted"]


if RECORDINGS.is_dir():

    def test_the_table_names_every_recording() -> None:
        assert {(entry["file"], entry["fact"]) for entry in TABLE} == set(recorded())

    @pytest.mark.parametrize("entry", TABLE, ids=lambda entry: f"{entry['file']}-{entry['fact']}")
    def test_a_recording_is_read_rightly_or_refused_loudly(entry: dict[str, Any]) -> None:
        file, fact = entry["file"], entry["fact"]
        if "refused" in entry:
            with pytest.raises(getattr(errors, entry["refused"])) as caught:
                read(file, fact)
            assert entry["says"] in str(caught.value)
            assert entry["why"]
            return
        rows = read(file, fact)
        assert len(rows) == entry["rows"]
        for row, spots in zip((rows[:1] + rows[-1:]), (entry.get("first", {}), entry.get("last", {})), strict=False):
            assert {name: plain(getattr(row, name)) for name in spots} == spots

    @pytest.mark.parametrize(
        "entry",
        [entry for entry in TABLE if entry.get("rows")],
        ids=lambda entry: f"{entry['file']}-{entry['fact']}",
    )
    def test_as_many_rows_as_a_plain_count_finds(entry: dict[str, Any]) -> None:
        file, fact = entry["file"], entry["fact"]
        rows = read(file, fact)
        text = session_text((RECORDINGS / file).read_text())
        if fact == "log_message":
            with_mnemonic = [row for row in rows if getattr(row, "mnemonic", None)]
            pattern = TABLES[file.partition("/")[0]].get("counted", {}).get("log_message", MNEMONIC)
            assert len(with_mnemonic) == len(re.findall(pattern, text))
        else:
            assert len(rows) == counted(file, fact, text)

    @pytest.mark.parametrize(
        "entry",
        [entry for entry in TABLE if entry.get("rows") and entry["fact"] != "ping"],
        ids=lambda entry: f"{entry['file']}-{entry['fact']}",
    )
    def test_every_value_stands_where_the_row_says(entry: dict[str, Any]) -> None:
        file, fact = entry["file"], entry["fact"]
        lines = session_text((RECORDINGS / file).read_text()).split("\n")
        found = parsed(file, fact)
        for row, (first, last) in zip(found.rows, found.places, strict=True):
            assert not_said(file, fact, row, "\n".join(lines[first - 1 : last]), "\n".join(lines)) == []
