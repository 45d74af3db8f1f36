"""Secrets by name: where they are looked for, which values are refused, what reaches the wire."""

from __future__ import annotations

import sys
import types

import pytest

from turnup.errors import InputError, Refused
from turnup.secrets import Secrets, token, tokens_in
from turnup.secrets.hashes import decode_type7

VALUE = "k3y-of-Level3"


def secrets(environ: dict[str, str] | None = None, **references: str) -> Secrets:
    return Secrets(
        {name.replace("_", "-"): text for name, text in references.items()},
        environ if environ is not None else {"BGP": VALUE},
    )


def test_a_reference_names_the_variable() -> None:
    assert secrets(LVL3="env:BGP").reveal("LVL3") == VALUE


def test_a_name_without_reference_has_a_variable_by_rule() -> None:
    assert secrets({"TURNUP_SECRET_LVL3_MD5": VALUE}).reveal("LVL3-MD5") == VALUE


@pytest.mark.parametrize("name", ["LVL3-MD5", "other"])
def test_a_missing_value_says_what_to_set(name: str) -> None:
    with pytest.raises(InputError, match=f"{name!r} is not set") as caught:
        secrets({"BGP": ""}, other="env:BGP").reveal(name)
    assert ("TURNUP_SECRET_LVL3_MD5" if name == "LVL3-MD5" else "BGP") in caught.value.advice


@pytest.mark.parametrize(
    "value",
    ["two words", "tab\there", "what?", "line\nbreak", "bell\x07", "del\x7f", "ümlaut1", "<secret:other>", "nul\0"],
)
def test_values_that_a_router_would_misread(value: str) -> None:
    with pytest.raises(InputError) as caught:
        secrets({"BGP": value}, LVL3="env:BGP").reveal("LVL3")
    assert value not in str(caught.value) + caught.value.advice
    assert value in secrets({"BGP": value}, LVL3="env:BGP").known().values()  # redacted all the same


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "-x", "x" * 64, "a/b", "#abc", "a>b"])
def test_what_cannot_name_a_secret(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a secret"):
        secrets().reveal(name)
    with pytest.raises(InputError, match="cannot name a secret"):
        Secrets({name: "env:BGP"}, {})


@pytest.mark.parametrize("reference", ["", VALUE, "env:", "keyring:", "keyring:service", "keyring:/user", "vault:x"])
def test_an_unknown_reference_is_refused_without_being_shown(reference: str) -> None:
    with pytest.raises(InputError, match="unknown kind of reference") as caught:
        Secrets({"LVL3": reference}, {})
    assert VALUE not in str(caught.value)


def test_a_bgp_key_longer_than_the_router_takes() -> None:
    long = secrets({"BGP": "k" * 26}, LVL3="env:BGP")
    assert long.reveal("LVL3") == "k" * 26
    with pytest.raises(InputError, match="26 characters; the router takes 25"):
        long.reveal_line(" neighbor 10.10.3.2 password <secret:LVL3>")
    assert long.reveal_line("tacacs-server key <secret:LVL3>") == "tacacs-server key " + "k" * 26


def test_a_line_is_revealed_for_the_wire() -> None:
    known = secrets(LVL3="env:BGP")
    assert known.reveal_line("neighbor 10.10.3.2 password <secret:LVL3>") == f"neighbor 10.10.3.2 password {VALUE}"
    assert known.reveal_line("neighbor 10.10.3.2 password 0 <secret:LVL3>").endswith(f" 0 {VALUE}")
    assert known.reveal_line("neighbor 10.10.3.2 remote-as 64603") == "neighbor 10.10.3.2 remote-as 64603"
    coded = known.reveal_line("neighbor 10.10.3.2 password 7 <secret:LVL3>")
    assert VALUE not in coded
    assert coded.rpartition(" 7 ")[0] == "neighbor 10.10.3.2 password"
    assert decode_type7(coded.rpartition(" ")[2]) == VALUE


@pytest.mark.parametrize("line", ["enable secret 5 <secret:LVL3>", "neighbor 10.10.3.2 password 7 <secret:#01234567>"])
def test_what_cannot_be_sent_again_is_refused(line: str) -> None:
    with pytest.raises(Refused):
        secrets(LVL3="env:BGP").reveal_line(line)


def test_what_is_missing_is_asked_before_a_push() -> None:
    known = secrets(LVL3="env:BGP")
    lines = ["password <secret:LVL3>", "password <secret:gone>", "password 7 <secret:#01234567>"]
    assert known.missing(lines) == ("gone", "#01234567")
    assert known.missing([], ["LVL3", "vault"]) == ("vault",)
    assert known.missing(["shutdown"]) == ()


def test_known_takes_references_names_and_variables() -> None:
    known = secrets(
        {"BGP": VALUE, "TURNUP_SECRET_LAST_RESORT": "Vault-77", "TURNUP_SECRET_STRAY": "0ther-one", "PATH": "/bin"},
        LVL3="env:BGP",
        gone="env:GONE",
    ).known(["last-resort", "unset"])
    assert known == {"LVL3": VALUE, "last-resort": "Vault-77", "stray": "0ther-one"}


def test_repr_shows_names_only() -> None:
    assert repr(secrets(LVL3="env:BGP")) == "Secrets(LVL3)"
    assert VALUE not in repr(secrets({"TURNUP_SECRET_X": VALUE}))


def test_tokens() -> None:
    assert token("LVL3-MD5") == "<secret:LVL3-MD5>"
    assert tokens_in("a <secret:LVL3-MD5> b <secret:#01234567> <secret:> <secret:#0123>") == ("LVL3-MD5", "#01234567")


class KeyringError(Exception):
    pass


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    kept = {("turnup", "noc"): VALUE}

    def get_password(service: str, user: str) -> str | None:
        if service == "locked":
            raise KeyringError("backend says: " + VALUE)
        return kept.get((service, user))

    library, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    vars(errors)["KeyringError"] = KeyringError
    vars(library).update(get_password=get_password, errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return library


@pytest.mark.usefixtures("keyring")
def test_a_keyring_gives_its_secret() -> None:
    assert secrets(LVL3="keyring:turnup/noc").reveal("LVL3") == VALUE
    with pytest.raises(InputError, match="is not set") as caught:
        secrets(LVL3="keyring:turnup/nobody").reveal("LVL3")
    assert "keyring set turnup nobody" in caught.value.advice
    with pytest.raises(InputError, match="KeyringError") as caught:
        secrets(LVL3="keyring:locked/noc").reveal("LVL3")
    assert VALUE not in str(caught.value)


def test_without_the_keyring_library_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InputError) as caught:
        secrets(LVL3="keyring:turnup/noc").reveal("LVL3")
    assert "turnup[keyring]" in caught.value.advice
