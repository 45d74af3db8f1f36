"""Take secrets out of router text before anything stores, hashes, logs or shows it."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from collections.abc import Mapping

from turnup.errors import InputError, TurnupError
from turnup.evidence import forms
from turnup.secrets import TOKEN, check_name, token
from turnup.secrets.hashes import decode_type7, verify

_SHORTEST = 4
_WORD_LENGTH = 6  # a shorter value is replaced only where it stands as a word of its own
_QUOTING = str.maketrans("", "", '\\"')
_SALT_TYPE = re.compile(r"\$([0-9])\$")
_TYPE_OF_SALT = {"1": 5, "8": 8, "9": 9}
_TYPE7 = ("7", "encrypted", "password")
_PLAIN_TYPES = (None, "0", "clear", "text")


class Redactor:
    """Replaces every secret in router text by one token without blanks; everything else stays as it is, byte by byte.

    `<secret:NAME>` when the value, decoded or hashed, is the known secret NAME, otherwise `<secret:#xxxxxxxx>`, a
    fingerprint with `key`: equal secrets stay comparable on one installation and say nothing elsewhere. Doing it
    twice changes nothing. Give it whole answers: a secret cut in two by a buffer is not seen.
    """

    def __init__(self, known: Mapping[str, str], key: bytes) -> None:
        if len(key) < 16:
            raise InputError("the fingerprint key must have at least 16 bytes")
        self._key = key
        # Two names with one value: the first in the alphabet stands for both.
        self._names: dict[str, str] = {}
        for name in sorted(known):
            check_name(name)
            if len(known[name]) < _SHORTEST:
                raise InputError(
                    f"the value of secret {name!r} has under {_SHORTEST} characters and cannot be kept out of texts",
                    advice="Agree on a longer key and set it.",
                )
            self._names.setdefault(known[name], name)
        self._refuse_values_in_tokens()
        self._lengths = sorted({len(value) for value in self._names}, reverse=True)
        literals = (_literal(value) for value in sorted(self._names, key=len, reverse=True))
        self._anywhere = re.compile("|".join([TOKEN.pattern, *literals, forms.HASH, forms.URL_PASSWORD]))
        shortest = self._lengths[-1] if self._lengths else 1
        self._coded = re.compile(rf"{TOKEN.pattern}|[0-5][0-9](?:[0-9A-Fa-f]{{2}}){{{shortest},}}[0-9A-Fa-f]?")

    def __repr__(self) -> str:
        return f"Redactor({', '.join(sorted(self._names.values())) or 'no known secrets'})"

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        if "$" in text or "://" in text or any(value in text for value in self._names):
            text = self._anywhere.sub(self._replaced, text)
        if self._names:
            text = self._coded.sub(lambda match: match[0] if match[1] else self._run(match[0]), text)
        lines = text.split("\n")
        for number in _suspects(text):
            lines[number] = self._line(lines[number])
        return "\n".join(lines)

    def survivors(self, text: str) -> tuple[str, ...]:
        """Names of known secrets whose value stands in a finished artefact, as it is or as JSON, HTML or CSV write it.

        The last gate before a file is written; () is the only answer that lets it pass.
        """
        plain = html.unescape(text)
        readings = ((text, str), (plain, str), (plain.translate(_QUOTING), lambda value: value.translate(_QUOTING)))
        return tuple(
            sorted(
                name
                for value, name in self._names.items()
                if any(re.search(_literal(read(value)), reading) for reading, read in readings if read(value))
            )
        )

    def assured(self, text: str, where: str) -> str:
        """That artefact, when no known secret survives in it. Raises TurnupError otherwise; nothing may be written."""
        if found := self.survivors(text):
            raise TurnupError(f"{where} would hold the value of {', '.join(found)}; it was not written")
        return text

    def fingerprint(self, value: str) -> str:
        """Eight hexadecimal digits that are equal for equal values on this installation."""
        return hmac.new(self._key, value.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()[:8]

    def _refuse_values_in_tokens(self) -> None:
        tokens = [token(name) for name in self._names.values()] + [token("#")]
        for value, name in self._names.items():
            pattern = re.compile(_literal(value))
            if any(pattern.search(text) for text in tokens):
                raise InputError(
                    f"the value of secret {name!r} stands in the text that is to hide it",
                    advice="Rename the secret, or agree on a key that is not an ordinary word.",
                )

    def _replaced(self, match: re.Match[str]) -> str:
        """For what is a secret wherever it stands."""
        text = match[0]
        if match[1] is not None:
            return text
        if text in self._names:
            return token(self._names[text])
        if text.startswith("$"):
            return self._token(None, text)
        user, _, secret = text.partition(":")
        return text if TOKEN.fullmatch(secret) else f"{user}:{self._token(None, secret)}"

    def _run(self, digits: str) -> str:
        """Hexadecimal digits without the type 7 form of any known secret, wherever in the run it begins."""
        start = 0
        while start < len(digits):
            for length in self._lengths:
                end = start + 2 + 2 * length
                if name := self._name_of_type7(digits[start:end]):
                    return digits[:start] + token(name) + self._run(digits[end:])
            start += 1
        return digits

    def _line(self, line: str) -> str:
        lead = forms.LEAD.match(line)
        start = lead.end() if lead else 0
        for form in forms.COMMANDS:
            if match := form.match(line, start):
                return self._without(line, match)
        match = forms.CODED.search(line)
        return self._without(line, match) if match else line

    def _without(self, line: str, match: re.Match[str]) -> str:
        groups = match.groupdict()
        spans = []
        if groups["secret"] is not None:
            start, end = match.span("secret")
            if groups.get("rest") and groups.get("type") in _PLAIN_TYPES:
                end = match.start("rest") + len(groups["rest"].rstrip())
            spans.append((start, end, groups.get("type")))
        if groups.get("secret2") is not None:
            spans.append((*match.span("secret2"), groups.get("type2")))
        for start, end, kind in sorted(spans, reverse=True):
            line = line[:start] + self._token(kind, line[start:end]) + line[end:]
        return line

    def _token(self, kind: str | None, value: str) -> str:
        if TOKEN.fullmatch(value):
            return value
        if kind in _TYPE7:
            name = self._name_of_type7(value)
            return token(name) if name else token(f"#{self.fingerprint(_decoded(value))}")
        name = self._names.get(value) or self._name_of_hash(kind, value)
        return token(name) if name else token(f"#{self.fingerprint(value)}")

    def _name_of_type7(self, value: str) -> str | None:
        return self._names.get(_decoded(value)) if value else None

    def _name_of_hash(self, kind: str | None, value: str) -> str | None:
        salted = _SALT_TYPE.match(value)
        number = _TYPE_OF_SALT.get(salted[1]) if salted else (4 if kind == "4" else None)
        if number is None:
            return None
        return next((name for plain, name in self._names.items() if verify(number, value, plain)), None)


def _suspects(text: str) -> list[int]:
    """Numbers (from 0) of the lines that may hold a form of the table; a search by word, as most lines hold none."""
    lower = text.lower()
    found: set[int] = set()
    for word in forms.SUSPECT:
        number = start = 0
        while (position := lower.find(word, start)) >= 0:
            number += lower.count("\n", start, position)
            found.add(number)
            if (end := lower.find("\n", position)) < 0:
                break
            number, start = number + 1, end + 1
    return sorted(found)


def _literal(value: str) -> str:
    escaped = re.escape(value)
    return escaped if len(value) >= _WORD_LENGTH else rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])"


def _decoded(value: str) -> str:
    try:
        return decode_type7(value)
    except ValueError:
        return value
