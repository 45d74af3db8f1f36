"""One mishap at one exact command: what a change is proved with. The router notes and counts every command it hears.

Behaviours of faults go by patterns; a mishap goes by number, in exec and configuration mode alike, over all sessions.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from turnup.errors import InputError

KINDS = ("drop-before", "drop-after", "kill-before", "kill-after", "hang", "reject", "ask", "burst", "edit", "save")


@dataclass(frozen=True)
class Mishap:
    """What happens at command number `at` (from 1). `lines` are an edit's lines, a refusal or log messages.

    `drop-before` the connection breaks and the command is lost; `drop-after` it is carried out and its answer lost;
    `kill-before`, `kill-after` the process `pid` is killed (SIGKILL) then; `hang` this session is silent for ever;
    `reject` is answered instead, `ask` a question that waits for a key; `burst` of log messages; `edit` and `save`:
    somebody else does so just before. `stays`: nobody gets in any more until the router listens anew.
    """

    at: int
    kind: str
    lines: tuple[str, ...] = ()
    pid: int = 0
    stays: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"no mishap {self.kind!r}; known: {', '.join(KINDS)}")


@dataclass
class Heard:
    """A command as it arrived: the session's tty and number of login, the section ("exec", "" = global), what IOS said.

    `answer` is kept for configuration lines only.
    """

    tty: int
    login: int
    section: str
    text: str
    answer: str = ""


@dataclass
class Hearings:
    """What a router hears, and the mishaps that wait for it."""

    mishaps: tuple[Mishap, ...] = ()
    heard: list[Heard] = field(default_factory=list)
    unreachable: bool = False
    logins: int = 0
    listening: bool = False

    def arm(self, mishaps: tuple[Mishap, ...]) -> None:
        """Begin to listen, from the first command on."""
        self.mishaps, self.heard, self.unreachable, self.listening = mishaps, [], False, True

    def told(self) -> list[dict[str, object]]:
        """What was heard, plain."""
        return [asdict(one) for one in self.heard]
