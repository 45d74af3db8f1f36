"""What an acceptance test is: a pure function from facts and expected values to findings, declared once.

A test is one file of acceptance/, found by folder. Adding one modifies no other file (docs/adding.md).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun, TurnupError
from turnup.model.attestation import Attestation
from turnup.model.equipment import Assignment, Router, Site
from turnup.model.policy import Policy
from turnup.model.transcript import Ask
from turnup.model.verdict import BY_A_PERSON, Finding, Seen, Verdict

T = TypeVar("T")
V = TypeVar("V")


class NoExpectedValue(CouldNotRun):
    """Neither order, inventory nor policy says what the test must see."""


class NotOnPlatform(CouldNotRun):
    """The platform's table says, with the reason, that it has no such fact; `source` names the platform."""

    def __init__(self, reason: str, source: str) -> None:
        super().__init__(reason)
        self.source = source


PLATFORM_TABLE = "the platform table"


@dataclass(frozen=True)
class Expected:
    """What the tests of one port must see: the order, the inventory's record of the router, and the policy.

    `lines` are the rendered configuration lines of the order by section ("" = global), as `show running-config`
    shows them. `assignment` is None when a router is tested without an ordered port.
    """

    router: Router
    site: Site
    policy: Policy
    assignment: Assignment | None = None
    lines: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    customer_ports: tuple[str, ...] = ()  # interfaces that carry any customer, the ordered one included
    customer_links: tuple[str, ...] = ()  # addresses of the same customer at its other ports of this router
    since: str = ""  # start of the log window, ISO 8601 UTC; "" = whole buffer
    own_change: bool = True  # whether a change of ours falls into that window: then the log must show it
    username: str = ""
    known_secrets: frozenset[str] = frozenset()  # names whose values the vault gave, so that redaction could compare
    attestations: tuple[Attestation, ...] = ()  # what persons saw, one a test; those that no longer count say why

    def ordered(self) -> Assignment:
        """The ordered port. Raises NoExpectedValue when there is none."""
        return self.need(self.assignment, "an ordered port")

    def need(self, value: V | None, what: str) -> V:
        """That value. Raises NoExpectedValue when it is None or empty: a test without expectation never passes."""
        if value is None or value in ("", (), {}):
            raise NoExpectedValue(
                f"no expected value for {what}", advice="Add it to the inventory, the policy or the order."
            )
        return value

    def inventory(self, field: str) -> str:
        """Source of an expected value that the inventory gives: file and field."""
        return f"{self.router.source_of(field) or 'inventory'}: {field}"

    def order(self, field: str) -> str:
        """Source of an expected value that the order gives: file and field."""
        return f"{(self.assignment.order.origin if self.assignment else '') or 'order'}: {field}"

    def agreed(self, field: str) -> str:
        """Source of an expected value that the policy gives: file and field."""
        return f"{self.policy.origin or 'policy'}: {field}"

    def settings(self, check: str, of: type[V]) -> V:
        """The policy's settings for one test, typed by that test. Raises InputError on an unknown field."""
        from turnup.load.strict import build

        where = f"{self.policy.origin}: checks.{check}" if self.policy.origin else f"checks.{check}"
        return build(of, self.policy.checks.get(check, {}), where=where)


class Facts(Protocol):
    """Typed rows parsed from one router's answers. Every method raises CouldNotRun rather than guess."""

    def rows(self, fact: type[T], /, **args: str) -> tuple[T, ...]:
        """All rows of that fact; () only when the router positively answered with an empty table."""

    def one(self, fact: type[T], /, **args: str) -> T:
        """The only row. Raises CouldNotRun when there is none or more than one."""

    def answered(self, fact: type[object], /, **args: str) -> bool:
        """Whether the router accepted the command (its answer may still be unparsable)."""

    def text(self, fact: type[object], /, **args: str) -> str:
        """Raw redacted answer."""

    def asked_at(self, fact: type[object], /, **args: str) -> datetime:
        """When the NOC got that answer, by its own clock."""

    def seen(self, *rows: object) -> tuple[Seen, ...]:
        """Where these rows, given out by this object, stand in the answers."""

    def whole(self, fact: type[object], /, **args: str) -> tuple[Seen, ...]:
        """Reference to the whole answer, for findings about something that is absent."""

    def configuration(self) -> Configuration:
        """The complete running configuration."""

    def config_seen(self, *texts: str, section: str | None = None) -> tuple[Seen, ...]:
        """Where lines with these exact texts (blanks at both ends aside) stand in the running configuration.

        `section` keeps those below that header ("" = global lines); None takes them wherever they stand.
        """

    def lacks(self, what: str) -> str:
        """Why the platform has no such fact or feature (platform.toml `not_applicable`); "" when it has."""

    def commands(self, *asks: Ask) -> tuple[str, ...]:
        """What was typed for these asks, as far as anything was."""


