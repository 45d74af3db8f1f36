"""Redacted secrets in configuration lines: `<secret:NAME>` where the vault has the value, else `<secret:#..>`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from turnup.checks import inconclusive
from turnup.model.verdict import Finding, Seen, Verdict

_TOKEN = re.compile(r"<secret:(?P<name>[^>\s]+)>")
_TYPED = re.compile(r"\b(?P<word>password|key|secret) [057] (?=<secret:)")


@dataclass(frozen=True)
class Secret:
    """A secret in a configuration line: how IOS stores it (0 clear, 7 reversible, 5/8/9 hashed) and its token."""

    type: int
    token: str

    @property
    def name(self) -> str | None:
        """Name of the secret it equals; None when it equals none that is known."""
        match = _TOKEN.fullmatch(self.token)
        return match["name"] if match and not match["name"].startswith("#") else None


def secret_after(words: list[str], keyword: str) -> Secret | None:
    """The secret behind `keyword` among a line's words; no type digit means clear text (type 0)."""
    if keyword not in words:
        return None
    rest = words[words.index(keyword) + 1 :]
    if len(rest) >= 2 and rest[0].isdigit():
        return Secret(int(rest[0]), rest[1])
    return Secret(0, rest[0]) if rest else None


def matches_vault(
    subject: str,
    secret: Secret,
    name: str,
    known: frozenset[str],
    *,
    source: str,
    seen: tuple[Seen, ...],
) -> Finding:
    """Whether the secret on the router is the vault's: PASS, FAIL, or INCONCLUSIVE when the vault gave no value."""
    expected = f"the value kept as {name}"
    if secret.name == name:
        return Finding(subject, Verdict.PASS, expected, expected, source, seen)
    if name not in known:
        return inconclusive(
            subject, f"present, not matched: no value of {name} at hand", expected=expected, source=source, seen=seen
        )
    return Finding(subject, Verdict.FAIL, expected, "another value", source, seen)


def as_intended(line: str) -> str:
    """A line without the type digit before its token: `password 7 <secret:X>` is the intended `password <secret:X>`."""
    return _TYPED.sub(lambda match: f"{match['word']} ", line)


def without_token(line: str) -> str:
    """A line with its token made anonymous: equal for two lines that differ in the secret's value alone."""
    return _TOKEN.sub("<secret>", as_intended(line))


def token_name(line: str) -> str | None:
    """Name of the known secret in a line; None without one."""
    match = _TOKEN.search(line)
    return match["name"] if match and not match["name"].startswith("#") else None
