"""Look at a console through its console server: press Enter and see what it asks. Never logs in (Schedule 2 (iv))."""

from __future__ import annotations

import re
import socket
import time

from turnup.connect.screen import decoded, lines_of
from turnup.connect.telnet import Telnet
from turnup.connect.wire import ConnectionLost
from turnup.errors import UsageError

# A console that said something and then this long nothing has said what it has to say.
SETTLED = 0.5
_KINDS = (
    ("username", re.compile(r"(?:user ?name|login):\s*$", re.IGNORECASE)),
    ("password", re.compile(r"pass(?:word|code):\s*$", re.IGNORECASE)),
    ("exec", re.compile(r"^[A-Za-z][\w.-]*(?:\([\w-]+\))?[>#]\s*$")),
)
_HOST = (
    re.compile(r"^([A-Za-z][\w.-]*) con\d+ is now available", re.MULTILINE),
    re.compile(r"^([A-Za-z][\w.-]*)(?:\([\w-]+\))?[>#]\s*\Z", re.MULTILINE),
)
_NOT_TEXT = re.compile(r"[^ -~]")


def look_at_console(server: str, seconds: float) -> tuple[str, str]:
    """(text, failure): the text templates/noc/parse/console_prompt.textfsm reads, or why the console was not reached.

    `server` is `host:port` of the console server's line. Two Enters at most are all that is typed.
    """
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        raise UsageError(f"console {server!r} is written host:port")
    try:
        with socket.create_connection((host, int(port)), timeout=seconds) as connected:
            heard = _listen(Telnet(connected), seconds)
    except OSError as error:
        return "", f"console server {server} was not reached: {error}"
    return _text(server, heard), ""


def _listen(stream: Telnet, seconds: float) -> str:
    heard = bytearray()
    until = time.monotonic() + seconds
    enters = 2
    try:
        stream.write(b"\r")
        while (left := until - time.monotonic()) > 0:
            if data := stream.read(min(SETTLED, left)):
                heard += data
            elif _kind(decoded(heard)) != "silent":
                break
            elif enters > 1:  # the first one only woke it: "Press RETURN to get started"
                enters -= 1
                stream.write(b"\r")
    except ConnectionLost:
        pass  # what was said before is what the console says
    return decoded(heard)


def _kind(text: str) -> str:
    last = _last(text)
    return next((kind for kind, pattern in _KINDS if pattern.search(last)), "silent")


def _last(text: str) -> str:
    return next((line.strip() for line in reversed(lines_of(text)) if line.strip()), "")


def _text(server: str, heard: str) -> str:
    named = next((found[1] for pattern in _HOST if (found := pattern.search(heard.replace("\r", "")))), "")
    lines = [f";; console {server} said"]
    lines += [f"| {_NOT_TEXT.sub('.', line.strip())}".rstrip() for line in lines_of(heard.strip())]
    lines += [";; which means", f"server {server}", f"kind {_kind(heard)}"]
    lines += [f"hostname {named}" if named else "hostname not shown"]
    return "\n".join([*lines, f"shown {_NOT_TEXT.sub('.', _last(heard))}".rstrip()])
