"""The splitter: right on any text, any chunking, any prompts inside; loud on everything that is not whole."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.connect.logs import log_pattern
from turnup.connect.pipeline import Pipeline, new_nonce
from turnup.connect.prompt import prompt_of
from turnup.connect.splitter import Dialect, Splitter
from turnup.platforms import platform

SETTINGS = platform("ios").settings
DIALECT = Dialect(prompt_of(SETTINGS), log_pattern(SETTINGS.syslog))
NONCE = "k3f9"
SYSLOG = "*Mar  1 00:01:02.003: %LINK-3-UPDOWN: Interface Serial5/1, changed state to down"

# Lines of an answer: anything printable, and above all what could be taken for a prompt, an echo or a marker.
TRAPS = [
    "gsr1#",
    "gsr1>",
    "gsr1(config)#",
    "gsr1#show a",
    "gsr1#!",
    "!k3f",
    "!abcd-0",
    "lax1#",
    "",
    "% Invalid input",
    "#",
]
LINE = st.one_of(
    st.sampled_from(TRAPS),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20),
).filter(lambda line: f"!{NONCE}-" not in line and "--more--" not in line.lower() and not _log_like(line))
ANSWER = st.lists(LINE, max_size=12)
COMMAND = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="!?"), min_size=1, max_size=30)


def _log_like(line: str) -> bool:
    return "%" in line and "-" in line and ": " in line


def stream(host: str, exchanges: list[tuple[str, list[str]]]) -> bytes:
    """What a router sends for these commands, each followed by its marker."""
    text = f"{host}#"
    for number, (command, lines) in enumerate(exchanges):
        text += f"{command}\r\n" + "".join(f"{line}\r\n" for line in lines) + f"{host}#!{NONCE}-{number}\r\n{host}#"
    return text.encode()


def split(commands: list[str], data: bytes, host: str = "gsr1") -> Splitter:
    splitter = Splitter(commands, NONCE, DIALECT, host)
    splitter.feed(data)
    return splitter


@given(
    exchanges=st.lists(st.tuples(COMMAND, ANSWER), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 3000), max_size=30),
    host=st.sampled_from(["gsr1", "nyc-hud-gsr1", "a.b-c_d"]),
)
def test_any_answers_in_any_chunks_come_out_as_they_went_in(
    exchanges: list[tuple[str, list[str]]], cuts: list[int], host: str
) -> None:
    data = stream(host, exchanges)
    splitter = Splitter([command for command, _ in exchanges], NONCE, DIALECT, host)
    edges = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    for start, end in pairwise(edges):
        splitter.feed(data[start:end])
    assert splitter.done
    assert [(cut.text, cut.problem) for cut in splitter.answers] == [("\n".join(lines), "") for _, lines in exchanges]


@given(exchanges=st.lists(st.tuples(COMMAND, ANSWER), min_size=1, max_size=4), data=st.data())
def test_a_stream_cut_anywhere_never_gives_a_whole_wrong_answer(
    exchanges: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    whole = stream("gsr1", exchanges)
    splitter = split([command for command, _ in exchanges], whole[: data.draw(st.integers(0, len(whole)))])
    for cut, (_, lines) in zip(splitter.answers, exchanges, strict=False):
        assert not cut.problem
        assert cut.text == "\n".join(lines)


@given(exchanges=st.lists(st.tuples(COMMAND, ANSWER), min_size=1, max_size=4), data=st.data())
def test_bytes_lost_anywhere_never_pass_for_another_command_s_answer(
    exchanges: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    """What is lost inside one answer cannot be seen; what is lost of echoes, prompts and markers must be."""
    whole = stream("gsr1", exchanges)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    splitter = split([command for command, _ in exchanges], whole[:start] + whole[end:])
    texts = ["\n".join(lines) for _, lines in exchanges]
    untouched = [i for i, cut in enumerate(splitter.answers) if not cut.problem and cut.text == texts[i]]
    damaged = [i for i, cut in enumerate(splitter.answers) if not cut.problem and cut.text != texts[i]]
    assert len(damaged) <= 1, (untouched, damaged)


def test_time_is_linear_in_the_answer() -> None:
    def seconds(lines: int) -> float:
        data = stream("gsr1", [("show x", ["line of gsr1# text"] * lines)])
        best = 9.0
        for _ in range(3):
            splitter = Splitter(["show x"], NONCE, DIALECT, "gsr1")
            begun = time.thread_time()  # what others do on the machine is not ours
            for at in range(0, len(data), 500):
                splitter.feed(data[at : at + 500])
            best = min(best, time.thread_time() - begun)
            assert splitter.done
        return best

    assert seconds(100_000) < 40 * seconds(10_000)  # ten times would be linear, a hundred times quadratic


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("marker lost", "gsr1#show a\r\n1\r\ngsr1#show b\r\n2\r\ngsr1#!k3f9-1\r\n", "marker did not come back"),
        ("command lost", "gsr1#!k3f9-0\r\ngsr1#show b\r\n2\r\ngsr1#!k3f9-1\r\n", "echo"),
        ("command mangled", "gsr1#show\r\n1\r\ngsr1#!k3f9-0\r\n", "echo"),
        ("two commands run together", "gsr1#show ashow b\r\n1\r\ngsr1#!k3f9-0\r\n", "echo"),
        ("other router", "gsr1#show a\r\n1\r\nlax1#!k3f9-0\r\n", "the prompt is 'lax1'"),
        ("no line end", "gsr1#show a\r\nhalf a linegsr1#!k3f9-0\r\n", "prompt's line"),
        ("overwritten", "gsr1#show a\r\nabc\rxyz\r\ngsr1#!k3f9-0\r\n", "written over"),
        ("pager left", "gsr1#show a\r\n1\r\n --More-- \r\n2\r\ngsr1#!k3f9-0\r\n", "pager"),
        ("marker inside", "gsr1#show a\r\n1\r\nx !k3f9-0\r\n2\r\ngsr1#!k3f9-0\r\n", "marker stands inside"),
        ("echo of another", "gsr1#show b\r\n1\r\ngsr1#!k3f9-0\r\n", "echo"),
    ],
)
def test_what_is_not_whole_is_a_problem(name: str, data: str, problem: str) -> None:
    cut = split(["show a", "show b"], data.encode()).answers[0]
    assert problem in cut.problem, name
    assert cut.text == "" or problem.startswith(("pager", "marker stands"))


def test_a_marker_from_the_past_does_not_end_an_answer() -> None:
    splitter = split(["show a", "show b"], b"gsr1#show a\r\n1\r\ngsr1#!k3f9-0\r\ngsr1#show b\r\ngsr1#!k3f9-0\r\n")
    assert len(splitter.answers) == 1


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("plain", "gsr1#show long command\r\n1\r\n", "1"),
        ("blank before the command", "gsr1#  show long command \r\n1\r\n", "1"),
        ("line ends of all kinds", "gsr1#show long command\r\r\n1\n\r2\r\r\n3\r\n", "1\n2\n3"),
        ("wrapped at the width", "gsr1#show long\r\n command\r\n1\r\n", "1"),
        ("wrapped twice", "gsr1#show\r\n long\r\n command\r\n1\r\n", "1"),
        ("scrolled", "gsr1#show long c" + "\b" * 11 + "$ommand  \b\b\r\n1\r\n", "!"),
        ("scrolled well", "gsr1#show long comma" + "\b" * 15 + "$g command     " + "\b" * 5 + "\r\n1\r\n", "1"),
        ("corrected", "gsr1#shoe\b \bw long command\r\n1\r\n", "1"),
        (
            "paged and erased",
            "gsr1#show long command\r\n1\r\n --More-- " + "\b" * 9 + " " * 8 + "\b" * 9 + " 2\r\n",
            "1\n 2",
        ),
        ("paged and returned", "gsr1#show long command\r\n1\r\n --More-- \r          \r2\r\n", "1\n2"),
        ("erased behind", "gsr1#show long command\r\nab \b\r\n", "ab"),
        ("log before the echo", f"gsr1#\r\n{SYSLOG}\r\nshow long command\r\n1\r\n", "1"),
        ("log and a new prompt", f"gsr1#\r\n{SYSLOG}\r\ngsr1#show long command\r\n1\r\n", "1"),
        ("log between", f"gsr1#show long command\r\n1\r\n{SYSLOG}\r\n2\r\n", "1\n2"),
    ],
)
def test_terminal_oddities(name: str, data: str, text: str) -> None:
    cut = split(["show long command"], f"{data}gsr1#!k3f9-0\r\n".encode()).answers[0]
    assert (cut.problem != "") == (text == "!"), (name, cut)
    assert cut.problem or cut.text == text
    assert cut.logs == ((SYSLOG,) if "log " in name else ())


def test_log_message_between_the_prompt_and_its_marker() -> None:
    cut = split(["show a"], f"gsr1#show a\r\n1\r\ngsr1#\r\n{SYSLOG}\r\n!k3f9-0\r\ngsr1#".encode()).answers[0]
    assert (cut.text, cut.logs, cut.problem) == ("1", (SYSLOG,), "")


def test_log_message_inside_a_line_is_doubtful() -> None:
    cut = split(["show a"], f"gsr1#show a\r\nSerial{SYSLOG}\r\ngsr1#!k3f9-0\r\n".encode()).answers[0]
    assert cut.doubtful == (f"Serial{SYSLOG}",)


@pytest.mark.parametrize("command", ["show logging", "sh log", "show logg", "show logging | include LINK"])
def test_the_log_itself_is_left_alone(command: str) -> None:
    cut = split([command], f"gsr1#{command}\r\n{SYSLOG}\r\ngsr1#!k3f9-0\r\n".encode()).answers[0]
    assert (cut.text, cut.logs, cut.doubtful) == (SYSLOG, (), ())


@pytest.mark.parametrize("command", ["show log-thing", "show login", "show logins"])
def test_what_only_begins_like_the_log_is_sifted(command: str) -> None:
    cut = split([command], f"gsr1#{command}\r\n{SYSLOG}\r\ngsr1#!k3f9-0\r\n".encode()).answers[0]
    assert cut.logs == (SYSLOG,)


def test_a_long_name_is_cut_in_configuration_prompts_only() -> None:
    host = "nyc-hud-gsr1-a-very-long-name"
    short = host[:20]
    good = split(["interface x"], f"{host}(config)#interface x\r\n{short}(config-if)#!k3f9-0\r\n".encode(), host)
    assert good.answers[0].problem == ""
    assert good.answers[0].prompt.mode == "config-if"
    bad = split(["show a"], f"{host}#show a\r\n{short}#!k3f9-0\r\n".encode(), host)
    assert "the prompt is" in bad.answers[0].problem


def test_bytes_that_are_no_text_stay_visible() -> None:
    cut = split(["show a"], b"gsr1#show a\r\n\xa9 1\r\ngsr1#!k3f9-0\r\n").answers[0]
    assert cut.text == r"\xa9 1"


def test_the_first_marker_tells_the_router_s_name_and_drops_the_banner() -> None:
    splitter = Splitter(["", "show a"], NONCE, DIALECT)
    splitter.feed(b"\r\nHello, gsr9#\r\n\r\ngsr1>!k3f9-0\r\ngsr1>show a\r\n1\r\ngsr1>!k3f9-1\r\ngsr1>")
    assert splitter.host == "gsr1"
    assert [cut.text for cut in splitter.answers][1:] == ["1"]
    assert not splitter.answers[1].prompt.privileged
    assert splitter.rest == b"\r\ngsr1>"


# --- the window ------------------------------------------------------------------------------------------------


@given(
    commands=st.lists(COMMAND, min_size=1, max_size=20),
    window=st.integers(1, 400),
    answered=st.lists(st.integers(1, 3), min_size=20, max_size=40),
)
def test_never_more_in_flight_than_the_window(commands: list[str], window: int, answered: list[int]) -> None:
    pipeline = Pipeline(commands, DIALECT, window=window, host="gsr1", nonce=NONCE)
    replies = [stream("gsr1", [(c, [])]).replace(b"-0", f"-{i}".encode()) for i, c in enumerate(commands)]
    in_flight: list[bytes] = []
    sent = b""
    steps = iter(answered * 20)
    while not pipeline.done:
        due = pipeline.due()
        sent += due
        in_flight = _lines_in_flight(pipeline, commands)
        assert sum(map(len, in_flight)) <= window or len(in_flight) == 1
        for _ in range(min(next(steps), len(in_flight))):
            pipeline.feed(replies[len(pipeline.answers)])
    assert sent == b"".join(f"{c}\n!{NONCE}-{i}\n".encode() for i, c in enumerate(commands))


def _lines_in_flight(pipeline: Pipeline, commands: list[str]) -> list[bytes]:
    return [f"{commands[i]}\n!{NONCE}-{i}\n".encode() for i in range(len(pipeline.answers), pipeline.sent)]


def test_window_nought_sends_all_at_once() -> None:
    pipeline = Pipeline(["show a"] * 50, DIALECT, window=0, host="gsr1")
    pipeline.due()
    assert pipeline.sent == 50


def test_a_stopped_pipeline_sends_nothing_more_but_waits_for_what_is_in_flight() -> None:
    pipeline = Pipeline(["a", "b", "c"], DIALECT, window=20, host="gsr1", nonce=NONCE)
    pipeline.due()
    assert pipeline.sent == 2
    pipeline.feed(b"gsr1#a\r\nno\r\ngsr1#!k3f9-0\r\n")
    pipeline.stop()
    assert pipeline.due() == b""
    assert not pipeline.done
    pipeline.feed(b"gsr1#b\r\ngsr1#!k3f9-1\r\n")
    assert pipeline.done


def test_nonces_differ() -> None:
    assert len({new_nonce() for _ in range(100)}) > 90


@pytest.mark.parametrize(
    ("window", "limit", "grown"), [(30, 90, 90), (30, 0, 30), (30, 30, 30), (1, 90, 1), (0, 90, 0)]
)
def test_the_window_grows_to_its_limit_while_nothing_is_lost(window: int, limit: int, grown: int) -> None:
    pipeline = Pipeline(["show a"] * 30, DIALECT, window=window, limit=limit, host="gsr1", nonce=NONCE)
    most = 0
    while not pipeline.done:
        pipeline.due()
        number = len(pipeline.answers)
        most = max(most, 15 * (pipeline.sent - number))
        pipeline.feed(f"gsr1#show a\r\ngsr1#!{NONCE}-{number}\r\n".encode())
    assert pipeline.window == grown
    assert most <= max(limit, window, 17) or not window


def test_a_lost_answer_does_not_widen_the_window() -> None:
    pipeline = Pipeline(["show a", "show b"], DIALECT, window=40, limit=90, host="gsr1", nonce=NONCE)
    pipeline.due()
    pipeline.feed(f"gsr1#show b\r\ngsr1#!{NONCE}-1\r\n".encode())
    assert [bool(cut.problem) for cut in pipeline.answers] == [True, True]
    assert pipeline.window == 40
