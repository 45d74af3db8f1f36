"""Verify password of last resort: with every TACACS+ server away, the vaulted secret still lets an operator in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.facts.running_config import RunningConfig
from turnup.model.verdict import Finding, Seen
from turnup.rules.aaa import LOCAL_METHODS, NEW_MODEL, TerminalLine, method_list, method_lists, terminal_lines
from turnup.rules.attested import by_a_person
from turnup.rules.evidence import lines_seen, taken_away
from turnup.rules.tokens import Secret, matches_vault, secret_after

_COMPARABLE = (0, 4, 5, 7, 8, 9)  # types whose hash can be made again from the vault's value
_STEPS = (
    "Best: set the secret's variable (policy.yaml, secrets) and test again, the hash is then compared by itself",
    "Otherwise take the sealed secret from the vault, with the witness, in a maintenance window; make TACACS+ "
    "unreachable for this router and log in at the console with it, then enable",
    "Look: both are taken and no other is; put TACACS+ back, seal the secret again; keep a log without the secret",
)
_HINDRANCES = ("access-class", "autocommand", "one-time", "user-maxlinks", "callback", "noescape", "view")
_FALLBACKS = ("local", "if-authenticated", "none")


@dataclass(frozen=True)
class Settings:
    """`enable_secret`: name of the secret that the enable secret must equal; None = only its presence and type."""

    enable_secret: str | None = None


@check(13, "Verify password of last resort", needs=("running_config",), settings=Settings)
def password_of_last_resort(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Login lists of console and vty end with a local method, enable with `enable`; the secrets are the vault's.

    The account of inventory exists, its secret is stored with a type the policy allows (clear text and type 7 are
    not) and equals the vault's value; that is compared by hash, never shown. FAIL: no fallback, `none`, no enable
    secret, no such account, `nopassword` (of any account), another secret, a forbidden type. INCONCLUSIVE: a line or
    an expected value is missing; a login list asks for the line's password, or for an enable secret that policy does
    not name, before the account. PENDING: the vault gave no value, and nobody has attested that the vaulted secret
    lets him in.
    NOT APPLICABLE, as a part: enable, on a platform without enable mode.
    """
    config = facts.configuration()
    seen = lines_seen(facts, NEW_MODEL, section="")
    yield compare(NEW_MODEL, True, NEW_MODEL in config.top, seen=seen)
    for kind in ("con", "vty"):
        lines = terminal_lines(config, kind)
        if not lines:
            yield inconclusive(f"line {kind}", "not in the configuration", seen=facts.whole(RunningConfig))
        for line in lines:
            yield from part(line.header, _login(expected, facts, config, line))
    enable = tuple(taken_away(expected, facts, "enable", "enable_mode"))
    yield from enable or part("enable list", _enable_list(facts, config))
    yield from _locked_out(facts, config)
    if not enable:
        yield from part("enable secret", _enable_secret(expected, facts, config))
    yield from part("last-resort account", _account(expected, facts, config))
    yield _open_accounts(facts, config)


def _login(expected: Expected, facts: Facts, config: Configuration, line: TerminalLine) -> Iterator[Finding]:
    subject = f"{line.header} falls back"
    found = method_list(config, "authentication login", line.login_list)
    named = [text for text in line.lines if text.startswith("login ")]
    seen = lines_seen(facts, line.header, section="") + lines_seen(facts, *named, section=line.header)
    seen += lines_seen(facts, found.text, section="") if found else facts.whole(RunningConfig)
    methods = found.methods if found else ()
    last = methods[-1] if methods else ""
    good = last in LOCAL_METHODS and "none" not in methods
    if last == "line":
        good = any(text.startswith("password ") for text in line.lines)
    shown = f"{line.login_list}: {' '.join(methods) or 'no such list'}"
    yield holds(subject, good, expected=f"last method one of {', '.join(LOCAL_METHODS)}", observed=shown, seen=seen)
    first = next((method for method in methods if method in LOCAL_METHODS), "")
    compared = expected.settings("password_of_last_resort", Settings).enable_secret
    if first == "line" or (first == "enable" and not compared):
        why = f"{shown}: `{first}` is asked before any account, and its secret is not compared with the vault's"
        yield inconclusive(f"{line.header} takes the vaulted secret", why, expected="local first", seen=seen)


