"""Every command that a virtual router shows: one file a family in commands/, found by folder.

Adding a command adds a function to a file, or a file; nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from turnup.errors import TurnupError
from turnup.model.interface_name import InterfaceName
from turnup.virtual.shows.view import View

Args = Mapping[str, str]
Render = Callable[[View, Args], str | None]

_REST = "..."


@dataclass(frozen=True)
class Command:
    """One form of a command: its words, {name} for an argument, `...` for anything that may follow."""

    words: tuple[str, ...]
    render: Render

    def args(self, words: tuple[str, ...]) -> dict[str, str] | None:
        """Arguments of these words; None when they are not this command."""
        rest = self.words[-1] == _REST
        wanted = self.words[:-1] if rest else self.words
        if len(words) < len(wanted) or (len(words) > len(wanted) and not rest):
            return None
        found: dict[str, str] = {}
        for want, word in zip(wanted, words, strict=False):
            if want.startswith("{"):
                found[want.strip("{}")] = word
            elif want != word:
                return None
        if rest:
            found["rest"] = " ".join(words[len(wanted) :])
        return found


_COMMANDS: dict[tuple[str, ...], Command] = {}


def shows(*forms: str) -> Callable[[Render], Render]:
    """Enter the function below as the answer to these commands, e.g. `shows("show diag", "show diag {slot}")`.

    It returns the text, or None when this router does not know the command. Raises TurnupError on a form used twice.
    """

    def enter(render: Render) -> Render:
        for form in forms:
            words = tuple(form.split())
            known = _COMMANDS.get(words)
            if known is not None and _name(known.render) != _name(render):
                raise TurnupError(f"two answers to `{form}`: {_name(known.render)} and {_name(render)}")
            _COMMANDS[words] = Command(words, render)
        return render

    return enter


def _name(render: Render) -> str:
    return f"{render.__module__}.{render.__qualname__}"


@cache
def all_commands() -> tuple[Command, ...]:
    """Every command of the folder; forms with more fixed words come first."""
    package = importlib.import_module("turnup.virtual.shows.commands")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return tuple(
        sorted(_COMMANDS.values(), key=lambda c: (-sum(not w.startswith(("{", ".")) for w in c.words), c.words))
    )


def command_words() -> tuple[tuple[str, ...], ...]:
    """The forms as words, for a command line that completes abbreviations and answers `?`."""
    return tuple(command.words for command in all_commands())


def answer(view: View, words: tuple[str, ...]) -> str | None:
    """The text that these words show; None when no command has them."""
    for command in all_commands():
        if (args := command.args(joined(words))) is not None and (text := command.render(view, args)) is not None:
            return text
    return None


def joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same words with `Serial 5/0`, written apart, as one."""
    made: list[str] = []
    for word in words:
        if made and word[:1].isdigit() and "/" in word and made[-1].isalpha() and _is_type(made[-1]):
            made[-1] += word
        else:
            made.append(word)
    return tuple(made)


def _is_type(word: str) -> bool:
    return InterfaceName.parse(f"{word}0/0").type != word or word in (
        "Serial",
        "POS",
        "FastEthernet",
        "GigabitEthernet",
        "Ethernet",
        "Loopback",
    )
