"""Verify console login: the console answers out of band and lets nobody in without a login (Schedule 2 (iv))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.facts.console_prompt import ConsolePrompt
from turnup.facts.running_config import RunningConfig
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.aaa import NEW_MODEL, TerminalLine, method_list, terminal_lines
from turnup.rules.attested import by_a_person
from turnup.rules.evidence import lines_seen, taken_away

_STEPS = (
    "Reach the console over the out-of-band circuit, or plug in at the router, and press Enter",
    "Look: it must ask for Username or Password and show this router's name; a > or # is a FAIL, log that session out",
    "Log in with your own account and log out again; keep the log or a photo of the screen, without any password",
)
_NAMED_PROMPT = re.compile(r"(\S+) login:")  # of a host


@dataclass(frozen=True)
class Settings:
    """`login_list`: the method list the console must use; None = any that asks for a login.

    `hostname_shown`: whether the console must say whose it is; false where it shows a bare prompt, and then the wiring
    is not proved.
    """

    login_list: str | None = None
    hostname_shown: bool = True


def asks(expected: Expected) -> tuple[Ask, ...]:
    """The console's prompt through its console server."""
    return tuple(Ask.of("console_prompt", server=server) for server in _server(expected))


@check(12, "Verify console login", needs=("running_config",), asks=asks, settings=Settings)
def console_login(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """The console asks for a username or password; `line con 0` authenticates and times out, and so does `line aux 0`.

    FAIL: a session stands open at the console (`>` or `#`), the port is silent, another router answers, `no login`,
    `no exec`, a method list that is missing or has `none`, `exec-timeout 0 0`.
    INCONCLUSIVE: the console server was not reached (configuration alone proves no access); the console does not say
    whose it is. PENDING: inventory knows no console server, and nobody has attested what the console shows.
    """
    yield from part("configuration", _configured(expected, facts))
    for server in _server(expected):
        yield from part("console", _prompt(expected, facts, server))
    if not _server(expected):
        yield from part("console", _attested(expected, facts))


def _server(expected: Expected) -> tuple[str, ...]:
    server = expected.router.console_server
    return (f"{server.host}:{server.port}",) if server else ()


def _prompt(expected: Expected, facts: Facts, server: str) -> Iterator[Finding]:
    row = facts.one(ConsolePrompt, server=server)
    source, seen = expected.inventory("console_server"), facts.seen(row)
    asks_login = row.kind in ("username", "password")
    yield holds(
        "console prompt",
        asks_login,
        expected="a login prompt",
        observed=f"{row.kind}: {row.shown}",
        source=source,
        seen=seen,
    )
    if named := _NAMED_PROMPT.match(row.shown or ""):
        yield compare("router in the prompt", expected.router.name, named[1], source=source, seen=seen)
    if row.server != server:
        yield inconclusive("console server", f"the answer is that of {row.server}", expected=server, seen=seen)
    if row.banner_hostname is None and expected.settings("console_login", Settings).hostname_shown:
        why = f"not shown before {row.shown or 'the prompt'}"
        yield inconclusive("router at the console", why, expected=expected.router.name, source=source, seen=seen)
    elif row.banner_hostname is None:
        agreed = expected.agreed("checks.console_login.hostname_shown")
        yield holds(
            "router at the console", True, expected="may stay unsaid", observed="not shown", source=agreed, seen=seen
        )
    else:
        yield compare("router at the console", expected.router.name, row.banner_hostname, source=source, seen=seen)


def _attested(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Without a console server a person looks; bound to how the console is configured."""
    seen = tuple(
        place
        for line in terminal_lines(facts.configuration(), "con")
        for place in lines_seen(facts, line.header, section="") + lines_seen(facts, *line.lines, section=line.header)
    )
    seen = seen or facts.whole(RunningConfig)  # a platform without console lines
    why = "inventory knows no console server"
    yield by_a_person(expected, "console_login", "console prompt", why, _STEPS, number=12, seen=seen)


def _configured(expected: Expected, facts: Facts) -> Iterator[Finding]:
    config = facts.configuration()
    consoles = terminal_lines(config, "con")
    if not consoles and facts.lacks("console_line"):
        yield from taken_away(expected, facts, "line con 0", "console_line")
        return
    if not consoles:
        yield inconclusive("line con 0", "not in the configuration", seen=facts.whole(RunningConfig))
    for line in (*consoles, *terminal_lines(config, "aux")):
        yield from _line(expected, facts, config, line)


def _line(expected: Expected, facts: Facts, config: Configuration, line: TerminalLine) -> Iterator[Finding]:
    console = line.header.split()[1] == "con"
    if line.has("no exec") and not console:
        return  # nobody gets a session there
    seen = lines_seen(facts, line.header, section="") + lines_seen(facts, *line.lines, section=line.header)
    header = lines_seen(facts, line.header, section="")
    yield compare(f"{line.header} exec", "yes", "no" if line.has("no exec") else "yes", seen=header)
    timing = lines_seen(facts, *(text for text in line.lines if text.startswith("exec-timeout")), section=line.header)
    never = line.never_times_out
    yield compare(f"{line.header} times out", "yes", "never" if never else "yes", seen=header + timing)
    if NEW_MODEL in config.top:
        yield _by_list(facts, config, line)
        wanted = expected.settings("console_login", Settings).login_list
        if console and wanted:
            source = expected.agreed("checks.console_login.login_list")
            yield compare(f"{line.header} login list", wanted, line.login_list, source=source, seen=seen)
    else:
        login = [text for text in line.lines if text in ("login", "login local", "login tacacs")]
        keyed = login != ["login"] or any(text.startswith("password ") for text in line.lines)
        yield holds(
            f"{line.header} login",
            bool(login) and keyed,
            expected="login with a password",
            observed="; ".join(login),
            seen=seen,
        )


def _by_list(facts: Facts, config: Configuration, line: TerminalLine) -> Finding:
    found = method_list(config, "authentication login", line.login_list)
    shown = " ".join(found.methods) if found else f"no list {line.login_list}"
    good = found is not None and bool(found.methods) and "none" not in found.methods
    named = [text for text in line.lines if text.startswith("login ")]
    seen = lines_seen(facts, *named, section=line.header)
    seen += lines_seen(facts, found.text, section="") if found else facts.whole(RunningConfig)
    return holds(f"{line.header} login", good, expected="a method list without none", observed=shown, seen=seen)
