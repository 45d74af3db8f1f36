"""`turnup record`: what it writes is judged by the loader of cases as the router was, and says nothing it must not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pop import ORDER, Command

from turnup.checks import all_checks
from turnup.errors import TurnupError, UsageError
from turnup.evidence.redact import Redactor
from turnup.judge.cases import cases, judge_case
from turnup.judge.recording import ANSWERS, read_recording, replayed
from turnup.laboratory import Lab, control
from turnup.model.transcript import Ask
from turnup.model.verdict import Verdict
from turnup.parse import parse
from turnup.platforms import platform
from turnup.record.scrub import addresses_out, names_out, one_after_another, same_names
from turnup.record.written import written

RECORDED = Path(__file__).parents[1] / "recorded" / "ios" / "ports"
PSO = "PSO-2001-000051"


def texts(folder: Path) -> dict[str, str]:
    """Names and contents of all files, each also as a text to look into."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def holding(folder: Path, *words: str) -> list[str]:
    return [name for name, text in texts(folder).items() for word in words if word.lower() in (name + text).lower()]


def judged_as_told(folder: Path) -> list[Verdict]:
    checks = {check.name: check for check in all_checks()}
    found = cases(folder)
    results = [judge_case(case, platform("ios"), platform("noc"), checks[case.check]) for case in found]
    assert [str(result.verdict) for result in results] == [case.told.verdict for case in found]
    assert {case.told.origin for case in found} == {"recorded"}
    return [result.verdict for result in results]


def test_a_port_is_recorded_and_judged_green(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    before = control(pop, {"do": "running", "router": "nyc-hud-gsr1"})
    ran = turnup("--lab", "record", "--order", ORDER, "--to", tmp_path / "to", "--name", "plain")
    assert ran.code == 0, ran.err
    folder = tmp_path / "to" / "ios" / "ports" / "plain"
    assert ran.out.strip() == str(folder)
    verdicts = judged_as_told(folder)
    assert (verdicts.count(Verdict.PASS), len(verdicts)) == (18, 20)
    assert not holding(folder, "nyc-hud", "lax-wil", *(v for k, v in pop.environment.items() if k != "TURNUP_USERNAME"))
    told = read_recording(folder)
    assert (told.origin, told.platform, told.software, told.port) == ("recorded", "ios", "12.0(17)S3", "Serial5/0")
    assert control(pop, {"do": "running", "router": "nyc-hud-gsr1"}) == before
    again = turnup("--lab", "record", "--order", ORDER, "--to", tmp_path / "to", "--name", "plain")
    assert again.code == 2, "a case was changed"
    words = ("--scrub-customer", "--scrub-addresses", "--salt", "s", "--name", "clean")
    ran = turnup("--lab", "record", "--order", PSO, "--to", tmp_path / "to", *words)
    assert ran.code == 0, ran.err
    folder = folder.with_name("clean")
    assert judged_as_told(folder) == verdicts
    assert not holding(folder, "nyc-hud", "LVL3", "Level 3", "T3Z/NYC", PSO, "10.10.3.", "10.255.", "0102.5500")


def test_a_red_port_is_recorded_red(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    control(pop, {"do": "fault", "name": "tftp-source-missing", "on": True})
    assert turnup("--lab", "record", "--order", ORDER, "--to", tmp_path / "to", "--name", "red").code == 0
    assert judged_as_told(tmp_path / "to" / "ios" / "ports" / "red").count(Verdict.FAIL) == 1


def test_facts_are_recorded_as_cases(
    turnup: Command, still_pop: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TURNUP_HOME", str(still_pop.home.path.parents[1]))
    told = ("--facts", "version,interface_brief", "--facts", "route:address=10.255.1.2", "--to", tmp_path)
    ran = turnup("--lab", "record", "nyc-hud-gsr1", *told, "--name", "one")
    assert ran.code == 0, ran.err
    facts = tmp_path / "ios" / "facts"
    assert sorted(path.parent.name for path in facts.glob("*/one")) == ["interface_brief", "route", "version"]
    for fact in ("interface_brief", "route", "version"):
        case = tomllib.loads((facts / fact / "one" / "case.toml").read_text())
        assert set(case) == {"origin", "about", "rows", "row"}
        assert case["origin"] == "recorded"
        assert "12.0(17)S3" in case["about"]
        assert case["rows"] >= 1
    assert not holding(tmp_path, "nyc-hud")
    kept = turnup(
        "--lab", "record", "nyc-hud-gsr1", "--facts", "version", "--to", tmp_path, "--name", "k", "--keep-names"
    )
    assert kept.code == 0
    assert holding(facts / "version" / "k", "nyc-hud-gsr1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nyc-hud-gsr1", "--facts", "versionn"), "did you mean 'version'"),
        (("nyc-hud-gsr1", "--facts", "route:address"), "fact:name=value"),
        (("nyc-hud-gsr1", "--facts", "route"), "needs the argument"),
        (("nyc-hud-gsr", "--facts", "version"), "did you mean 'nyc-hud-gsr"),
        (("nyc-hud-gsr1", "--name", "../up"), "letters, digits"),
        (("--facts", "version"), "name a router"),
        (("nyc-hud-gsr1", "--order", "PSO-1", "--facts", "version"), "not both"),
    ],
)
def test_wrong_words(
    turnup: Command, still_pop: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("TURNUP_HOME", str(still_pop.home.path.parents[1]))
    ran = turnup("--lab", "record", *words, "--to", tmp_path / "to")
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "to").exists()


