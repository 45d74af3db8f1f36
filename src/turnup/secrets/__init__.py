"""Secrets by name: orders, inventory and policy carry names; values come from the environment or a keyring.

A line that is planned, stored or shown holds the token `<secret:NAME>`; only the wire sees the value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from turnup.errors import InputError, Refused
from turnup.secrets.hashes import encode_type7

TOKEN = re.compile(r"<secret:(#[0-9a-f]{8}|[A-Za-z0-9][A-Za-z0-9_.-]*)>")
VARIABLE = "TURNUP_SECRET_"
_SHORTEST_SHOWN = 4  # a shorter value is refused wherever it is used
BGP_KEY_LENGTH = 25  # longest key that `neighbor ... password` of 12.0S takes

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_TYPED = re.compile(rf"(?:(?<=\s)(?P<type>\d{{1,2}}) )?{TOKEN.pattern}")
_BGP_KEY = re.compile(r"\s*neighbor \S+ password ")


def token(name: str) -> str:
    """The text that stands for that secret wherever it must not be seen."""
    return f"<secret:{name}>"


def tokens_in(line: str) -> tuple[str, ...]:
    """Names (or `#` fingerprints) of the secrets that a line holds as tokens."""
    return tuple(match[1] for match in TOKEN.finditer(line))


class Secrets:
    """Where the values of named secrets are.

    A reference is `env:VARIABLE` or `keyring:SERVICE/USER`; a name without one is looked for in the variable
    TURNUP_SECRET_<NAME>, upper case, `-` and `.` written `_`.
    """

    def __init__(self, references: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._references = dict(references or {})
        self._environ = os.environ if environ is None else environ
        for name, reference in self._references.items():
            check_name(name)
            _check_reference(name, reference)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._references)) or 'none named'})"

    def reveal(self, name: str, *, longest: int | None = None) -> str:
        """The value of that secret. Raises InputError that says what to set, or which rule the value breaks."""
        value = self._look_up(name)
        _check_value(name, value, longest, self._place(name))
        return value

    def reveal_line(self, line: str) -> str:
        """The line with its tokens replaced by values, for the wire only.

        A token behind a `7` is written as type 7, since the router would decode a plain value. Raises InputError
        when a value is missing, Refused when the line cannot be written again: a hash, or a secret known only by
        its fingerprint.
        """
        longest = BGP_KEY_LENGTH if _BGP_KEY.match(line) else None
        return _TYPED.sub(lambda match: self._written(match, longest), line)

    def missing(self, lines: Iterable[str], names: Iterable[str] = ()) -> tuple[str, ...]:
        """Secrets, of those lines and names, that cannot be revealed here; ask before a push, not in the middle."""
        wanted = dict.fromkeys([*names, *(name for line in lines for name in tokens_in(line))])
        return tuple(name for name in wanted if not self._revealable(name))

    def known(self, names: Iterable[str] = ()) -> Mapping[str, str]:
        """Name -> value of every secret found here: those with a reference, `names`, and all TURNUP_SECRET_ variables.

        Values that break a rule are given too: they must be kept out of artefacts all the same.
        """
        found: dict[str, str] = {}
        for name in dict.fromkeys([*self._references, *names]):
            try:
                found[name] = self._look_up(name)
            except InputError:
                continue
        places = {self._place(name) for name in found}
        for variable, value in self._environ.items():
            if variable.startswith(VARIABLE) and value and variable not in places:
                found.setdefault(variable.removeprefix(VARIABLE).lower().replace("_", "-"), value)
        return found

    def _written(self, match: re.Match[str], longest: int | None) -> str:
        kind, name = match["type"], match[2]
        if name.startswith("#"):
            raise Refused(
                f"the line holds a secret known only by its fingerprint {name}; it cannot be sent again",
                advice="Name the secret in policy.yaml (secrets:) and set its value, then plan again.",
            )
        if kind is None:
            return self.reveal(name, longest=longest)
        if kind == "0":
            return f"0 {self.reveal(name, longest=longest)}"
        if kind == "7":
            return f"7 {encode_type7(self.reveal(name, longest=longest))}"
        raise Refused(f"secret {name!r} stands as type {kind}, a hash that cannot be sent again")

    def _revealable(self, name: str) -> bool:
        try:
            self.reveal(name)
        except InputError:
            return False
        return True

    def _place(self, name: str) -> str:
        """The variable of an `env:` or default reference, otherwise the reference itself."""
        reference = self._references.get(name)
        if reference is None:
            return VARIABLE + re.sub(r"[-.]", "_", name).upper()
        return reference.removeprefix("env:")

    def _look_up(self, name: str) -> str:
        check_name(name)
        place = self._place(name)
        value = _from_keyring(name, place) if place.startswith("keyring:") else self._environ.get(place)
        if not value:
            raise InputError(f"secret {name!r} is not set", where=place, advice=_how_to_set(place))
        return value


def out_of_environment(text: str, environ: Mapping[str, str] | None = None) -> str:
    """The text without the values of TURNUP_PASSWORD, TURNUP_ENABLE and TURNUP_SECRET_..., by variable."""
    for variable, value in (os.environ if environ is None else environ).items():
        if variable.startswith(VARIABLE) or variable in ("TURNUP_PASSWORD", "TURNUP_ENABLE"):
            name = variable.removeprefix(VARIABLE).removeprefix("TURNUP_").lower().replace("_", "-")
            if len(value) >= _SHORTEST_SHOWN:
                text = text.replace(value, token(name))
    return text


def check_name(name: str) -> None:
    """Raises InputError when that cannot be the name of a secret."""
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot name a secret: use letters, digits, `-`, `_` and `.`, at most 63")


def _check_reference(name: str, reference: str) -> None:
    kind, _, rest = reference.partition(":")
    service, _, user = rest.partition("/")
    if not (kind == "env" and rest) and not (kind == "keyring" and service and user):
        raise InputError(
            f"secret {name!r} has an unknown kind of reference",  # the text itself may be a secret put in its place
            advice="Write env:VARIABLE or keyring:SERVICE/USER; never write the secret itself into a file.",
        )


def _check_value(name: str, value: str, longest: int | None, place: str) -> None:
    """Raises InputError without showing the value; a router would cut, complete or misread such a key."""
    if any(not "!" <= letter <= "~" or letter == "?" for letter in value):
        fault = "holds a blank, `?`, a control character or a letter outside ASCII"
    elif TOKEN.search(value):
        fault = "holds a secret's token instead of a value"
    elif longest is not None and len(value) > longest:
        fault = f"has {len(value)} characters; the router takes {longest}"
    else:
        return
    raise InputError(f"the value of secret {name!r} {fault}", where=place, advice="Agree on another key and set it.")


def _from_keyring(name: str, place: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise InputError(
            f"secret {name!r} is kept in a keyring, and the keyring library is not installed",
            where=place,
            advice="Install it with: pip install 'turnup[keyring]'",
        ) from None
    service, _, user = place.removeprefix("keyring:").partition("/")
    try:
        return keyring.get_password(service, user)  # type: ignore[no-any-return]  # keyring is untyped where absent
    except KeyringError as error:
        raise InputError(f"the keyring did not give secret {name!r}: {type(error).__name__}", where=place) from None


def _how_to_set(place: str) -> str:
    if place.startswith("keyring:"):
        service, _, user = place.removeprefix("keyring:").partition("/")
        return f"Set it with: keyring set {service} {user}"
    return f"Set the environment variable {place}."
