"""Every PASS leaves PASS when the evidence it cites changes: thousands of changed answers of one healthy router.

What may change without leaving PASS is listed, each with its reason. Whatever is not listed is a false green.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from turnup.checks import Check, all_checks
from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.judge.cases import Case, CaseFile
from turnup.model.transcript import Ask, Transcript
from turnup.model.verdict import Verdict
from turnup.platforms import platform

REFUSED = "  ^\n% Invalid input detected at '^' marker.\n"
# Words of state, each with the ones that say something else.
WORDS = (
    (r"administratively down|admin down", "up"),
    (r"(?<![\w-])up(?![\w-])", "down"),
    (r"(?<![\w-])UP(?![\w-])", "INIT"),
    (r"(?<![\w-])Up(?![\w-])", "Init"),
    (r"\bEstablished\b", "Active"),
    (r"\bnot set\b", "set"),
    (r"(?<=Active Alarms: ) *None", " SLOF"),
    (r"\bNo alarms detected\.", "Receiver has loss of signal."),
    (r"\bpermit\b", "deny"),
    (r"\bdeny\b", "permit"),
    (r"\bL2\b", "L1"),
    (r"\bIOS RUN|IOS  RUN", "IOS STRT"),
    (r"\bIOS Running\b", "Card Powered"),
    (r"\busername\b", "exec"),
    (r"\btacacs\+", "radius"),
    (r"\blocal\b", "none"),
    (r"\benabled\b", "disabled"),
    (r"(?<=[a-z0-9>]) in$", " out"),
    (r"\bconnected\b", "static"),
    (r"\blevel-2\b", "level-1"),
    (r"\bYES\b", "NO"),
    (r"\bNOERROR\b", "NXDOMAIN"),
    (r"!", "."),
    (r"\bLoopback0\b", "Loopback1"),
    (r"\bnyc-hud-gsr1\b", "nyc-hud-gsr2"),
    (r"\bnyc-hud-gsr2\b", "lax-wil-gsr1"),
    (r"line protocol is up", "line protocol is up (looped)"),
)
_NUMBER = re.compile(r"(?<![\w.:])\d+(?![\w:])|(?<=[/.])\d+(?![\w:])|(?<=[A-Za-z-])\d+(?=[/.\s]|$)")


@dataclass(frozen=True)
class Mutation:
    """What was done, in words, and the answer's text after it."""

    what: str
    text: str


def of_line(text: str, number: int) -> Iterator[Mutation]:
    """Line `number` (from 1) dropped, each number in it one more, each word of state another."""
    lines = text.split("\n")
    line = lines[number - 1]

    def put(changed: str) -> str:
        return "\n".join([*lines[: number - 1], changed, *lines[number:]])

    yield Mutation("dropped", "\n".join(lines[: number - 1] + lines[number:]))
    for match in _NUMBER.finditer(line):
        more = str(int(match[0]) + 1)
        yield Mutation(
            f"{match[0]}->{more} at {match.start()}", put(line[: match.start()] + more + line[match.end() :])
        )
    for pattern, word in WORDS:
        for match in re.finditer(pattern, line):
            changed = line[: match.start()] + word + line[match.end() :]
            yield Mutation(f"{match[0]}->{word} at {match.start()}", put(changed))
            if pattern == "!":
                break