def _enable_list(facts: Facts, config: Configuration) -> Iterator[Finding]:
    found = method_list(config, "authentication enable", "default")
    shown = " ".join(found.methods) if found else "no list"
    good = found is not None and found.methods[-1:] == ("enable",) and "none" not in found.methods
    seen = lines_seen(facts, found.text, section="") if found else facts.whole(RunningConfig)
    yield holds("enable falls back", good, expected="last method enable", observed=shown, seen=seen)


def _locked_out(facts: Facts, config: Configuration) -> Iterator[Finding]:
    """Authorization that only TACACS+ can give locks out even after a good login."""
    for kind in ("authorization exec", "authorization commands"):
        for found in method_lists(config, kind):
            good = found.methods[-1:] != () and found.methods[-1] in _FALLBACKS
            seen = lines_seen(facts, found.text, section="")
            yield holds(f"{kind} falls back", good, expected=" or ".join(_FALLBACKS), observed=found.text, seen=seen)


def _enable_secret(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    lines = config.headers("enable secret")
    seen = lines_seen(facts, *lines, section="")
    found = [secret_after(text.split(), "secret") for text in lines]
    yield compare("enable secret", 1, len(lines), seen=seen)
    wanted = expected.settings("password_of_last_resort", Settings).enable_secret
    for secret in found:
        if secret is None:
            continue
        yield _type(expected, "enable secret type", secret, facts, lines)
        if wanted:
            source = expected.agreed("checks.password_of_last_resort.enable_secret")
            yield _value(expected, "enable secret value", secret, wanted, source, seen)


def _type(expected: Expected, subject: str, secret: Secret, facts: Facts, lines: tuple[str, ...]) -> Finding:
    allowed = expected.need(expected.policy.last_resort_types, "allowed types of secrets")
    return holds(
        subject,
        secret.type in allowed,
        expected=f"one of {', '.join(map(str, allowed))}",
        observed=secret.type,
        source=expected.agreed("last_resort_types"),
        seen=lines_seen(facts, *lines, section=""),
    )


def _account(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    user = expected.need(expected.router.last_resort_user, "the last-resort account")
    name = expected.need(expected.router.last_resort_secret, "the name of the last-resort secret")
    lines = config.headers(f"username {user}")
    source = expected.inventory("last_resort_user")
    seen = lines_seen(facts, *lines, section="")
    words = [text.split()[2:] for text in lines]
    stored = [s for line in words for kind in ("secret", "password") if (s := secret_after(line, kind))]
    secret = stored[0] if len(stored) == 1 else None
    shown = "no such account" if not lines else "with a secret" if secret else f"with {len(stored)} secrets"
    if any("nopassword" in line for line in words):
        shown = "without a secret (nopassword)"
    yield compare(f"username {user}", "with a secret", shown, source=source, seen=seen)
    for text in lines:
        if hindrance := next((word for word in text.split()[2:] if word in _HINDRANCES), None):
            why = f"`{hindrance}` may keep it out or throw it out"
            yield inconclusive(f"use of {user}", why, expected="free to log in", source=source, seen=seen)
    if facts.lacks("enable_mode"):  # then the account itself must be allowed everything
        good = any(line[:2] == ["privilege", "15"] for line in words)
        told = "all rights" if good else "; ".join(lines)
        yield holds(f"rights of {user}", good, expected="all rights", observed=told, source=source, seen=seen)
    for found in stored:
        yield _type(expected, f"type of {user}'s secret", found, facts, lines)
    if secret is None:
        return
    where = expected.inventory("last_resort_secret")
    yield _value(expected, f"secret of {user}", secret, name, where, seen)


def _open_accounts(facts: Facts, config: Configuration) -> Finding:
    """The way in of last resort must not stand open to everybody: any account without a password is one."""
    found = tuple(text for text in config.headers("username") if "nopassword" in text.split()[2:])
    told = "; ".join(found) or "none"
    return compare("accounts without a password", "none", told, seen=lines_seen(facts, *found, section=""))


def _value(expected: Expected, subject: str, secret: Secret, name: str, source: str, seen: tuple[Seen, ...]) -> Finding:
    """By its hash where the vault gave the value; otherwise a person, bound to the very line of configuration."""
    comparable = name in expected.known_secrets and secret.type in _COMPARABLE
    if secret.name == name or comparable:
        return matches_vault(subject, secret, name, expected.known_secrets, source=source, seen=seen)
    why = f"present, not matched: no value of {name} at hand to compare"
    return by_a_person(expected, "password_of_last_resort", subject, why, _STEPS, number=13, seen=seen)
