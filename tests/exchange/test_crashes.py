"""Killed at points of its loops, the exchange loses nothing and does nothing twice: the table, in part, on both."""

from __future__ import annotations

import os
import signal
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


def test_a_step_that_fails_is_died_at_as_well(tmp_path: Path) -> None:
    """Living on would be taken for the story's end: every later step would go untried."""
    program = tmp_path / "failing.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(TABLE.parent)!r})\n"
        "from dying import Death\n"
        "try:\n    Death(1, after=True).step('it fails', lambda: {}['no'])\n"
        "except KeyError:\n    pass\n"
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


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


@pytest.mark.proof
def test_mails_and_webhooks_are_taken_once_or_say_that_they_may_have_been_twice(tmp_path: Path) -> None:
    """Every word to and from a real server on the loopback, in part; and the table sees a proof that hides it."""
    words = [sys.executable, str(TABLE), "--fast", "--story", "mail", "--story", "webhook"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "again under one number, said so" in done.stdout
    program = tmp_path / "silent.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(TABLE.parent)!r})\n"
        "import crash_table, turnup.exchange.outbox as outbox\n"
        "outbox.UNCERTAIN = 'never said'\n"
        "sys.argv = ['x', '--fast', '--story', 'mail']\n"
        "sys.exit(crash_table.main())\n"
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "and its proof does not say so" in done.stdout
