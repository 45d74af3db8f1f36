"""Killed at points of its loops, the exchange loses nothing and does nothing twice: the table, in part, on both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TABLE = Path(__file__).with_name("crash_table.py")


@pytest.mark.proof
@pytest.mark.parametrize("story", ["order", "noise"])
def test_killed_and_started_again(story: str, store_url: str) -> None:
    url = store_url if store_url.startswith("postgresql") else ""
    words = [sys.executable, str(TABLE), "--fast", "--story", story, *(["--store", url] if url else [])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TURNUP_")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = done.stdout.splitlines()
    assert len([row for row in rows if " before " in row]) >= 2
    assert rows[-1].endswith(" kills, 0 wrong")


def test_the_table_sees_what_is_lost(tmp_path: Path) -> None:
    """The same table over an exchange that forgets its answers: it must be red."""
    program = tmp_path / "spoiled.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(TABLE.parent)!r})\n"
        "import crash_table, turnup.exchange.office as office\n"
        "office.put = lambda *_: True\n"
        "sys.argv = ['x', '--fast', '--story', 'order']\n"
        "sys.exit(crash_table.main())\n"
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
