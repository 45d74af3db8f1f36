"""A PostgreSQL of our own for the tests: a throw-away cluster on a socket in a temporary folder, no TCP port.

The binaries are those of the distribution (Debian: `apt-get install postgresql`), or in TURNUP_POSTGRES_BIN.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest


def binaries() -> Path:
    """Where initdb and postgres are. Fails the test, with what to install, when they are nowhere."""
    told = [Path(os.environ["TURNUP_POSTGRES_BIN"])] if "TURNUP_POSTGRES_BIN" in os.environ else []
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    for folder in (*told, *known, *([Path(found).parent] if found else [])):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    pytest.fail("no PostgreSQL: the store is tested on it as well; install it (Debian: apt-get install postgresql)")


def account() -> str | None:
    """Whom the server runs as: postgres itself refuses root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.fail("root needs an account `postgres` or `nobody` to run PostgreSQL as")


@contextmanager
def cluster() -> Iterator[str]:
    """A running server; gives the URL up to the name of the database."""
    where, user = Path(mkdtemp(prefix="turnup-pg-", dir="/tmp")), account()
    try:
        if user:
            shutil.chown(where, user)
        bin_ = binaries()
        _run([bin_ / "initdb", "-D", where / "data", "-U", "turnup", "-A", "trust", "--no-sync", "-E", "UTF8"], user)
        options = f"-c listen_addresses='' -c unix_socket_directories={where} -c fsync=off -c max_connections=40"
        _run([bin_ / "pg_ctl", "-D", where / "data", "-l", where / "log", "-w", "-o", options, "start"], user)
        try:
            yield f"postgresql://turnup@/{{name}}?host={where}"
        finally:
            _run([bin_ / "pg_ctl", "-D", where / "data", "-w", "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(where, ignore_errors=True)


def _run(command: list[object], user: str | None) -> None:
    done = subprocess.run(
        [str(word) for word in command], user=user, capture_output=True, text=True, cwd="/", check=False
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        pytest.fail(f"{command[0]} failed")
