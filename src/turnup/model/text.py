"""What text from an order may look like: the one place for it (loader and renderer both ask here).

Text from an order never becomes a second line on a router. Every rule refuses, none repairs: each function gives its
argument back unchanged or raises InputError with the reason alone (the caller knows file and field).
"""

from __future__ import annotations

import re
import unicodedata

from turnup.errors import InputError

TEXT_LIMIT = 60  # of one field; the whole description stays below DESCRIPTION_LIMIT
DESCRIPTION_LIMIT = 200  # IOS takes 240 on an interface
LINE_LIMIT = 500  # of what people write in messages

# Meant by a router's line editor, its parser, its pipe, a secret's token, or a template.
_FORBIDDEN = '?^"\\`%|<>'
_LEADING = re.compile(r"[!=+@-]|no\s", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
# Invisible or line breaking: control, format (bidi overrides), surrogates, private, unassigned, separators.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def plain(value: str) -> str:
    """Text of one line that shows what it holds, in any language: for names that no router gets to see."""
    for place, character in enumerate(value, start=1):
        if unicodedata.category(character) in _UNSEEN:
            raise InputError(f"holds the control character U+{ord(character):04X} at position {place}")
    return value


def one_line(value: str) -> str:
    """Text from anywhere, as it may be shown on one line of a terminal: what is unseen or moves a cursor is spelled."""
    return "".join(
        _spelled(character) if unicodedata.category(character) in _UNSEEN else character for character in value
    )


def lines(value: str) -> str:
    """The same for text of several lines: line ends and tabs stay."""
    return "".join(
        _spelled(character) if character not in "\n\t" and unicodedata.category(character) in _UNSEEN else character
        for character in value
    )


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def cli_text(value: str, *, limit: int = TEXT_LIMIT) -> str:
    """Free text that may stand in a router's description: printable ASCII, single blanks inside only."""
    _ascii(plain(value))
    if bad := sorted(set(value) & set(_FORBIDDEN)):
        raise InputError(f"must not hold {' '.join(bad)}")
    if not value or value != value.strip(" "):
        raise InputError("must not be empty, nor begin or end with a blank")
    if "  " in value:
        raise InputError("must not hold two blanks in a row")
    if found := _LEADING.match(value):
        raise InputError(f"must not begin with {found[0].strip()!r}")
    return _short(value, limit)


def identifier(value: str, *, limit: int = 31) -> str:
    """Name of an order, a customer, a policy, a secret: letters, digits, `_` and `-`."""
    if not _IDENTIFIER.fullmatch(_ascii(plain(value))):
        raise InputError("must be letters, digits, - and _ only, and begin with a letter or digit")
    return _short(value, limit)


def reference(value: str, *, limit: int = 40) -> str:
    """Number of a circuit, a message, a letter: as identifier, and `.` and `/`; begins with a letter or digit."""
    if not _REFERENCE.fullmatch(_ascii(plain(value))):
        raise InputError("must be letters, digits, . / _ and - only, and begin with a letter or digit")
    return _short(value, limit)


def host_name(value: str, *, limit: int = 63) -> str:
    """Name of a router."""
    if not _HOST.fullmatch(_ascii(plain(value))):
        raise InputError("must be the name of a router: letters, digits, - and .")
    return _short(value, limit)


def _ascii(value: str) -> str:
    for place, character in enumerate(value, start=1):
        if not " " <= character <= "~":
            raise InputError(f"holds {character!r} at position {place}; only printable ASCII is allowed")
    return value


def _short(value: str, limit: int) -> str:
    if len(value) > limit:
        raise InputError(f"is {len(value)} characters long; at most {limit} are allowed")
    return value


def line(value: str, *, limit: int = LINE_LIMIT) -> str:
    """What people write in messages: one line of printable ASCII that holds no token of a secret."""
    _ascii(plain(value))
    if not value or value != value.strip(" "):
        raise InputError("must not be empty, nor begin or end with a blank")
    if "<secret:" in value:
        raise InputError("must not hold a secret, nor what stands for one")
    return _short(value, limit)
