"""Every format of every sample certificate: what a reader must find in it, and what must never come through."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from lxml import etree

from turnup.certificate import digest, from_json, to_json
from turnup.errors import UsageError
from turnup.model.certificate import (
    Cause,
    Certificate,
    Folded,
    Missed,
    RouterIdentity,
    Sensitivity,
    SensitivityOfTest,
    Side,
)
from turnup.model.result import SCHEDULE_2
from turnup.model.verdict import Finding, Seen, Verdict
from turnup.report import find_format, formats, render
from turnup.report.words import counts, headline, place, places, seconds, sensitivity
from turnup.why import Port, causes

SAMPLES = Path(__file__).parents[1] / "certificate" / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
TEXTS = [fmt for fmt in ("terminal", "note.txt", "certificate.md", "certificate.html", "junit.xml")]


def sample(name: str) -> Certificate:
    return from_json((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def with_text(text: str) -> Certificate:
    """A red certificate in which an order, an inventory and a router say that text wherever they can."""
    certificate = sample("not_satisfied")
    seen = Seen("show x" + text, 3, text)
    finding = Finding(text, Verdict.FAIL, text, text, text, (seen,))
    rows = tuple(
        dataclasses.replace(row, findings=(*row.findings, finding), reason=text, rule=text, verdict=Verdict.FAIL)
        for row in certificate.rows
    )
    subject = dataclasses.replace(certificate.subject, customer_name=text, circuit=text, order=text, site_name=text)
    identity = RouterIdentity(text, text, text, text, text, text, text)
    causes = (Cause(text, Side.CUSTOMER, text, text, text, (Folded(1, text, Verdict.FAIL),)),)
    return dataclasses.replace(certificate, rows=rows, subject=subject, identity=identity, account=text, causes=causes)


def explained() -> Certificate:
    """A red certificate with its causes and its figure."""
    certificate = sample("not_satisfied")
    port = Port("nyc-hud-gsr1", "ios", "Serial5/0", "10.10.3.2", ("POS1/0",))
    tests = (SensitivityOfTest(1, "intrapop_links", 700, 600, 100), SensitivityOfTest(5, "isis", 534, 500, 34))
    return dataclasses.replace(
        certificate,
        causes=causes(certificate.rows, port),
        sensitivity=Sensitivity(1234, 1100, 134, tests, {"history": 134}),
    )


@pytest.mark.parametrize("fmt", TEXTS)
@pytest.mark.parametrize("name", NAMES)
def test_every_text_says_what_matters(fmt: str, name: str) -> None:
    certificate = sample(name)
    text = render(fmt, certificate)
    words = " ".join(visible_words(text, fmt).split())
    for title in SCHEDULE_2:
        assert title in words
    assert str(certificate.outcome) in words
    assert "PSO-2001-000051" in words
    assert "T3Z/NYC/0007" in words
    assert "Serial5/0" in words
    assert digest(certificate)[:16] in words
    for row in certificate.rows:
        if row.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PENDING):
            for finding in (f for f in row.findings if f.verdict is row.verdict):
                assert finding.expected in words
                assert finding.observed.replace("`", "").split(" | ")[0] in words.replace("`", "")


def visible_words(text: str, fmt: str) -> str:
    if fmt == "certificate.html":
        return html_text(text)
    if fmt == "junit.xml":
        nodes = list(etree.fromstring(text.encode()).iter())
        return " ".join(f"{node.text} {' '.join(map(str, node.attrib.values()))}" for node in nodes)
    if fmt == "certificate.md":
        return re.sub(r"\\(.)", r"\1", text).replace("&lt;", "<").replace("&gt;", ">")
    return text


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] != "style":
            self.words.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.stack == []
    return reader


def html_text(html: str) -> str:
    return " ".join(read(html).words)


# --- the registry ---------------------------------------------------------------------------------------------


def test_a_format_is_a_file() -> None:
    assert formats()[:2] == ("terminal", "certificate.json")
    assert {"certificate.html", "certificate.md", "junit.xml", "note.txt", "findings.csv"} <= set(formats())


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("html", "certificate.html"),
        ("md", "certificate.md"),
        ("json", "certificate.json"),
        ("junit", "junit.xml"),
        ("xml", "junit.xml"),
        ("note", "note.txt"),
        ("csv", "findings.csv"),
        ("terminal", "terminal"),
        ("note.txt", "note.txt"),
    ],
)
def test_short_names(short: str, full: str) -> None:
    assert find_format(short) == full


@pytest.mark.parametrize(("name", "hint"), [("certificate", "certificate.html or"), ("htlm", "known"), ("", "known")])
def test_unknown_formats(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        render(name, sample("satisfied"))


def test_json_is_the_document() -> None:
    assert render("json", sample("satisfied")) == to_json(sample("satisfied"))


# --- words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence", "numbers"),
    [
        ("satisfied", "satisfies the Acceptance Tests", "18 passed, 2 not applicable"),
        ("not_satisfied", "does not satisfy the Acceptance Tests of Schedule 2: 2 tests failed", "16 passed, 2 failed"),
        ("inconclusive", "2 tests could not be concluded", "16 passed, 2 inconclusive"),
        ("pending", "2 tests waiting for a person", "16 passed, 2 pending"),
        ("unreached", "18 tests could not be concluded", "18 inconclusive, 2 not applicable"),
    ],
)
def test_headline_and_counts(name: str, sentence: str, numbers: str) -> None:
    assert sentence in headline(sample(name))
    assert counts(sample(name)).startswith(numbers)


def test_a_nameless_router_is_said_so() -> None:
    certificate = sample("satisfied")
    certificate = dataclasses.replace(
        certificate,
        identity=RouterIdentity(),
        outcome=type(certificate.outcome).INCONCLUSIVE,
    )
    assert "identity was not read" in headline(certificate)
    suite = etree.fromstring(render("junit", certificate).encode())
    assert suite.get("errors") == "1"  # twenty rows without an error must not make a green suite
    assert [node.get("type") for node in suite.iter("error")] == ["INCONCLUSIVE"]


def test_places() -> None:
    run = "show running-config"
    assert place(Seen("show version", 2, "x")) == "show version, line 2"
    assert place(Seen("show version", 2, "x\r\ny\n")) == "show version, lines 2-3"
    assert place(Seen("show version", 0, "x")) == "show version, whole answer"
    seen = (Seen(run, 9, "b"), Seen("ping", 4, "c"), Seen(run, 3, "a\nb"), Seen(run, 9, "b"))
    assert places(Finding("s", Verdict.PASS, "e", "o", "", seen)) == f"{run}, lines 3-4, 9; ping, line 4"


def test_seconds_of_a_row_are_those_of_its_commands() -> None:
    certificate = sample("satisfied")
    commands = {item.command: item.seconds for item in certificate.evidence}
    row = certificate.rows[0]
    assert seconds(row, certificate) == pytest.approx(sum(commands[command] for command in row.commands))
    assert seconds(certificate.rows[1], certificate) == 0


# --- terminal -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_report_fits(name: str, width: int) -> None:
    text = render("terminal", sample(name), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    verdicts = [line for line in text.splitlines() if re.match(r" +\d+  [A-Z]", line)]
    assert len(verdicts) == 20
    for row, line in zip(sample(name).rows, verdicts, strict=True):
        assert f"{row.number}  {row.title}" in line
        assert f" {row.verdict}" in line


def test_colour_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in (("FORCE_COLOR", "1"), ("NO_COLOR", ""), ("TERM", "xterm-256color"), ("COLUMNS", "40")):
        monkeypatch.setenv(variable, value)
    certificate = sample("not_satisfied")
    plain, coloured = render("terminal", certificate), render("terminal", certificate, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_a_wide_terminal_has_the_reasons_beside() -> None:
    wide = render("terminal", sample("not_satisfied"), width=140)
    assert re.search(r"11\s+Verify source interface.*FAIL\s+ip tftp source-interface: expected Loopback0", wide)


# --- HTML -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_html_is_whole_and_reaches_for_nothing(name: str) -> None:
    html = render("html", sample(name))
    reader = read(html)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for _, attributes in reader.tags:
        assert not {"src", "href", "action", "background", "style"} & set(attributes)
        assert not [key for key in attributes if key.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    assert any("default-src 'none'" in (a.get("content") or "") for _, a in reader.tags)
    assert "@media print" in html


@pytest.mark.parametrize(("name", "opened"), [("satisfied", 0), ("not_satisfied", 2), ("pending", 2), ("unreached", 0)])
def test_rows_open_where_one_must_look(name: str, opened: int) -> None:
    details = [attributes for tag, attributes in read(render("html", sample(name))).tags if tag == "details"]
    assert len(details) == 20
    assert sum("open" in attributes for attributes in details) == opened


def test_html_shows_evidence_hashes_and_chain() -> None:
    certificate = sample("pending")
    text = html_text(render("html", certificate))
    for item in certificate.evidence:
        assert item.command in text
        assert item.sha256 is not None
        assert item.sha256 in text
    assert certificate.previous is not None
    for value in (certificate.previous, digest(certificate), certificate.software.templates):
        assert value in text
    assert "Repair attempt 2" in " ".join(text.split())
    assert "03:00:05 EST at the site" in text
    assert "CAB0412A1BC" in text
    assert "neighbor 10.10.3.2 password 7 <secret:LVL3-MD5>" in text


def test_one_common_reason_is_said_once_at_the_top() -> None:
    text = " ".join(html_text(render("html", sample("unreached"))).split())
    top = text.partition("Port and order")[0]
    assert top.count("nyc-hud-gsr1 was not reached: connection timed out") == 1


# --- JUnit ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "failures", "errors", "skipped"),
    [
        ("satisfied", 0, 0, 2),
        ("not_satisfied", 2, 0, 2),
        ("inconclusive", 0, 2, 2),
        ("pending", 0, 2, 2),
        ("unreached", 0, 18, 2),
    ],
)
def test_junit_counts_what_it_holds(name: str, failures: int, errors: int, skipped: int) -> None:
    root = etree.fromstring(render("junit", sample(name)).encode())
    for node in (root, root[0]):
        told = tuple(int(node.get(key) or 0) for key in ("tests", "failures", "errors", "skipped"))
        assert told == (20, failures, errors, skipped)
    assert [len(root.findall(f".//{tag}")) for tag in ("testcase", "failure", "error", "skipped")] == list(told)
    names = [case.get("name") for case in root.iter("testcase")]
    assert names == [f"{number:02d} {title}" for number, title in enumerate(SCHEDULE_2, 1)]
    assert {case.get("classname") for case in root.iter("testcase")} == {"NYC-60HUDSON.nyc-hud-gsr1.Serial5/0"}


def test_a_junit_failure_says_expected_observed_and_where() -> None:
    root = etree.fromstring(render("junit", sample("not_satisfied")).encode())
    messages = [node.get("message") for node in root.iter("failure")]
    assert messages == [
        "customer 10.10.3.2: expected Established, AS 64603, observed Active, AS 64603 (show ip bgp summary, line 9)",
        "ip tftp source-interface: expected Loopback0, observed absent (show running-config, whole answer)",
    ]
    assert "never    Active" in [node.text or "" for node in root.iter("system-out")][7]


def test_junit_tells_pending_from_inconclusive() -> None:
    kinds = {name: etree.fromstring(render("junit", sample(name)).encode()) for name in ("pending", "inconclusive")}
    assert {node.get("type") for node in kinds["pending"].iter("error")} == {"pending"}
    assert {node.get("type") for node in kinds["inconclusive"].iter("error")} == {"INCONCLUSIVE"}
    skipped = [node.get("message") or "" for node in kinds["pending"].iter("skipped")]
    assert all("no dial resources" in message and "agreed by" in message for message in skipped)


# --- Markdown, CSV, note --------------------------------------------------------------------------------------


def test_markdown_tables_keep_their_columns() -> None:
    for line in render("md", with_text("a | b `x` \\| <b> | *c*")).splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line.replace("\\\\", "")))
            assert cells in (3, 5, 6)


def test_csv_has_one_line_a_finding() -> None:
    certificate = sample("not_satisfied")
    rows = list(csv.DictReader(StringIO(render("csv", certificate))))
    assert len(rows) == sum(len(row.findings) for row in certificate.rows)
    red = [row for row in rows if row["verdict"] == "FAIL"]
    assert [row["test"] for row in red] == ["8", "11"]
    assert red[1]["observed"] == "absent"
    assert None not in {key for row in rows for key in row}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =cmd|'/C calc'!A0", '="x"', "a,b\"c'"])
def test_a_spreadsheet_computes_nothing(text: str) -> None:
    for row in csv.DictReader(StringIO(render("csv", with_text(text)))):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_the_note_can_be_pasted_into_a_ticket() -> None:
    note = render("note", sample("not_satisfied"))
    assert note.isprintable() or set(note) - {"\n"} == {letter for letter in note if letter.isprintable()}
    assert note.startswith("PORT ACCEPTANCE: NOT SATISFIED\n")
    assert "FAIL: 11 Verify source interface loopback for ftp and tftp" in note
    assert "observed  absent" in note


# --- hostile text ---------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "</pre></details></main><h1>SATISFIED</h1>",
    "\x1b[2J\x1b[31mred\x07\x08\x9b1m",
    "]]> <!-- --> <![CDATA[ <?xml?> &amp; &lt; &#0;",
    "one\ntwo\r\nPASS  20 all good\x00\x0b\x0c\x85\u2028\u2029",
    "\u202eDEIFSITAS\u202c \u200b \ufeff \ufffe \uffff \U000e0001",
    "lone \udcff surrogate",
    "{{ 7 * 7 }} {% raw %} [bold red]markup[/] :smile:",
    "```\n| a | b |\n# heading\n- item\n1. one\n</details>",
]


@pytest.mark.parametrize("fmt", formats())
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(fmt: str, text: str) -> None:
    report = render(fmt, with_text(text))
    report.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff\ufffe\uffff]", report)
    if "7 * 7" in text:
        assert "7 * 7" in report.replace("\\", "")
    if fmt == "certificate.html":
        tags = [tag for tag, _ in read(report).tags]
        assert "script" not in tags
        assert "img" not in tags
        assert tags.count("h1") == 1
    if fmt == "junit.xml":
        root = etree.fromstring(report.encode(), etree.XMLParser(resolve_entities=False))
        assert len(root.findall(".//testcase")) == 20
    if fmt == "certificate.json":
        json.loads(report)


@pytest.mark.parametrize("fmt", ["note.txt", "terminal", "certificate.md", "findings.csv"])
def test_no_text_becomes_a_second_line(fmt: str) -> None:
    forged = "PASS            99 forged"
    report = render(fmt, with_text(f"a\n{forged}"), width=400)
    code = [line for line in report.splitlines() if line.lstrip().startswith(forged)]
    assert all(line.startswith("    ") for line in code) if fmt == "certificate.md" else code == []


def test_markdown_of_hostile_text_opens_no_block() -> None:
    for text in HOSTILE:
        for line in render("md", with_text(text)).splitlines():
            if not line.startswith("    "):
                assert not re.search(r"<(?!/?(details|summary)\b)", line)
                assert not line.startswith("```")


@pytest.mark.parametrize("fmt", TEXTS)
def test_causes_and_the_figure_stand_in_every_text(fmt: str) -> None:
    certificate = explained()
    words = " ".join(visible_words(render(fmt, certificate), fmt).split())
    assert certificate.causes
    for cause in certificate.causes:
        assert cause.name in words
        assert cause.next in words
    assert "1,234 changes of this evidence tried; 134 are harmless, all others cost a test its PASS, none was" in words


def test_the_table_names_the_cause_of_each_red_finding() -> None:
    certificate = explained()
    rows = list(csv.DictReader(StringIO(render("csv", certificate))))
    red = [row for row in rows if row["verdict"] in ("FAIL", "INCONCLUSIVE")]
    assert red
    assert all(row["cause"] and row["side"] and row["on router"] == "nyc-hud-gsr1" for row in red)
    assert not any(row["cause"] for row in rows if row["verdict"] == "PASS")


@pytest.mark.parametrize("fmt", TEXTS)
def test_a_document_without_causes_and_figure_says_so(fmt: str) -> None:
    text = render(fmt, sample("not_satisfied"))
    assert "no changes of this evidence were tried" in " ".join(text.split())
    assert "explains" not in text


def test_a_missed_change_is_not_hidden() -> None:
    tests = (SensitivityOfTest(1, "intrapop_links", 10, 8, 1),)
    figures = Sensitivity(10, 8, 1, tests, {"history": 1}, (Missed(1, "show x", 3, "a line", "dropped"),))
    told = sensitivity(dataclasses.replace(sample("satisfied"), sensitivity=figures))
    assert "1 CHANGED NOTHING AND SHOULD HAVE" in told
