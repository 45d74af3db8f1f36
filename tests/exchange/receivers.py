"""Real servers that take mails and webhooks, as a process of its own: what they took is on the disk when they say so.

`python tests/exchange/receivers.py FOLDER` prints the two ports; every mail and every post that was taken becomes a
file there, named by its kind, its number of arrival and the message's number. It ends with its standard input.
"""

# ruff: noqa: E402 - it runs by itself, and finds the tests' servers first
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from mail_servers import mail_server, webhook_server


class Kept(list[Any]):
    """A list whose items are files as well."""

    def __init__(self, folder: Path, kind: str, name: Callable[[Any], str]) -> None:
        super().__init__()
        self.folder, self.kind, self.name = folder, kind, name

    def append(self, item: Any) -> None:
        super().append(item)
        with (self.folder / f"{self.kind}.{len(self):04}").open("w") as file:
            file.write(self.name(item))
            file.flush()
            os.fsync(file.fileno())


def mail_number(mail: Message) -> str:
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


def post_number(post: tuple[dict[str, str], bytes]) -> str:
    return {name.lower(): value for name, value in post[0].items()}["turnup-message-id"]


@dataclass(frozen=True)
class Receivers:
    """The servers' ports, and what they took."""

    folder: Path
    mail: int
    webhook: int

    def forget(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()

    def taken(self) -> Counter[str]:
        """How often each message was taken, by its number."""
        return Counter(path.read_text() for path in self.folder.iterdir())


@contextmanager
def receivers(folder: Path) -> Iterator[Receivers]:
    """The servers, running beside this process: nothing that is forked or killed here is theirs."""
    words = [sys.executable, __file__, str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        try:
            yield Receivers(folder, ports["mail"], ports["webhook"])
        finally:
            process.communicate("")


def main() -> None:
    folder = Path(sys.argv[1])
    with mail_server() as (mails, mail), webhook_server() as (hooks, webhook):
        mails.mails = Kept(folder, "mail", mail_number)
        hooks.posts = Kept(folder, "webhook", post_number)
        print(json.dumps({"mail": mail, "webhook": webhook}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
