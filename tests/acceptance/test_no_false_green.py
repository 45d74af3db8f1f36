"""No test passes without proof: any answer refused, empty, cut or unanswered moves the verdict away from PASS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from platform_cases import BY_NAME, healthy, judged_pairs, label

from turnup.checks import Check, Expected
from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.model.transcript import Answer, Ask, Transcript
from turnup.model.verdict import Verdict
from turnup.platforms import platform

_each_check = pytest.mark.parametrize(("name", "check"), judged_pairs(), ids=label)
_REFUSED = "  ^\n% Invalid input detected at '^' marker.\n"
REFUSALS = ("refused", "not authorised", "task group too low", "unanswered")
_DAMAGE: dict[str, Callable[[Answer], Answer]] = {
    "refused": lambda answer: replace(answer, text=_REFUSED),
    "not authorised": lambda answer: replace(answer, text="Command authorization failed.\n"),
    "task group too low": lambda answer: replace(answer, text="% This command is not authorized\n"),
    "empty": lambda answer: replace(answer, text=""),
    "blank": lambda answer: replace(answer, text="\n \n"),
    "unanswered": lambda answer: replace(answer, text="", failure="no answer within 30 s"),
    "cut": lambda answer: replace(answer, text=answer.text[: len(answer.text) // 2]),
    "foreign line": lambda answer: replace(answer, text=answer.text + "SEGV exception, PC 0x60010950\n"),
}
# (test, fact) whose answer may be lost without leaving PASS, and why that is harmless.
HARMLESS = {
    ("intrapop_links", "clns_neighbor"): "stands in for `show isis neighbors` where that is refused; it was not",
    ("isis_neighbors", "clns_neighbor"): "stands in for `show isis neighbors` where that is refused; it was not",
    ("rp_memory", "process_memory"): "stands in for `show memory summary` where that is refused; it was not",
    ("rp_memory", "clock"): "without a clock the whole log counts: more can fail, not less",
}
# The other one of two stands in when the first is refused, and proves the same.
STANDS_IN = {("intrapop_links", "isis_neighbor"), ("isis_neighbors", "isis_neighbor")}
# The log may end after any line, and a line without prefix continues the message above it: what a cut or a foreign
# line took is told by the session's markers, never by the text. Its header stands at the front.
LOGS = {"log_message", "log_header"}
# A second sample proves growth. Without one, counters of zero are still proof (no errors at all since clearing);
# a TACACS+ server that answered is alive whatever a second look would say.
SECOND_SAMPLES = {"interface", "tacacs_server"}


def _judged(name: str, check: Check, expected: Expected, transcript: Transcript) -> Verdict:
    facts = TranscriptFacts(platform(name), platform("noc"), transcript)
    return judge(expected, facts, (check,))[0].verdict


def _harmless(check: Check, ask: Ask, damage: str) -> bool:
    if (check.name, ask.fact) in HARMLESS:
        return True
    if (check.name, ask.fact) in STANDS_IN and damage in REFUSALS:
        return True
    if ask.fact in LOGS and damage in ("cut", "foreign line"):
        return True
    return ("sample", "2") in ask.args and ask.fact in SECOND_SAMPLES


def _expected(name: str) -> Expected:
    return healthy(name).expected_on(platform(name))


def _transcript(name: str, check: Check) -> Transcript:
    return healthy(name).transcript((platform(name), platform("noc")), asks_of((check,), _expected(name)))


@_each_check
@pytest.mark.parametrize("damage", _DAMAGE)
def test_lost_answer_is_never_pass(name: str, check: Check, damage: str) -> None:
    expected, transcript = _expected(name), _transcript(name, check)
    before = _judged(name, check, expected, transcript)
    assert before in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    for ask, answer in transcript.answers.items():
        if _harmless(check, ask, damage):
            continue
        answers = {**transcript.answers, ask: _DAMAGE[damage](answer)}
        after = _judged(name, check, expected, replace(transcript, answers=answers))
        assert after not in (Verdict.PASS, Verdict.NOT_APPLICABLE), f"{ask} {damage}"


@_each_check
def test_fact_not_asked_is_never_pass(name: str, check: Check) -> None:
    transcript = _transcript(name, check)
    for ask in transcript.answers:
        if _harmless(check, ask, "unanswered"):
            continue
        answers = {other: answer for other, answer in transcript.answers.items() if other != ask}
        verdict = _judged(name, check, _expected(name), replace(transcript, answers=answers))
        assert verdict is Verdict.INCONCLUSIVE, ask


@_each_check
def test_unreachable_router_is_inconclusive(name: str, check: Check) -> None:
    transcript = replace(_transcript(name, check), failure="connection timed out", answers={})
    facts = TranscriptFacts(platform(name), platform("noc"), transcript)
    result = judge(_expected(name), facts, (check,))[0]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "not reached: connection timed out" in result.reason


# What no order, inventory or policy says: each of these makes some tests INCONCLUSIVE, and none more green.
_SILENCES: dict[str, Callable[[Expected], Expected]] = {
    "inventory": lambda expected: replace(
        expected,
        router=replace(
            expected.router, links=(), ibgp_peers=(), dns_zone=None, name_servers=(), tacacs_servers=(), log_hosts=(),
            management_targets=(), vty_acl=None, console_server=None, flash_device=None, memory_kbyte=None,
            last_resort_user=None, rpms=None,
        ),
    ),
    "order": lambda expected: replace(expected, assignment=None, lines=(), description=None),
    "policy": lambda expected: replace(
        expected, policy=replace(expected.policy, images=(), memory=None, flash_free_bytes=None, bgp_soak_seconds=None)
    ),
}  # fmt: skip
_NEEDS_NOTHING = {"ftp_tftp_source": "its loopback is part of every record"}


@_each_check
def test_nothing_expected_is_never_pass(name: str, check: Check) -> None:
    """Without a word about what must be seen, no test passes."""
    transcript, expected = _transcript(name, check), _expected(name)
    for silence in _SILENCES.values():
        expected = silence(expected)
    if check.name not in _NEEDS_NOTHING:
        assert _judged(name, check, expected, transcript) not in (Verdict.PASS, Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize("name", sorted({name for name, _ in judged_pairs()}))
def test_another_routers_answers_are_never_pass(name: str) -> None:
    """Answers of one router taken for those of a twin: the version test sees it by name."""
    expected = _expected(name)
    other = replace(expected, router=replace(expected.router, name="nyc-hud-gsr9"))
    check = BY_NAME["ios_version"]
    assert _judged(name, check, other, _transcript(name, check)) is Verdict.FAIL


def _dropped(text: str, line: int, count: int) -> str:
    lines = text.split("\n")
    return "\n".join(lines[: line - 1] + lines[line - 1 + count :])


def _evidence(name: str, check: Check, transcript: Transcript) -> Iterator[tuple[Ask, int, int, str]]:
    """(ask, first line, number of lines, finding) of every place a PASS rests on."""
    facts = TranscriptFacts(platform(name), platform("noc"), transcript)
    result = judge(_expected(name), facts, (check,))[0]
    for finding in result.findings:
        for seen in finding.seen:
            for ask, answer in transcript.answers.items():
                if finding.verdict is Verdict.PASS and seen.line and answer.command == seen.command:
                    lines = answer.text.split("\n")[seen.line - 1 :]
                    if "\n".join(lines).startswith(seen.text) or lines[0].strip() == seen.text.strip():
                        yield ask, seen.line, seen.text.count("\n") + 1, finding.subject


# Lines whose absence means the same: (test, words of the line) -> why dropping one is harmless.
MEANS_THE_SAME = {
    ("console_login", "exec-timeout 10 0"): "ten minutes is the default: without the line it holds too",
    ("password_of_last_resort", "aaa authorization exec"): "without authorization nobody is locked out",
    ("isis_configuration", "isis circuit-type level-2-only"): "the process speaks level 2 only: so does the circuit",
    ("vty_access_list", "exec-timeout 10 0"): "ten minutes is the default: without the line it holds too",
    ("vty_access_list", "deny   any"): "the end of every access-list denies, written or not",
    ("console_login", "line console"): "IOS-XR has its console line by default, with the same time-out and list",
    ("password_of_last_resort", "line console"): "IOS-XR has its console line by default, with the same list",
    ("vty_access_list", "20 deny ipv4 any any"): "the end of every access-list denies, written or not",
    ("vty_access_list", "vty-pool default 0 4 line-template default"): "that is the default pool of IOS-XR",
}


@_each_check
def test_dropping_a_line_of_evidence_leaves_pass(name: str, check: Check) -> None:
    transcript = _transcript(name, check)
    survived = set()
    for ask, line, count, subject in _evidence(name, check, transcript):
        if ("sample", "2") in ask.args and ask.fact in SECOND_SAMPLES:
            continue
        answer = transcript.answers[ask]
        text = _dropped(answer.text, line, count)
        # two facts of one command are read from one answer
        same = {one for one, a in transcript.answers.items() if (a.command, a.text) == (answer.command, answer.text)}
        answers = {o: replace(a, text=text) if o in same else a for o, a in transcript.answers.items()}
        after = _judged(name, check, _expected(name), replace(transcript, answers=answers))
        said = answer.text.split("\n")[line - 1].strip()
        if after is Verdict.PASS and not any(one == check.name and words in said for one, words in MEANS_THE_SAME):
            survived.add(f"{subject}: {ask.fact} line {line}: {said}")
    assert not survived