def test_nothing_is_written_of_a_router_that_is_not_reached(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    file = pop.inventory / "hosts.yaml"
    file.write_text(file.read_text().replace(f"port: {pop.ready['routers']['nyc-hud-gsr1']['ssh']}", "port: 1"))
    ran = turnup("--lab", "record", "nyc-hud-gsr1", "--to", tmp_path / "to")
    assert ran.code == 5, ran
    assert not (tmp_path / "to").exists()


# --- the gate -------------------------------------------------------------------------------------------------------

REDACT = Redactor({"LVL3-MD5": "s3cret-value"}, b"k" * 32)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("neighbor 10.10.3.2 s3cret-value", "LVL3-MD5"),
        ("tacacs-server key somebodys-own", "looks like a secret"),
        (" neighbor 10.10.3.2 password 7 0822455D0A16", "looks like a secret"),
        ("the router NYC-HUD-GSR1 said", "would still hold the name"),
    ],
)
def test_the_gate_writes_nothing(tmp_path: Path, text: str, said: str) -> None:
    files = {"good.txt": "show version\n", "bad.txt": text + "\n"}
    with pytest.raises(TurnupError, match=said):
        written(tmp_path / "case", files, REDACT, forbidden=("nyc-hud-gsr1",))
    assert list(tmp_path.iterdir()) == []


def test_the_gate_lets_tokens_pass_and_changes_no_case(tmp_path: Path) -> None:
    files = {"a/b.txt": " neighbor 10.10.3.2 password 7 <secret:LVL3-MD5>\n"}
    written(tmp_path / "case", files, REDACT)
    assert texts(tmp_path) == {"case/a/b.txt": files["a/b.txt"]}
    with pytest.raises(UsageError, match="is there already"):
        written(tmp_path / "case", files, REDACT)


# --- scrubbing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ip address 10.10.3.1 255.255.255.252", ["255.255.255.252"]),
        ("network 0.0.0.0 0.0.0.255", ["network 0.0.0.0 0.0.0.255"]),
        ("Cisco IOS 12.0(17)S3", ["Cisco IOS 12.0(17)S3"]),
        ("Serial5/0 is up, 10.10.3.1/30", ["Serial5/0 is up, ", "/30"]),
    ],
)
def test_what_is_no_address_stays(text: str, same: list[str]) -> None:
    scrubbed = addresses_out("salt")(text)
    assert all(word in scrubbed for word in same)
    assert "10.10.3.1" not in scrubbed


def test_addresses_stay_comparable() -> None:
    scrub = addresses_out("salt")
    one, other = scrub("10.255.1.1"), scrub("10.255.1.2")
    assert one.rpartition(".")[0] == other.rpartition(".")[0]
    octets = one.split(".")
    assert scrub("1.1.255.10.in-addr.arpa") == ".".join(reversed(octets)) + ".in-addr.arpa"
    digits = "".join(f"{int(octet):03d}" for octet in octets)
    assert scrub("net 49.0001.0102.5500.1001.00") == f"net 49.0001.{digits[:4]}.{digits[4:8]}.{digits[8:]}.00"
    assert addresses_out("salt")("10.255.1.1") == one
    assert addresses_out("other")("10.255.1.1") != one


def test_names_keep_their_length_and_their_place() -> None:
    names = same_names(["nyc-hud-gsr1", "nyc-hud-gsr2", "ab"])
    assert all(len(name) == len(other) for name, other in names.items() if len(name) > 2)
    assert len(set(names.values())) == 3
    scrub = one_after_another(names_out(names))
    assert scrub("NYC-HUD-GSR1#") == f"{names['nyc-hud-gsr1']}#"
    assert scrub("nyc-hud-gsr11 abc xab") == "nyc-hud-gsr11 abc xab"
    assert "nyc-hud" not in scrub("nyc-hud-.01")
    assert names_out({})("nyc") == "nyc"


# --- what the project keeps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", sorted(RECORDED.iterdir()), ids=lambda folder: folder.name)
def test_a_kept_recording_is_judged_as_told(folder: Path) -> None:
    assert len(judged_as_told(folder)) == 20


def test_what_was_not_recorded_is_no_answer() -> None:
    folder = next(RECORDED.iterdir())
    asks = (Ask("version"), Ask.of("route", address="203.0.113.9"))
    answers = replayed(folder, asks, (platform("ios"), platform("noc"))).answers
    assert len(parse(platform("ios"), asks[0], answers[asks[0]]).rows) == 1
    assert "no recording" in answers[asks[1]].failure
    assert (folder / ANSWERS).is_dir()


@pytest.mark.parametrize(
    ("old", "new"), [('origin = "recorded"\n', ""), ("recorded = 2026", "recorded = x"), ("+00:00", "+01:00")]
)
def test_a_recording_that_does_not_say_whose_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / ANSWERS).mkdir()
    (tmp_path / ANSWERS / "version.txt").write_text("x")
    text = (next(RECORDED.iterdir()) / "recording.toml").read_text()
    assert old in text
    (tmp_path / "recording.toml").write_text(text.replace(old, new))
    with pytest.raises(UsageError):
        read_recording(tmp_path)
