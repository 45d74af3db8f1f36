"""Configuration mode of one session: reads a line, carries it out, tells what IOS prints and which mode follows."""

from __future__ import annotations

from dataclasses import dataclass, field

from turnup.model.interface_name import InterfaceName
from turnup.virtual import events
from turnup.virtual.config_tree import ConfigTree, grammar_of, make_line, mode_of
from turnup.virtual.device import Device
from turnup.virtual.hidden import hidden_defaults
from turnup.virtual.rules import RULES, Edit
from turnup.virtual.syntax import Match, Misread

_PROMPTS = {
    "config": "config",
    "interface": "config-if",
    "router-isis": "config-router",
    "router-bgp": "config-router",
    "router-ospf": "config-router",
    "route-map": "config-route-map",
    "std-nacl": "config-std-nacl",
    "ext-nacl": "config-ext-nacl",
    "line": "config-line",
    "redundancy": "config-r",
}


def invalid(column: int) -> str:
    """The caret and its message; `column` counts from the left edge of the screen."""
    return f"{' ' * column}^\n% Invalid input detected at '^' marker.\n\n"


def explain(misread: Misread, prompt: str, line: str) -> str:
    """What IOS prints for a line it does not understand."""
    if misread.kind == "incomplete":
        return "% Incomplete command.\n\n"
    if misread.kind == "ambiguous":
        return f'% Ambiguous command:  "{line.strip()}"\n'
    return invalid(len(prompt) + misread.column)


@dataclass
class ConfigMode:
    """`section` is the header of the submode, "" in global configuration mode."""

    device: Device
    section: str = ""
    _banner: list[str] = field(default_factory=list)
    _delimiter: str = ""

    @property
    def prompt(self) -> str:
        """Prompt of the present mode."""
        if self._delimiter:
            return ""
        mode, kind = mode_of(self.section)
        name = "config-subif" if kind == "sub" else _PROMPTS[mode]
        return f"{self.device.hostname}({name})#"

    @property
    def busy(self) -> bool:
        """Whether the text of a banner is being typed."""
        return bool(self._delimiter)

    def leave(self) -> bool:
        """`exit`: one mode up; False when that leaves configuration mode."""
        inside, self.section = bool(self.section), ""
        return inside

    def canonical(self, raw: str) -> str:
        """The line with its abbreviations written out; as typed when it is not understood."""
        negated = raw.strip().startswith("no ")
        found, _ = self._read(raw, negated, raw.index("no") + 2 if negated else 0)
        return raw.strip() if isinstance(found, Misread) else f"{'no ' if negated else ''}{found.text}"

    def line(self, raw: str) -> str:
        """Carry out one line; what IOS prints, "" when it is content."""
        if self._delimiter:
            return self._banner_line(raw)
        text = raw.strip()
        if not text or text.startswith("!"):
            return ""
        negated = text == "no" or text.startswith("no ")
        start = raw.index("no") + 2 if negated else 0
        found, section = self._read(raw, negated, start)
        if isinstance(found, Misread):
            return explain(found, self.prompt, raw)
        if found.command.rule == "banner":
            self.section = ""
            return self._start_banner(found, negated)
        return self._carry_out(Edit(self.device.config, section, found, negated, raw))

    def _read(self, raw: str, negated: bool, start: int) -> tuple[Match | Misread, str]:
        """Understood in the submode, otherwise as a global command, which leaves the submode."""
        found = grammar_of(self.section).read(raw, negated=negated, start=start)
        if not isinstance(found, Misread) or not self.section:
            return found, self.section
        wider = grammar_of("").read(raw, negated=negated, start=start)
        if not isinstance(wider, Misread) or wider.depth > found.depth:
            return wider, ""
        return found, self.section

    def _carry_out(self, edit: Edit) -> str:
        before = events.look(self.device, edit.section)
        edit.text = edit.match.text
        rule = RULES.get(edit.match.command.rule)
        answer = rule(edit) if rule else None
        if isinstance(answer, Misread):
            return explain(answer, self.prompt, edit.raw)
        if answer is None:
            _negate(edit) if edit.negated else _store(edit)
        if not answer:
            enters = edit.match.command.enters and not edit.negated
            self.section = edit.text if enters else edit.section
            events.changed(self.device, edit.section, edit.match.key, edit.negated, before)
        return answer or ""

    def _start_banner(self, found: Match, negated: bool) -> str:
        kind = found.words[1]
        if negated:
            self.device.config.drop("", ("banner", kind))
            return ""
        text = found.words[2]
        self._delimiter = text[:2] if text.startswith("^C") else text[:1]
        self._banner = [kind]
        rest = text.removeprefix(self._delimiter)
        return (
            self._banner_line(rest) if rest else f"Enter TEXT message.  End with the character '{self._delimiter}'.\n"
        )

    def _banner_line(self, raw: str) -> str:
        body, ended, _ = raw.partition(self._delimiter)
        self._banner.append(body)
        if ended:
            kind, *lines = self._banner
            first = "^C" if len(lines) == 1 else "^C\n"
            text = f"banner {kind} {first}" + "\n".join(lines) + "^C"
            self.device.config.put_in("", text)
            self._banner, self._delimiter = [], ""
        return ""


def _store(edit: Edit) -> None:
    command, mode = edit.match.command, edit.match.command.enters
    key = tuple(edit.text.split()) if mode or command.rule in ("prefix", "acl") else edit.match.key
    implied = command.shown == "+" and edit.words == edit.match.key
    if implied or edit.text in _hidden(edit.tree, edit.section):
        edit.tree.drop(edit.section, key)
    else:
        edit.tree.store(edit.section, make_line(key, edit.text, command.rank, mode))


def _negate(edit: Edit) -> None:
    command = edit.match.command
    if command.shown:
        text = f"no {' '.join(edit.match.key)}"
        edit.tree.store(edit.section, make_line(edit.match.key, text, command.rank))
    else:
        key = tuple(edit.text.split()) if command.rule == "acl" else edit.match.key
        edit.tree.drop(edit.section, key, prefix=command.prefix)


def _hidden(tree: ConfigTree, section: str) -> tuple[str, ...]:
    if not section.startswith("interface "):
        return ()
    name = InterfaceName.parse(section.split()[1])
    return hidden_defaults(name, tree.cards.get(name.slot))