Run = Callable[[Expected, Facts], Iterator[Finding]]
Asks = Callable[[Expected], Iterable[Ask]]


@dataclass(frozen=True)
class Check:
    """One test of Schedule 2: number, name, what it asks of the router, how it judges."""

    number: int
    title: str
    name: str
    needs: tuple[str, ...]
    asks: Asks | None
    run: Run
    rule: str
    settings: type[Any] | None = None

    def asked(self, expected: Expected) -> tuple[Ask, ...]:
        """Everything this test asks of the router for this port."""
        fixed = tuple(Ask(fact) for fact in self.needs)
        return fixed + tuple(self.asks(expected) if self.asks else ())


_CHECKS: dict[str, Check] = {}


def check(
    number: int,
    title: str,
    *,
    needs: tuple[str, ...] = (),
    asks: Asks | None = None,
    settings: type[Any] | None = None,
) -> Callable[[Run], Run]:
    """Enter the function below as the acceptance test named after its file.

    `needs` are facts without arguments; `asks` gives those whose arguments depend on what is expected; `settings` is
    the dataclass of what policy may set for this test. The function's docstring is the rule that
    `turnup checks explain` shows. Raises TurnupError on a second test in one file, a missing docstring, or a number
    used twice.
    """

    def enter(run: Run) -> Run:
        name = run.__module__.rpartition(".")[2]
        known = _CHECKS.get(name)
        if known is not None and known.run is not run and known.run.__qualname__ != run.__qualname__:
            raise TurnupError(f"two tests in acceptance/{name}.py; a file holds one")
        if not run.__doc__:
            raise TurnupError(f"acceptance/{name}.py: the test has no docstring that says its rule")
        if any(c.number == number and c.name != name for c in _CHECKS.values()):
            raise TurnupError(f"acceptance/{name}.py: test number {number} is taken")
        _CHECKS[name] = Check(number, title, name, needs, asks, run, run.__doc__, settings)
        return run

    return enter


@cache
def all_checks() -> tuple[Check, ...]:
    """Every test of acceptance/, in the order of Schedule 2."""
    package: Any = importlib.import_module("turnup.acceptance")
    for module in pkgutil.iter_modules(package.__path__, "turnup.acceptance."):
        importlib.import_module(module.name)
    return tuple(sorted(_CHECKS.values(), key=lambda c: c.number))


# --- what a test says ------------------------------------------------------------------------------------------


def compare(
    subject: str, expected: object, observed: object, *, source: str = "", seen: tuple[Seen, ...] = ()
) -> Finding:
    """PASS when both typed values are equal, FAIL otherwise. Exact: no substring, no pattern."""
    verdict = Verdict.PASS if expected == observed else Verdict.FAIL
    return Finding(subject, verdict, _said(expected), _said(observed), source, seen)


def holds(
    subject: str,
    ok: bool,
    *,
    expected: object,
    observed: object,
    source: str = "",
    seen: tuple[Seen, ...] = (),
) -> Finding:
    """PASS when `ok` is true, for rules that are not an equality ("at least", "one of")."""
    return Finding(subject, Verdict.PASS if ok else Verdict.FAIL, _said(expected), _said(observed), source, seen)


def inconclusive(
    subject: str, why: str, *, expected: object = "proof", source: str = "", seen: tuple[Seen, ...] = ()
) -> Finding:
    """What could not be proved, and why."""
    return Finding(subject, Verdict.INCONCLUSIVE, _said(expected), why, source, seen)


def not_applicable(subject: str, reason: str, *, source: str, agreed_by: str, seen: tuple[Seen, ...] = ()) -> Finding:
    """What was agreed not to apply, why, by whom, and where that stands.

    Without a reason or a name behind it nothing was agreed: INCONCLUSIVE.
    """
    if not reason.strip() or not agreed_by.strip():
        return inconclusive(subject, "said not to apply, without a reason or without who agreed", source=source)
    return Finding(subject, Verdict.NOT_APPLICABLE, "not applicable", f"{reason} (agreed by {agreed_by})", source, seen)


def pending(subject: str, what: str, *, source: str = "", seen: tuple[Seen, ...] = ()) -> Finding:
    """What a person has to do or attest; the attestation is bound to the lines `seen`."""
    return Finding(subject, Verdict.PENDING, BY_A_PERSON, what, source, seen)


def part(subject: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """These findings; what cannot be run among them ends this part alone, as one INCONCLUSIVE finding.

    A test that looks at several things wraps each, so that one refused command hides no fault elsewhere. What the
    platform's table says it has not is NOT APPLICABLE, with the table's reason.
    """
    try:
        yield from findings
    except NotOnPlatform as error:
        yield not_applicable(subject, str(error), source=error.source, agreed_by=PLATFORM_TABLE)
    except CouldNotRun as error:
        yield inconclusive(subject, str(error))


def _said(value: object) -> str:
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)) or "none"
    if value is None or value == "":
        return "none"
    return str(value)
