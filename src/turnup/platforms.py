"""A platform is one folder of templates/: its session settings, its parsers, its configuration templates, its cards."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from turnup import folder
from turnup.errors import InputError, UsageError
from turnup.load.strict import build
from turnup.model.equipment import LineCard
from turnup.model.transcript import Ask, Request
from turnup.reading import Reading, read_table

PARSER_SUFFIXES = (".jmespath", ".textfsm")


@dataclass(frozen=True)
class Dialogue:
    """A command that asks back: what is typed first, then each (question pattern, answer template)."""

    command: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Settings:
    """platform.toml: how a session with this platform is held. Times in seconds, `window` in bytes in flight.

    While a router loses nothing, the window for reading grows up to `window_limit`.

    `prompt` is a regular expression with the groups `host` and `mode`; `syslog` matches a log line that may
    interleave; `refusals` match the first line of an answer that refuses the command.
    """

    title: str
    like: str = ""  # another platform whose settings and files hold where this one has none of its own
    driver: str = ""
    telnet_driver: str = ""
    prompt: str = ""
    syslog: str = ""
    refusals: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    window: int = 160
    window_limit: int = 640
    type_ahead: bool = True  # whether a command may be typed before the prompt behind the last one is there
    read_timeout: float = 30.0
    config_timeout: float = 120.0
    enter_config: str = "configure terminal"
    lock_config: str = ""  # the same and nobody else meanwhile, on images that have it; tried once a session
    leave_config: str = "end"
    enter_shell: str = ""  # the program that configures, where the session is another one (vtysh in a shell of Linux)
    leave_shell: str = "exit"
    save: str = "write memory"
    changes: str = "at once"  # when a line takes effect; turnup writes to no platform where it waits for a commit
    comment: str = "!"
    running_config: str = "show running-config"
    startup_config: str = "show startup-config"
    modes: Mapping[str, str] = field(default_factory=dict)  # section's first word -> prompt mode, e.g. config-if
    dialogues: Mapping[str, Dialogue] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)  # how it is written to, see change.methods; none: never
    probes: Mapping[str, str] = field(default_factory=dict)  # fact -> probe of the NOC that gives it
    # test, fact or feature that a test looks at -> why the platform has it not
    not_applicable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Platform:
    """One folder of templates/."""

    name: str
    home: Path
    settings: Settings
    base: Platform | None = None  # the platform it is `like`

    @cached_property
    def commands(self) -> Mapping[str, str]:
        """The command behind each fact: the first line of the fact's parser, `# show ...`. May hold {arguments}."""
        away = self.settings.not_applicable
        found = {fact: said for fact, said in self.base.commands.items() if fact not in away} if self.base else {}
        for fact in {path.stem for path in (self.home / "parse").glob("*") if path.suffix in PARSER_SUFFIXES}:
            if parser := self.parser(fact):
                found[fact] = _command(parser)
        return dict(sorted(found.items()))

    def parser(self, fact: str) -> Path | None:
        """File that parses this fact; None when the platform cannot tell it.

        A fact read from JSON may have a TextFSM template beside it, for captures of the command without `json`.
        """
        for suffix in PARSER_SUFFIXES:
            if (path := self.home / "parse" / f"{fact}{suffix}").is_file():
                return path
        return self.base.parser(fact) if self.base and fact not in self.settings.not_applicable else None

    @property
    def config_home(self) -> Path:
        """The folder of its configuration templates, which may be that of the platform it is like."""
        home = self.home / "config"
        return self.base.config_home if self.base and not home.is_dir() else home

    def request(self, ask: Ask) -> Request | None:
        """How this platform is asked; None when it cannot tell that fact. Raises UsageError on wrong arguments."""
        if (command := self.commands.get(ask.fact)) is None:
            return None
        args = dict(ask.args)
        try:
            text = command.format(**args)
            dialogue = self.settings.dialogues.get(ask.fact)
            steps = _steps(dialogue, args) if dialogue else ()
        except KeyError as missing:
            raise UsageError(f"{self.name}: {ask.fact} needs the argument {missing}") from missing
        return Request(ask, text, steps, self.settings.probes.get(ask.fact, ""))

    @cached_property
    def reading(self) -> Reading | None:
        """How its configuration is read in the tests' words; None for IOS, whose words they are."""
        file = self.home / "reading.toml"
        if file.is_file():
            return read_table(file, self.name)
        return self.base.reading if self.base else None

    def in_test_words(self, lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Rendered lines of an order, (section, line), in the words the tests compare configurations by."""
        return self.reading.words(lines) if self.reading else tuple(lines)

    @cached_property
    def linecards(self) -> Mapping[str, LineCard]:
        """Line cards this platform takes, by part."""
        cards = (_card(path) for path in sorted((self.home / "linecards").glob("*.toml")))
        return {card.part: card for card in cards}


def _steps(dialogue: Dialogue, args: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(question, answer) pairs; the first has no question: it is what starts the dialogue."""
    return (
        ("", dialogue.command),
        *((question, answer.format(**args)) for question, answer in dialogue.steps),
    )


def _command(parser: Path) -> str:
    with parser.open() as text:
        first = text.readline().rstrip("\n")
    if not first.startswith("# "):
        raise InputError(
            "the first line of a parser names its command, as in `# show version`", where=f"{parser.name}:1"
        )
    return first.removeprefix("# ").strip()


def _card(path: Path) -> LineCard:
    return build(LineCard, tomllib.loads(path.read_text()), where=path.name)


@cache
def all_platforms() -> Mapping[str, Platform]:
    """Every folder of templates/ that holds a platform.toml."""
    files = {file.parent.name: file for file in sorted(folder("templates").glob("*/platform.toml"))}
    return {name: _read(name, files) for name in files}


def _read(name: str, files: Mapping[str, Path]) -> Platform:
    """One platform; where it is `like` another, each setting it does not tell is that one's, whole."""
    where, told = f"{name}/platform.toml", tomllib.loads(files[name].read_text())
    base = None
    if like := told.get("like"):
        if like not in files or "like" in tomllib.loads(files[like].read_text()):
            raise InputError(f"like = {like!r} names no platform that stands on its own", where=where)
        base = _read(like, files)
        told = {**tomllib.loads(files[like].read_text()), **told}
    return Platform(name, files[name].parent, build(Settings, told, where=where), base)


def platform(name: str) -> Platform:
    """The platform of that name. Raises UsageError with the names there are."""
    try:
        return all_platforms()[name]
    except KeyError:
        raise UsageError(
            f"no platform {name!r}",
            advice=f"One of: {', '.join(all_platforms())}; or add a folder to templates/.",
        ) from None