def of_answer(text: str) -> Iterator[Mutation]:
    """The whole answer refused, empty, cut after each line, or given twice with the second one changed."""
    lines = text.rstrip("\n").split("\n")
    yield Mutation("refused", REFUSED)
    yield Mutation("empty", "")
    for count in range(1, len(lines)):
        yield Mutation(f"cut after line {count}: {lines[count - 1].strip()[:50]}", "\n".join(lines[:count]) + "\n")
        half = lines[count][: len(lines[count]) // 2]
        if half.strip() and half != lines[count].rstrip():
            yield Mutation(f"cut within line {count + 1}: {half.strip()[:50]}", "\n".join([*lines[:count], half]))


def contradicted(text: str, number: int) -> Iterator[Mutation]:
    """Line `number` once more behind itself, changed in one word of state."""
    lines = text.split("\n")
    line = lines[number - 1]
    for pattern, word in WORDS:
        changed = re.sub(pattern, word, line, count=1)
        if changed != line:
            yield Mutation(f"copied as: {changed.strip()}", "\n".join([*lines[:number], changed, *lines[number:]]))


HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"
SPEAKERS = (platform("ios"), platform("noc"))


@dataclass(frozen=True)
class Harmless:
    """`line` matches the changed line (or what was done to the whole answer), `what` the change."""

    why: str
    fact: str
    line: str
    what: str = ""
    checks: tuple[str, ...] = ()

    def covers(self, check: str, fact: str, line: str, what: str) -> bool:
        here = not self.checks or check in self.checks
        return here and fact == self.fact and bool(re.search(self.line, line)) and bool(re.search(self.what, what))


HARMLESS = (
    # --- the session, not the text, tells that an answer was cut behind a whole row (docs: markers) --------------
    *(
        Harmless("cut behind a whole row: the session's markers tell that, the text cannot", fact, "^$", "^cut ")
        for fact in (
            *("interface", "controller_pos", "controller_serial", "hosts", "console_prompt", "tacacs_server", "route"),
            *("log_header", "log_message", "interface_description", "access_list", "clns_neighbor", "memory"),
            *("process_memory", "bgp_neighbor", "clock", "user", "slot", "diagnosis", "line"),
        )
    ),
    Harmless("stands in for another command that was answered", "clns_neighbor", "^$"),
    Harmless("stands in for another command that was answered", "process_memory", "^$"),
    Harmless("`show clns neighbors` stands in and proves the same", "isis_neighbor", "^$", "refused"),
    Harmless("without a clock the whole log counts: more can fail, not less", "clock", "^$", "", ("rp_memory",)),
    # --- lines of a long answer that say nothing about the test ---------------------------------------------------
    Harmless("blank", "controller_pos", r"^\s*$"),
    *(Harmless("blank", fact, r"^\s*$") for fact in ("bgp_neighbor", "version", "log_header", "log_message")),
    Harmless("traffic, queues and history", "interface", r"rate \d|packets (in|out)put|[Qq]ueue|buffer|runts|clearing"),
    Harmless("what the board is, not how it works", "interface", "Hardware is|Description:|DLY"),
    Harmless("parts of the input errors, which are counted", "interface", "input errors", r"at (3\d|4\d|5\d|6\d)$"),
    Harmless("a second reading tells bandwidth, MTU, CRC again; the first is compared", "interface", "Encaps|MTU"),
    Harmless("loopback only has to be up with its address", "interface", r"^(?!Loopback0 is|Internet).+", "",
             ("ftp_tftp_source",)),
    Harmless("the ordered port's is test 9's", "interface", "Encapsulation|Last input|carrier|resets", "",
             ("intrapop_links",)),
    Harmless("how long ago, within five minutes", "interface", "Last input", r"at [1-9]\d"),
    Harmless("history since boot; growth and alarms decide", "controller_pos", "LOF|AIS|LOP|RDOOL|COAPS|Defects"),
    Harmless("APS and layout; alarms and path trace decide", "controller_pos",
             "Rx|S1S0|SECTION|LINE|Framing|State:|ais_shut|reporting|Remote IP|thresholds|APS|CLOCK|BUFFER|^PATH"),
    Harmless("only one of the two readings needs the far end", "controller_pos", "Remote (hostname|interface)"),
    Harmless("not of the order, or history of the interval", "controller_serial", "Bandwidth|FEBE|interval|Secs"),
    Harmless("the first reading; growth decides", "controller_serial", "Violation", "->"),
    Harmless("serial numbers and sizes; the certificate shows them", "diagnosis",
             "MAIN|S/N|FRU|Engine|analyzed|Insertion|Memory size|RP/LC"),
    Harmless("counters, timers and what the summary proves (test 8)", "bgp_neighbor",
             "accepted|capab|Address family|state =|table version|version 4|Connections|Default min|Descr|Index|Last |"
             "advertised|Received|Sent|refresh|Threshold"),
    Harmless("counters of messages; state, AS and time decide", "bgp_summary", r"^10\.", r"at (1\d|2\d|3\d|4\d|5\d)$"),
    Harmless("how many routes, within the limits", "bgp_summary", r"^10\.", r"at 75$"),
    Harmless("hold time and circuit id", "isis_neighbor", "UP", r"at (5[6-9]|[67]\d)$"),
    Harmless("signals of no error counter", "interface", "output errors, 0 applique", "at 22$"),
    Harmless("how many were sent is told by the result and by the symbols", "ping", "^Sending", "^100->101 at 8$"),
    Harmless("a line of another interface, or of none", "running_config", "passive-interface|^username", "^copied as"),
    Harmless("a line of another interface, or of none", "interface_brief", "Loopback0", "^copied as: Loopback1"),
    Harmless("test 13 refuses two such lists", "running_config", "authentication enable", "^copied", ("tacacs",)),
    Harmless("what may go out from here is no way in", "running_config", "^access-class 10 in", "10 out$"),
    Harmless("time-out and round-trip times", "ping", "Sending|Success", r"at (5\d|6\d|7\d)$"),
    Harmless("how long ago, and who told it", "route", "from", r"at (1[4-9]|2\d|3\d)$"),
    Harmless("other customers' limits and lists are theirs; only that they are there", "running_config",
             r"10\.10\.1\.2|64601|route-map CUST-(IN|OUT) permit"),
    Harmless("ten minutes is the default", "running_config", "exec-timeout", "dropped|10->11|0->1"),
    Harmless("the fallback is this test's, TACACS+ is test 14's", "running_config", "^aaa a", "tacacs",
             ("console_login", "password_of_last_resort")),
    Harmless("the fallback is test 13's", "running_config", "login default tacacs", "local->none", ("tacacs",)),
    Harmless("without authorization nobody is locked out", "running_config", "^aaa authorization exec"),
    Harmless("how many lines: test 15 compares that with the lines as they run", "running_config", "^line (con|vty)"),
    Harmless("the privilege; enable has its own secret", "running_config", "^username", "15->16"),
    Harmless("type of a key that is compared by test 13's rules only for accounts", "running_config", "server key"),
    Harmless("the end of every list denies, written or not; counters of matches", "access_list", "deny|31"),
    Harmless("numbers and use of the lines", "line", "VTY", "->"),
    Harmless("where we come from", "user", "noc", "->"),
    Harmless("counters within what is alive", "tacacs_server", "opens|packets", "->"),
    Harmless("the probe writes one status a question", "dns_answer", "@", "NOERROR"),
    Harmless("not agreed in this policy", "hosts", "lookup uses"),
    Harmless("retry count, boot helper, no file named", "boot", "BOOT|CONFIG_FILE", r"1->2 at 41|dropped|BOOTLDR|->"),
    Harmless("the register is test 16's", "boot", "register", "", ("flash",)),
    Harmless("number and date of the file", "directory", "gsr-p-mz", r"at (2|28|31)$"),
    Harmless("state of the port is test 9's", "interface_description", "Se5/0", "up->"),
    Harmless("a spare port that is not listed is told by its configuration line", "interface_brief", "unassigned",
             "dropped|YES|copied"),
    Harmless("what is learned, defaults, and lines older images do not have", "clns_protocol",
             "49.0001|metrics|Distance|RRR|static|Loopback0"),
    Harmless("more or less by one byte", "memory", "Processor", "->"),
    Harmless("other places, counts", "log_header", "Console|Monitor|Trap|Buffer|Logging to|Syslog", "->|drop"),
    Harmless("the header is read by log_header, from the same answer", "log_message", "Syslog|ogging|Log Buffer"),
    Harmless("release notes, ROM, hardware: the running image, router, processor and register are compared", "version",
             "TAC|Copyright|Compiled|Image text|ROM|BOOTFLASH|CPU|reset|POS contr|Ethernet|bytes of (non|Fl)"),
    Harmless("a little longer", "version", "uptime", r"^\d"),
    Harmless("how it came up: the image and the register tell what it runs", "version", "returned to ROM", "dropped"),
    Harmless("the title of what follows", "version", "Internetwork Operating System", "dropped"),
    Harmless("test 16's", "version", "IOS .tm|Configuration register", "", ("flash", "rp_memory")),
    Harmless("test 16's", "version", "cisco 12012", r"^\d|^R", ("flash",)),
    Harmless("test 16's", "version", "System image|cisco 12012", r"at (?!4|5|6)\d+$|^\d|^\w+->", ("rp_memory",)),
    Harmless("only its uptime counts", "version", "IOS .tm|System image|cisco 12|register", "", ("logs",)),
)  # fmt: skip


class _Quick(TranscriptFacts):
    """Facts of a transcript in which one answer was changed; what the others said is not parsed again."""

    def __init__(self, base: TranscriptFacts, transcript: Transcript, changed: Ask) -> None:
        super().__init__(*SPEAKERS, transcript)
        self._parsed = {ask: parsed for ask, parsed in base._parsed.items() if ask != changed}
        self._places = dict(base._places)
        if changed.fact != "running_config":
            self.__dict__.update({k: v for k, v in base.__dict__.items() if k in ("_configuration", "_by_text")})


def _cited(check: Check, base: TranscriptFacts, case: Case) -> Iterator[tuple[Ask, int]]:
    """(ask, number) of every line that a PASS finding of the test cites."""
    asked = set(check.asked(case.expected))
    for finding in judge(case.expected, base, (check,))[0].findings:
        assert finding.verdict is Verdict.PASS, finding
        for seen in finding.seen:
            for ask in asked:
                answer = base.transcript.answers[ask]
                rest = answer.text.split("\n")[seen.line - 1 :]
                if seen.line and answer.command == seen.command and rest[0].strip() == seen.text.split("\n")[0].strip():
                    yield from ((ask, seen.line + n) for n in range(seen.text.count("\n") + 1))


def _mutations(check: Check, base: TranscriptFacts, case: Case) -> Iterator[tuple[Ask, str, Mutation]]:
    for ask, number in dict.fromkeys(_cited(check, base, case)):
        text = base.transcript.answers[ask].text
        line = text.split("\n")[number - 1].strip()
        for mutation in (*of_line(text, number), *contradicted(text, number)):
            yield ask, line, mutation
    for ask in dict.fromkeys(check.asked(case.expected)):
        for mutation in of_answer(base.transcript.answers[ask].text):
            yield ask, "", mutation


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_changed_evidence_leaves_pass(check: Check) -> None:
    case = Case("any", "healthy", CaseFile("healthy", "written", "PASS"), HOME / "any" / "healthy")
    expected = case.expected
    transcript = case.transcript(SPEAKERS, asks_of((check,), expected))
    base = TranscriptFacts(*SPEAKERS, transcript)
    if judge(expected, base, (check,))[0].verdict is Verdict.NOT_APPLICABLE:
        return  # RPMS: test_no_false_green changes what it cites
    survived, tried = set(), 0
    for ask, line, mutation in _mutations(check, base, case):
        answer = transcript.answers[ask]
        if mutation.text == answer.text:
            continue
        tried += 1
        changed = replace(transcript, answers={**transcript.answers, ask: replace(answer, text=mutation.text)})
        if judge(expected, _Quick(base, changed, ask), (check,))[0].verdict is Verdict.PASS:
            survived.add((ask.fact, line, mutation.what))
    listed = {told for told in survived if any(h.covers(check.name, *told) for h in HARMLESS)}
    assert tried > 20
    assert not survived - listed, "\n".join(map(str, sorted(survived - listed)))
