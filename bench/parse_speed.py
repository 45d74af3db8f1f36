"""Our parsers against ntc-templates on the same real outputs: time, and rows silently lost by each.

The texts are the recordings that both read without an error (TURNUP_RECORDINGS, or ../shared/recordings beside the
checkout). How many rows a text holds is what the reviewed table of tests/parse/recordings says.
"""

from __future__ import annotations

import importlib
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from turnup.errors import TurnupError
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse

RUNS, TARGET = 7, 2.5
AT = datetime(2026, 1, 1, tzinfo=UTC)
TESTS = Path(__file__).resolve().parents[1] / "tests" / "parse"
# Commands that both tell with one row for the same thing. ntc-templates keeps lists in one row for the others.
ONE_TO_ONE = {
    "access_list",
    "bgp_neighbor",
    "bgp_summary",
    "directory",
    "file_system",
    "interface",
    "interface_brief",
    "interface_description",
    "isis_neighbor",
    "log_message",
    "tacacs_server",
    "user",
}
NAMES = {"ios12s": "cisco_ios", "ios": "cisco_ios", "iosxe": "cisco_ios", "iosxr": "cisco_xr"}


class Text:
    """One recording: its text, what the table says of it, and how both parsers are called."""

    def __init__(self, table: Any, entry: dict[str, Any], parse_output: Callable[..., Any]) -> None:
        file = entry["file"]
        self.fact, self.file = entry["fact"], file
        self.folder, command = file.split("/")[:2]
        self.text = table.session_text((table.RECORDINGS / file).read_text())
        self.said = _said(entry, self.text, table)
        self.platform, self.ask, self.answer = table.platform_of(file), Ask(self.fact), Answer("", self.text, AT)
        self.command, self.name = command.replace("_", " "), NAMES[self.folder]
        self.parse_output = parse_output

    def ours(self) -> int:
        """Rows by us. Raises TurnupError for a refusal."""
        return len(parse(self.platform, self.ask, self.answer).rows)

    def theirs(self) -> int:
        """Rows by ntc-templates, which raises whatever it raises."""
        return len(self.parse_output(platform=self.name, command=self.command, data=self.text))


def _said(entry: dict[str, Any], text: str, table: Any) -> int:
    """Rows that the text holds: by the reviewed table, or for a refused text by the plain count."""
    if entry["fact"] == "log_message":
        return len(table.MNEMONIC.findall(text))
    return int(entry["rows"] if "rows" in entry else table.counted(entry["file"], entry["fact"], text))


def tried(call: Callable[[], int]) -> int | None:
    """Rows, or None for a loud refusal."""
    try:
        return call()
    except TurnupError:
        return None
    except Exception:  # noqa: BLE001 - whatever the other parser raises is its way to refuse
        return None


def seconds(calls: list[Callable[[], int]]) -> float:
    """Wall time of all calls, one after the other."""
    begun = time.perf_counter()
    for call in calls:
        call()
    return time.perf_counter() - begun


def compare_time(both: list[Text]) -> bool:
    """Medians over the same texts, in turns."""
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(seconds([text.ours for text in both]))
        theirs.append(seconds([text.theirs for text in both]))
    mine, other = statistics.median(ours), statistics.median(theirs)
    lines = sum(text.text.count("\n") for text in both)
    print(f"{len(both)} texts, {lines} lines, read by both without an error; medians of {RUNS} runs in turns")
    print(f"ours                       {mine * 1000:8.1f} ms ({min(ours) * 1000:.1f}-{max(ours) * 1000:.1f})")
    print(f"ntc_templates.parse_output {other * 1000:8.1f} ms ({min(theirs) * 1000:.1f}-{max(theirs) * 1000:.1f})")
    good = other / mine >= TARGET
    print(f"ratio {other / mine:.1f} (target at least {TARGET})  {'ok' if good else 'MISSED'}")
    return good


def compare_rows(texts: list[Text]) -> None:
    """Rows held, given and refused by each, where a row is the same thing to both."""
    table: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
    for text in texts:
        if text.fact not in ONE_TO_ONE:
            continue
        counts = [1, text.said, *_missed(text.said, text.ours), *_missed(text.said, text.theirs)]
        for name in (f"{text.folder} {text.fact}", "~ all"):
            table[name] = [a + b for a, b in zip(table[name], counts, strict=True)]
    print(f"\n{'':34s} files  rows | ours refused, lost | ntc refused, lost without a word")
    for name, (files, rows, *rest) in sorted(table.items()):
        print(f"{name:34s} {files:5d} {rows:5d} | {rest[0]:12d} {rest[1]:5d} | {rest[2]:11d} {rest[3]:5d}")


def _missed(said: int, call: Callable[[], int]) -> tuple[int, int]:
    """Files refused (1 or 0) and rows lost without a word."""
    found = tried(call)
    return (1, 0) if found is None else (0, max(0, said - found))


def main() -> int:
    """Print both tables."""
    parse_output = importlib.import_module("ntc_templates.parse").parse_output
    sys.path.insert(0, str(TESTS))
    table = importlib.import_module("test_parse_recordings")
    if not table.RECORDINGS.is_dir():
        print("no recordings here: set TURNUP_RECORDINGS")
        return 0
    texts = [
        Text(table, entry, parse_output)
        for entry in table.TABLE
        if entry["file"].split("/")[0] in NAMES and entry["fact"] != "log_header"
    ]
    texts = [text for text in texts if table.platform_of(text.file).parser(text.fact)]
    print(f"load average {os.getloadavg()[0]:.1f}")
    good = compare_time([text for text in texts if tried(text.ours) is not None and tried(text.theirs)])
    compare_rows(texts)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
