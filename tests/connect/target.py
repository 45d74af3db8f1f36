"""A router to talk to in tests: an IOS-like command line over SSH and telnet that misbehaves as told.

Run as a process of its own; prints one JSON line {"router": {"ssh": port, "telnet": port}, ...} and serves until its
standard input closes. Every router of ROUTERS listens at once, each with its own behaviour.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import asyncssh

USER, PASSWORD, ENABLE = "noc", "pass-word-1", "enable-word-1"
SYSLOG = "*Mar  1 00:01:02.003: %LINK-3-UPDOWN: Interface Serial5/1, changed state to down"
DESCRIPTIONS = "\n".join(
    ["Interface                      Status         Protocol Description"]
    + [f"Se5/{n}                          up             up       to gsr1#{n} and gsr1#" for n in range(60)]
    + ["gsr1#", "gsr1#show clock", "Se6/0                          up             up       end"]
)
BIG = "\n".join(f"line {n:04d} of a long answer with gsr1# inside" for n in range(1500))
SHOWS = {
    "show clock": "*11:02:03.004 UTC Thu Mar 1 2001",
    "show version": "Cisco Internetwork Operating System Software\nIOS (tm) GS Software\n\ngsr1 uptime is 1 week",
    "show interfaces description": DESCRIPTIONS,
    "show running-config": BIG + "\nend",
    "show logging": f"Syslog logging: enabled\n\nLog Buffer (16384 bytes):\n\n{SYSLOG}\n{SYSLOG}",
    "show empty": "",
    **{f"show thing {n}": f"thing {n}\n" * n for n in range(40)},
}
PING = """Type escape sequence to abort.
Sending {count}, {size}-byte ICMP Echos to {address}, timeout is 2 seconds:
Packet sent with a source address of {source}
Packet sent with the DF bit set
{replies}
Success rate is 100 percent ({count}/{count}), round-trip min/avg/max = 1/2/4 ms"""
QUESTIONS = (
    ("Protocol [ip]: ", ""),
    ("Target IP address: ", "address"),
    ("Repeat count [5]: ", "count"),
    ("Datagram size [100]: ", "size"),
    ("Timeout in seconds [2]: ", ""),
    ("Extended commands [n]: ", ""),
    ("Source address or interface: ", "source"),
    ("Type of service [0]: ", ""),
    ("Set DF bit in IP header? [no]: ", ""),
    ("Validate reply data? [no]: ", ""),
    ("Data pattern [0xABCD]: ", ""),
    ("Loose, Strict, Record, Timestamp, Verbose[none]: ", ""),
    ("Sweep range of sizes [n]: ", ""),
)

TELNET_COMMAND = re.compile(rb"\xff(?:[\xfb-\xfe].|[\xf0-\xfa])", re.DOTALL)


@dataclass(frozen=True)
class Behaviour:
    """How a router behaves. Patterns are matched against the whole command."""

    host: str = "gsr1"
    banner: str = "\nAuthorized access only. This is gsr1#\n"
    user_mode: bool = False
    no_secret_accepted: bool = False
    think: float = 0.0  # seconds per command
    chunk: int = 0  # bytes per dribble
    gap: float = 0.0
    typeahead: int = 0  # bytes of input kept while busy; the rest is lost
    hang: str = ""
    drop: str = ""
    reset: bool = False  # dropping throws away what is under way
    syslog_between_lines: str = ""
    syslog_inside_line: str = ""
    syslog_before_echo: str = ""
    always: bool = False  # interleave every time, not only the first
    wrong_prompt_after: str = ""
    refuse: str = ""
    width: int = 0  # wrap what is typed at this column
    scroll: bool = False  # or scroll it sideways
    confirm_save: bool = False
    deaf: bool = False  # input that comes before the first prompt is lost
    login: bool = True  # telnet asks for a login
    silent_mode_change: str = ""
    glued: str = ""  # answers that do not end their last line


ROUTERS: dict[str, Behaviour] = {
    "plain": Behaviour(),
    "dribble": Behaviour(chunk=1000, gap=0.01),
    "small-buffer": Behaviour(think=0.02, typeahead=48),
    "buffer-160": Behaviour(think=0.01, typeahead=160),
    "user-mode": Behaviour(user_mode=True),
    "no-enable": Behaviour(user_mode=True, no_secret_accepted=True),
    "pages": Behaviour(refuse="terminal length.*"),
    "hangs": Behaviour(hang="show thing 3"),
    "drops": Behaviour(drop="show thing 5"),
    "resets": Behaviour(drop="show thing 5", reset=True),
    "log-between": Behaviour(syslog_between_lines="show thing .*"),
    "log-between-always": Behaviour(syslog_between_lines="show thing 7", always=True),
    "log-inside": Behaviour(syslog_inside_line="show thing 7"),
    "log-inside-always": Behaviour(syslog_inside_line="show thing 7", always=True),
    "log-before": Behaviour(syslog_before_echo="show thing 2|interface .*"),
    "wrong-prompt": Behaviour(wrong_prompt_after="show thing 4"),
    "wraps": Behaviour(width=30, refuse="terminal width.*"),
    "scrolls": Behaviour(width=30, scroll=True),
    "asks": Behaviour(confirm_save=True),
    "deaf": Behaviour(deaf=True),
    "strays": Behaviour(silent_mode_change="no such command.*"),
    "config-drops": Behaviour(drop="description two"),
    "config-hangs": Behaviour(hang="description two"),
    "glued": Behaviour(glued="thing 2"),
    "long-name": Behaviour(host="nyc-hud-gsr1-a-very-long-name"),
}


@dataclass
class Cli:
    """One session's command line; bytes in by `feed`, bytes out by `write`."""

    behaviour: Behaviour
    write: Callable[[bytes], None]
    hang_up: Callable[[], None]
    mode: str = ""
    privileged: bool = True
    line: str = ""
    waiting: bytearray = field(default_factory=bytearray)
    busy: bool = True
    length: int = 24
    ask: Callable[[str], None] | None = None
    quiet: bool = False
    once: set[str] = field(default_factory=set)
    hostname: str = ""
    more: list[str] = field(default_factory=list)
    gone: bool = False
    view: str = ""

    def begin(self) -> None:
        self.hostname = self.behaviour.host
        self.privileged = not self.behaviour.user_mode
        self.say(self.behaviour.banner)
        if self.behaviour.deaf:
            asyncio.get_running_loop().call_later(0.2, self.listen)
        else:
            self.ready()

    def listen(self) -> None:
        self.waiting.clear()
        self.ready()

    # input -------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        limit = self.behaviour.typeahead
        if self.busy and limit:
            data = data[: max(0, limit - len(self.waiting))]
        self.waiting += data
        self.pump()

    def pump(self) -> None:
        while self.waiting and not self.busy and not self.gone:
            char = chr(self.waiting.pop(0))
            if self.more:
                self.page(char)
            elif char in "\r\n":
                if char == "\r" and self.waiting[:1] == b"\n":
                    self.waiting.pop(0)
                self.out("\r\n")
                line, self.line = self.line.strip(), ""
                self.enter(line)
            elif char == "\x03":
                self.line, self.ask, self.quiet = "", None, False
                self.out("\r\n")
                self.ready()
            else:
                self.typed(char)

    def typed(self, char: str) -> None:
        coming = char + bytes(self.waiting).split(b"\n")[0].decode().strip()
        if not self.line and self.now(self.behaviour.syslog_before_echo, coming):
            self.out(f"\r\n{SYSLOG}\r\n")
        self.line += char
        if self.quiet:
            return
        width = self.behaviour.width
        column = len(self.prompt()) + len(self.line)
        if width and self.behaviour.scroll and not self.ask:
            self.scroll(char, width - len(self.prompt()))
        else:
            self.out(char + ("\r\n" if width and column % width == 0 else ""))

    def scroll(self, char: str, room: int) -> None:
        """As IOS does: back to the prompt, `$`, the end of the line, blanks over what is left."""
        self.view = (self.view if len(self.line) > 1 else "") + char
        self.out(char)
        if len(self.view) >= room:
            before, self.view = self.view, "$" + self.line[-10:]
            blanks = len(before) - len(self.view)
            self.out("\b" * len(before) + self.view + " " * blanks + "\b" * blanks)

    def enter(self, line: str) -> None:
        if self.ask:
            ask, self.ask, self.quiet = self.ask, None, False
            ask(line)
        elif not line or line.startswith("!"):
            self.ready()
        else:
            self.busy = True
            asyncio.get_running_loop().call_later(self.behaviour.think, self.run, line)

    # commands ----------------------------------------------------------------------------------------------------

    def run(self, line: str) -> None:
        b = self.behaviour
        if matches(b.hang, line):
            return
        if matches(b.drop, line):
            self.out("thing that never ends\r\nthing tha")
            self.gone = True
            self.hang_up()
        elif matches(b.refuse, line):
            self.answer("          ^\n% Invalid input detected at '^' marker.\n")
        elif self.mode:
            self.configure(line)
        else:
            self.execute(line)

    def execute(self, line: str) -> None:
        if line == "enable":
            self.question("Password: ", self.enable, quiet=True)
        elif match := re.fullmatch(r"terminal length (\d+)", line):
            self.length = int(match[1])
            self.ready()
        elif line.startswith("terminal "):
            self.ready()
        elif line == "configure terminal" and self.privileged:
            self.mode = "config"
            self.answer("Enter configuration commands, one per line.  End with CNTL/Z.")
        elif line == "write memory":
            self.save()
        elif line == "ping":
            self.ping(0, {})
        elif line in SHOWS:
            self.show(line, SHOWS[line])
        else:
            self.answer("          ^\n% Invalid input detected at '^' marker.\n")

    def enable(self, password: str) -> None:
        self.out("\r\n")
        if password == ENABLE and not self.behaviour.no_secret_accepted:
            self.privileged = True
            self.ready()
        else:
            self.answer("% Bad secrets\n")

    def save(self) -> None:
        if self.behaviour.confirm_save:
            self.question("Overwrite the previous NVRAM configuration?[confirm]", lambda _: self.answer("[OK]"))
        else:
            self.answer("Building configuration...\n[OK]")

    def ping(self, number: int, given: dict[str, str]) -> None:
        if number == len(QUESTIONS):
            count = int(given.get("count") or 5)
            replies = "\n".join("!" * min(70, count - n) for n in range(0, count, 70))
            return self.answer(PING.format(**{**given, "count": count, "replies": replies}))
        question, name = QUESTIONS[number]

        def reply(text: str) -> None:
            if name == "address" and not re.fullmatch(r"[\d.]+", text):
                self.answer("% Bad IP address")
            else:
                self.ping(number + 1, {**given, name: text})

        self.question(question, reply)

    def configure(self, line: str) -> None:
        modes = {"interface": "config-if", "router": "config-router"}
        if line == "interface overlap":
            self.answer("% 10.0.0.0 overlaps with Serial5/1")
        elif line in ("end", "exit"):
            self.mode = ""
            self.ready()
        elif matches(self.behaviour.silent_mode_change, line):
            self.mode = "config"
            self.ready()
        elif line.split()[0] in modes:
            self.mode = modes[line.split()[0]]
            self.ready()
        elif "overlap" in line:
            self.answer("% 10.0.0.0 overlaps with Serial5/1")
        elif "password" in line and "bad" in line:
            self.answer(f"% Invalid password: {line.split()[-1]}")
        else:
            self.ready()

    # output ------------------------------------------------------------------------------------------------------

    def show(self, command: str, text: str) -> None:
        b = self.behaviour
        lines = text.split("\n")
        if self.now(b.syslog_between_lines, command):
            lines.insert(len(lines) // 2, SYSLOG)
        if self.now(b.syslog_inside_line, command):
            lines[0] = lines[0][:3] + SYSLOG + lines[0][3:]
        if matches(b.wrong_prompt_after, command):
            self.hostname = "lax1"
        self.answer("\n".join(lines))

    def now(self, pattern: str, command: str) -> bool:
        """Whether to misbehave at this command: every time, or the first time only."""
        if not matches(pattern, command) or (command in self.once and not self.behaviour.always):
            return False
        self.once.add(command)
        return True

    def answer(self, text: str) -> None:
        lines = text.split("\n") if text else []
        if self.length and len(lines) > self.length:
            self.more = lines
            self.busy = False
            self.page(" ", first=True)
        elif self.behaviour.chunk:
            self.dribble("\r\n".join(lines).encode() + b"\r\n" * bool(lines))
        else:
            glued = matches(self.behaviour.glued, text.split("\n")[0])
            self.say(text.rstrip("\n") if glued else text, end="" if glued else "\r\n")
            self.ready()

    def page(self, char: str, first: bool = False) -> None:
        if not first:
            self.out("\b" * 9 + " " * 8 + "\b" * 9)
        if char == " ":
            count = self.length - 1
        elif char in "\r\n":
            count = 1
        else:
            self.more = []
            return self.ready()
        page, self.more = self.more[:count], self.more[count:]
        self.out("".join(line + "\r\n" for line in page))
        if self.more:
            self.out(" --More-- ")
        else:
            self.ready()
        return None

    def dribble(self, data: bytes) -> None:
        if self.gone:
            return
        if not data:
            return self.ready()
        self.write(data[: self.behaviour.chunk])
        asyncio.get_running_loop().call_later(self.behaviour.gap, self.dribble, data[self.behaviour.chunk :])
        return None

    def question(self, text: str, reply: Callable[[str], None], quiet: bool = False) -> None:
        self.out(text)
        self.ask, self.quiet, self.busy = reply, quiet, False
        self.pump()

    def prompt(self) -> str:
        host = self.hostname[:20] if self.mode else self.hostname
        return host + (f"({self.mode})" if self.mode else "") + ("#" if self.privileged else ">")

    def ready(self) -> None:
        self.out(self.prompt())
        self.busy = False
        self.pump()

    def say(self, text: str, end: str = "\r\n") -> None:
        if text:
            self.out(text.replace("\n", "\r\n") + end)

    def out(self, text: str) -> None:
        if not self.gone:
            self.write(text.encode())


def matches(pattern: str, text: str) -> bool:
    return bool(pattern) and re.fullmatch(pattern, text) is not None


class SshSession(asyncssh.SSHServerSession[bytes]):
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self.channel = chan
        self.cli = Cli(self.behaviour, chan.write, self.hang_up)

    def hang_up(self) -> None:
        if self.behaviour.reset:
            self.channel.get_connection().abort()
        else:  # what is read no more must not turn the end into a reset, which would eat what was said before
            self.channel.get_extra_info("socket").shutdown(socket.SHUT_WR)

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self.cli.begin()

    def data_received(self, data: bytes, datatype: object) -> None:
        self.cli.feed(data)


class SshServer(asyncssh.SSHServer):
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def session_requested(self) -> SshSession:
        return SshSession(self.behaviour)


class TelnetSession(asyncio.Protocol):
    """Login by Username: and Password:, then the command line. Negotiates echo, as a router does."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f")
        self.cli = Cli(
            self.behaviour, transport.write, transport.abort if self.behaviour.reset else transport.write_eof
        )
        self.username = ""
        if self.behaviour.login:
            self.cli.say("\nUser Access Verification\n")
            self.cli.question("Username: ", self.name)
        else:
            self.cli.begin()

    def name(self, text: str) -> None:
        self.username = text
        self.cli.question("Password: ", self.word, quiet=True)

    def word(self, text: str) -> None:
        self.cli.out("\r\n")
        if (self.username, text) == (USER, PASSWORD):
            self.cli.begin()
        else:
            self.cli.say("% Login invalid\n")
            self.cli.question("Username: ", self.name)

    def data_received(self, data: bytes) -> None:
        self.cli.feed(TELNET_COMMAND.sub(b"", data))


async def serve(key: asyncssh.SSHKey, behaviour: Behaviour) -> dict[str, int]:
    ssh = await asyncssh.create_server(
        lambda: SshServer(behaviour),
        "127.0.0.1",
        0,
        server_host_keys=[key],
        line_editor=False,
        encoding=None,
    )
    loop = asyncio.get_running_loop()
    telnet = await loop.create_server(lambda: TelnetSession(behaviour), "127.0.0.1", 0)
    open_ = await loop.create_server(lambda: TelnetSession(replace(behaviour, login=False)), "127.0.0.1", 0)
    return {
        "ssh": ssh.get_port(),
        "telnet": telnet.sockets[0].getsockname()[1],
        "open": open_.sockets[0].getsockname()[1],
    }


async def main() -> None:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    ports = {name: await serve(key, behaviour) for name, behaviour in ROUTERS.items()}
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
