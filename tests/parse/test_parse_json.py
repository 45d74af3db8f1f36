"""Answers in JSON: what is read with its lines, what is refused and where, and templates that cannot be meant."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup import folder
from turnup.errors import AnswerIncomplete, CommandRefused, CouldNotRun, InputError, ParseError
from turnup.facts.bgp_summary import BgpSummary
from turnup.facts.isis_neighbor import IsisNeighbor
from turnup.facts.privilege import Privilege
from turnup.model.transcript import Answer, Ask
from turnup.parse import Parsed, fact_class, parse
from turnup.parse.json_facts import json_readers, parse_json
from turnup.parse.json_lines import read_json
from turnup.parse.json_template import load_json
from turnup.platforms import Platform, Settings, platform

FRR = platform("frr")
HEALTHY = Path(__file__).parents[1] / "recorded" / "frr" / "checks" / "healthy"
JSON_FACTS = sorted(path.stem for path in (folder("templates") / "frr" / "parse").glob("*.jmespath"))


def read(fact: str, text: str) -> Parsed:
    return parse(FRR, Ask(fact), Answer("x", text, datetime(2026, 11, 22, tzinfo=UTC)))


def healthy(fact: str) -> str:
    return next(iter(sorted(HEALTHY.glob(f"{fact}*.txt")))).read_text()


@given(
    st.recursive(
        st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_is_read_as_everywhere_else(value: Any) -> None:
    documents = value if isinstance(value, list | dict) else [value]
    text = json.dumps(documents, indent=1)
    assert read_json(text.split("\n")).documents == (documents,)


@given(st.text(alphabet='{}[]",:0123456789truefalsn\\x \n-.eE', max_size=80))
def test_any_text_is_json_or_refused(text: str) -> None:
    lines = text.split("\n")
    try:
        found = read_json(lines)
    except (ParseError, AnswerIncomplete):
        return
    assert all(1 <= place.first <= place.last <= len(lines) for place in found.places.values())


def test_objects_know_their_lines_and_what_is_around_them() -> None:
    text = read_json(['{"a":', ' {"b": [', '  {"c": 1},', "  {}", " ]}", "}"])
    inner = text.documents[0]["a"]["b"][0]
    place = text.place(inner)
    assert place is not None
    assert (place.first, place.last, place.key) == (3, 3, 0)
    assert place.around is text.documents[0]["a"]["b"]
    whole = text.place(text.documents[0])
    assert whole is not None
    assert (whole.first, whole.last, whole.key) == (1, 6, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Exiting\n{}", "line 1: this is not JSON: 'Exiting'"),
        ("{}\nbgpd is not running", "line 2: this is not JSON: 'bgpd is not running'"),
        ('{\n"a": 1,\n"a": 2\n}', "line 3: the key 'a' is given twice: '\"a\": 2'"),
        ('{\n"a": null\n}', "line 2: null says nothing"),
        ('{\n"a": 1,\n}', "line 3: nothing stands behind the comma"),
        ('{\n"a" 1}', "line 2: a colon is expected"),
        ("[1\n2]", "line 2: a comma is expected"),
        ("{a: 1}", "line 1: a key is expected"),
        ("[nonsense]", "line 1: this is not JSON"),
        ('["two\nlines"]', "line 1: this is no text of JSON"),
        ('["\\q"]', "line 1: this is no text of JSON"),
        ('["\\ud800"]', "line 1: half a character"),
        (f"[{'1' * 41}]", "line 1: a number without end"),
        ("[" * 70, "line 1: nested too deep"),
    ],
)
def test_what_is_no_json_is_shown_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ParseError, match=r"^line") as caught:
        read_json(text.split("\n"))
    assert told in str(caught.value)
    assert caught.value.line == text.split("\n")[caught.value.number - 1]


@pytest.mark.parametrize("text", ["", "\n \n", "{", '{"a"', '{"a":', '{"a": tr', '{"a": "b', "[1,", "[-", '{"a": [{}'])
def test_what_is_cut_off_is_incomplete(text: str) -> None:
    with pytest.raises(AnswerIncomplete):
        read_json(text.split("\n"))


def test_a_byte_that_is_no_text_is_kept_as_it_is_shown() -> None:
    """FRR 8.4 prints freed memory as the name of a parent interface; the session shows such a byte as `\\xNN`."""
    assert read_json(['{"parent": "\\xe0{:j}U", "a": "\\\\x41"}']).documents == (
        {"parent": "\\xe0{:j}U", "a": "\\x41"},
    )


# --- templates of FRR ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", JSON_FACTS)
def test_a_healthy_answer_has_rows_where_it_says_them(fact: str) -> None:
    text = healthy(fact)
    found = read(fact, text)
    lines = text.split("\n")
    assert found.rows
    assert all(isinstance(row, fact_class(fact)) for row in found.rows)
    for first, last in found.places:
        assert lines[first - 1].rstrip().endswith("{")
        assert lines[last - 1].strip(" ,") in ("}", "]")


@pytest.mark.parametrize("fact", JSON_FACTS)
def test_every_cut_is_seen(fact: str) -> None:
    lines = healthy(fact).rstrip("\n").split("\n")
    for end in range(len(lines) - 1):
        text = "\n".join(lines[:end])
        if fact == "interface" and text.rstrip().endswith("}") and text.startswith("{") and _closed(text):
            continue  # the kernel's document may lack: its counters are then not said
        with pytest.raises((AnswerIncomplete, CommandRefused)):
            read(fact, text)


def _closed(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _without(value: Any, path: tuple[str | int, ...]) -> Any:
    if len(path) == 1:
        return {key: inner for key, inner in value.items() if key != path[0]}
    if isinstance(value, dict):
        return {**value, path[0]: _without(value[path[0]], path[1:])}
    return [_without(inner, path[1:]) if n == path[0] else inner for n, inner in enumerate(value)]


def _keys(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _keys(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _keys(inner, (*path, number))


@pytest.mark.parametrize("fact", sorted(set(JSON_FACTS) - {"interface", "clns_protocol"}))  # those are two documents
def test_a_missing_key_is_refused_or_leaves_its_field_unsaid(fact: str) -> None:
    whole = json.loads(healthy(fact))
    rows = [vars(row) for row in read(fact, json.dumps(whole)).rows]
    for path in _keys(whole):
        try:
            after = [vars(row) for row in read(fact, json.dumps(_without(whole, path))).rows]
        except CouldNotRun:
            continue
        if len(after) == len(rows):
            changed = {
                name: new[name] for old, new in zip(rows, after, strict=True) for name in old if old[name] != new[name]
            }
            assert all(value in (None, "", ()) for value in changed.values()), path
        else:  # a row was taken away whole, with its object or its place in the table
            assert len(after) < len(rows), path


@pytest.mark.parametrize(
    ("fact", "find", "put", "told"),
    [
        ("bgp_summary", '"pfxRcd":1', '"pfxRcd":"1"', "prefixes is '1'"),
        ("bgp_summary", '"pfxRcd":1', '"pfxRcd":true', "prefixes is True"),
        ("bgp_summary", '"remoteAs":64603,', "", "lacks remoteAs"),
        ("bgp_summary", '"peerState":"OK",', "", "lacks peerState"),
        ("bgp_summary", '"peers":{', '"peers":[', "a comma is expected"),
        ("isis_neighbor", '"level":2,', '"level":2, "asleep":true,', "has the key 'asleep', which the template"),
        ("isis_neighbor", '"expires-in":"', '"expires-in":"in ', "holdtime is not said"),
        ("isis_neighbor", '"level":2,', "", "lacks level"),
        ("interface", '"administrativeStatus":"up",', '"administrativeStatus":1,', "status is 1"),
        ("interface", '"address":"10.10.3.1/30"', '"address":"10.10.3.999/30"', "address is '10.10.3.999/30'"),
        ("interface", '"ifname":"eth1"', '"name":"eth1"', "lacks ifname"),
        ("clns_protocol", '"id":2', '"id":3', "is_type is not said"),
        ("route", '"nexthops":[', '"hops":[', "lacks nexthops"),
    ],
)
def test_what_could_change_a_verdict_is_refused(fact: str, find: str, put: str, told: str) -> None:
    text = healthy(fact)
    assert find in text
    with pytest.raises(ParseError, match=r"^line") as caught:
        read(fact, text.replace(find, put))
    assert told in str(caught.value)


def test_a_key_that_says_nothing_to_a_test_may_be_new() -> None:
    text = healthy("bgp_summary").replace('"version":4,', '"version":4, "softwareVersion":"n/a",')
    assert read("bgp_summary", text).rows == read("bgp_summary", healthy("bgp_summary")).rows


@pytest.mark.parametrize(("shown", "seconds"), [("28s", 28), ("1m40s", 100), ("2h3m", 7380), ("0s", 0)])
def test_a_hold_time_may_be_minutes(shown: str, seconds: int) -> None:
    text = re.sub(r'"expires-in":"[^"]*"', f'"expires-in":"{shown}"', healthy("isis_neighbor"))
    assert {getattr(row, "holdtime", None) for row in read("isis_neighbor", text).rows} == {seconds}


def test_later_releases_tell_the_process_below_its_vrf() -> None:
    text = healthy("clns_protocol")
    summary, _, interfaces = text.partition("\n}\n")
    later = '{"vrfs":[' + summary + "\n}\n]}\n" + interfaces
    assert read("clns_protocol", later).rows == read("clns_protocol", text).rows


@pytest.mark.parametrize(
    ("state", "peer_state", "shown", "prefixes"),
    [
        ("Established", "OK", None, 1),
        ("Established", "Policy", "(Policy)", None),
        ("Established", "NoNeg", "(NoNeg)", None),
        ("Idle (PfxCt)", "PfxCt", "Idle (PfxCt)", None),
        ("Idle (Admin)", "Admin", "Idle (Admin)", None),
        ("Active", "OK", "Active", None),
    ],
)
def test_a_session_counts_only_where_routes_are_exchanged(
    state: str, peer_state: str, shown: str | None, prefixes: int | None
) -> None:
    whole = json.loads(healthy("bgp_summary"))
    whole["ipv4Unicast"]["peers"]["10.10.3.2"] |= {"state": state, "peerState": peer_state}
    row = read("bgp_summary", json.dumps(whole)).rows[0]
    assert isinstance(row, BgpSummary)
    assert (row.state, row.prefixes) == (shown, prefixes)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("bgp_summary", "{}"),
        ("bgp_neighbor", '{\n  "bgpNoSuchNeighbor":true\n}'),
        ("isis_neighbor", "{}"),
        ("isis_neighbor", '{"areas":[{"area":"CORE","circuits":[{"circuit":0}]}]}'),
        ("route", '{\n  "0.0.0.0/0":[\n  ]\n}'),
        ("route", "{}"),
    ],
)
def test_some_answers_say_that_there_is_nothing(fact: str, text: str) -> None:
    assert read(fact, text) == Parsed((), ())


NOT_THERE = (
    '"eth9":{"administrativeStatus":"down","linkUps":0,"linkDowns":0,"vrfName":"default","description":"to come",'
    '"mplsEnabled":false,"linkDown":false,"linkDownV6":false,"mcForwardingV4":false,"mcForwardingV6":false,'
    '"pseudoInterface":true},'
)


@pytest.mark.parametrize("fact", ["interface", "interface_brief", "interface_description"])
def test_an_interface_that_is_only_configured_is_down_and_has_nothing(fact: str) -> None:
    """zebra shows an interface that the kernel does not have, without all that the kernel would tell of it."""
    with_it = healthy(fact).replace("{", "{" + NOT_THERE, 1)
    first, *rest = read(fact, with_it).rows
    assert tuple(rest) == read(fact, healthy(fact)).rows
    assert {name: getattr(first, name) for name in ("name", "status", "protocol")} == {
        "name": "eth9",
        "status": "administratively down",
        "protocol": "down",
    }
    assert getattr(first, "address", None) in (None, "unassigned")
    assert getattr(first, "mtu", None) is None
    for find, put in (
        ('"administrativeStatus":"down"', '"administrativeStatus":"up","operationalStatus":"up"'),
        ('"pseudoInterface":true', '"pseudoInterface":true,"mtu":1500'),
    ):
        with pytest.raises(ParseError):
            read(fact, with_it.replace(find, put, 1))


@pytest.mark.parametrize("fact", ["interface", "interface_brief", "interface_description"])
def test_without_link_detection_nobody_knows_the_line_protocol(fact: str) -> None:
    """`no link-detect`: zebra leaves `operationalStatus` out and takes the interface for up, whatever its carrier."""
    text = re.sub(r'"operationalStatus":"up",', "", healthy(fact), count=1)
    assert text != healthy(fact)
    with pytest.raises(ParseError, match="protocol is not said"):
        read(fact, text)


def test_a_speed_that_the_kernel_does_not_know_is_not_said() -> None:
    """A port without carrier, a macvlan: -1 of 32 bits. One bandwidth is set."""
    text = re.sub(r'"speed":\d+', '"speed":4294967295', healthy("interface"))
    assert {getattr(row, "bandwidth_kbit", 0) for row in read("interface", text).rows} == {None, 1_000_000}


def test_an_adjacency_of_both_levels_says_so() -> None:
    text = healthy("isis_neighbor").replace('"level":2,', '"level":3,')
    assert {getattr(row, "type", None) for row in read("isis_neighbor", text).rows} == {"L1L2"}


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ('"fib":true,', ""),
        ('"active":true', '"active":false'),
        ('"active":true', '"active":true, "duplicate":true'),
        ('"active":true', '"active":true, "resolver":true'),
    ],
)
def test_a_path_that_is_not_in_the_kernel_carries_nothing(find: str, put: str) -> None:
    text = healthy("route")
    assert find in text
    with pytest.raises(AnswerIncomplete, match="holds no row"):
        read("route", text.replace(find, put))


def test_a_family_by_another_name_is_refused() -> None:
    """Early releases write `IPv4 Unicast`: read past it, and a neighbor has neither policy nor limit."""
    text = healthy("bgp_neighbor")
    family = '"addressFamilyInfo":{'
    at = text.index(family)
    with pytest.raises(ParseError, match="has the key 'IPv4 Unicast'"):
        read("bgp_neighbor", text[:at] + text[at:].replace('"ipv4Unicast":', '"IPv4 Unicast":', 1))


@pytest.mark.parametrize("fact", ["interface", "interface_brief", "interface_description", "clns_protocol"])
def test_others_never_do(fact: str) -> None:
    """`show interface description json` says `{}` on FRR 8.4, whatever interfaces there are."""
    with pytest.raises((AnswerIncomplete, ParseError)):
        read(fact, "{\n}\n")


def test_interfaces_without_the_kernels_answer_say_no_counters() -> None:
    text = healthy("interface")
    zebra = text[: text.rindex("\n[{")]
    counters = {getattr(row, "input_errors", 0) for row in read("interface", zebra).rows}
    assert counters == {None}
    with pytest.raises(ParseError, match="a document that the template does not know"):
        read("interface", text + "[]\n")


def test_a_capture_without_json_is_read_by_the_other_template() -> None:
    head = "Area POP:\n  System Id           Interface   L  State        Holdtime SNPA\n"
    glued = " nyc1-gsr12012-b-very-long-router-hostnamepos1-0      2  Up            29       2020.2020.2020\n"
    plain = " nyc-hud-frr2        eth1        2  Up            10       2020.2020.2020\n"
    rows = read("isis_neighbor", head + glued + plain).rows
    assert [(row.system_id, row.interface) for row in rows if isinstance(row, IsisNeighbor)] == [
        ("nyc1-gsr12012-b-very-long-router-hostname", "pos1-0"),
        ("nyc-hud-frr2", "eth1"),
    ]
    with pytest.raises(ParseError, match="does not know"):  # where the name ends nobody can tell
        read("isis_neighbor", head + glued.replace("pos1-0      2", "longinterface2"))


# --- templates that cannot be meant --------------------------------------------------------------------------------

GOOD = "# show x\n# object @: level name?\n# rows: @\n{level: level}\n"


def template(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "privilege.jmespath"
    path.write_text(text)
    return path


def test_a_template_gives_typed_rows(tmp_path: Path) -> None:
    rows, places = parse_json(template(tmp_path, GOOD), Privilege, ['{"level":', "15}"])
    assert (rows, places) == ((Privilege(15),), ((1, 2),))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# show x\n{level: level}\n", "no `# rows:`"),
        ("# show x\n# rows: @\n{level: level}\n", "no `# rows:`"),
        (GOOD.replace("{level: level}", "level"), "not of the form"),
        (GOOD.replace("{level: level}", "{level: levle}"), "uses 'levle', which no `# object` line names"),
        (GOOD.replace("{level: level}", "{level: (}"), "parse error"),
        (GOOD.replace("# rows: @", "# rows: ]"), "jmespath"),
        (GOOD.replace("{level: level}", "{level: level, name: name}"), "no field 'name'"),
        (GOOD.replace("{level: level}", "{name: name}"), "no field 'name'"),
    ],
)
def test_a_template_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=r"privilege\.jmespath") as caught:
        parse_json(template(tmp_path, text), Privilege, ["{}"])
    assert told.lower() in str(caught.value).lower()


def test_an_expression_that_gives_too_little_is_refused(tmp_path: Path) -> None:
    text = "# show x\n# object @: peer?\n# rows: @\n{neighbor: peer}\n"
    with pytest.raises(InputError, match="does not give 'router_id'"):
        parse_json(template(tmp_path, text), BgpSummary, ["{}"])


def test_what_is_no_object_is_refused(tmp_path: Path) -> None:
    path = template(tmp_path, "# show x\n# object peers[]: level\n# rows: peers[]\n{level: level}\n")
    with pytest.raises(ParseError, match=r"line 3: peers\[\] is no object"):
        parse_json(path, Privilege, ['{"peers": [', '{"level": 1},', '"half"]}'])


@pytest.mark.parametrize("fact", JSON_FACTS)
def test_templates_of_frr_fit_their_facts(fact: str) -> None:
    path = folder("templates") / "frr" / "parse" / f"{fact}.jmespath"
    assert path.read_text().startswith("# vtysh -c '")
    assert load_json(path).fields <= set(json_readers(cast(Any, fact_class(fact))))


def test_the_first_of_two_templates_names_the_command() -> None:
    assert FRR.commands["isis_neighbor"].endswith("json'")
    assert (folder("templates") / "frr" / "parse" / "isis_neighbor.textfsm").is_file()
    parser = FRR.parser("isis_neighbor")
    assert parser is not None
    assert parser.suffix == ".jmespath"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(JSON_FACTS), st.data())
def test_a_spoiled_answer_raises_nothing_else(fact: str, data: st.DataObject) -> None:
    lines = healthy(fact).rstrip("\n").split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "letter"])):
            case "drop" if len(lines) > 1:
                del lines[index]
            case "double":
                lines.insert(index, lines[index])
            case _ if lines[index]:
                at = data.draw(st.integers(0, len(lines[index]) - 1))
                lines[index] = (
                    lines[index][:at] + data.draw(st.characters(exclude_characters="\n")) + lines[index][at + 1 :]
                )
            case _:
                pass
    try:
        found = read(fact, "\n".join(lines))
    except CouldNotRun:
        return
    assert len(found.rows) == len(found.places)


@pytest.mark.parametrize(
    "text",
    [
        "% Unknown command: show isis neighbor detail json",
        "-bash: vtysh: command not found",
        "bash: vtysh: Permission denied",
        "Exiting: failed to connect to any daemons.\nHint: if this seems wrong, try running me as a privileged user!",
    ],
)
def test_what_vtysh_and_the_shell_refuse_is_no_answer(text: str) -> None:
    with pytest.raises(CommandRefused):
        read("isis_neighbor", text)


def test_the_settings_of_frr_are_whole() -> None:
    told = tomllib.loads((folder("templates") / "frr" / "platform.toml").read_text())
    assert all(reason.strip() for reason in told["not_applicable"].values())
    assert Platform("frr", FRR.home, Settings("x")).commands == FRR.commands
