"""What our way of running a template refuses, where TextFSM drops, overwrites or carries on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from turnup.errors import AnswerIncomplete, InputError, ParseError
from turnup.parse.template import Template, load

HEAD = """# show sample
# complete: Table
# empty: Table
Value Filldown tag (\\S+)
Value Required name (\\S+)
Value Required size (\\d+)
Value List words (\\S+)
Value Fillup total (\\d+)
"""
BODY = """
Start
  ^Tag ${tag}$$
  ^Name Size$$ -> Table
  ^. -> Error

Table
  ^${name} ${size} ${words}$$ -> Record
  ^name ${name}$$
  ^size ${size}$$
  ^word ${words}$$
  ^next$$ -> Record
  ^Tag ${tag}$$
  ^Total ${total}$$
  ^. -> Error "not a row"
"""


def template(tmp_path: Path, text: str = HEAD + BODY) -> Template:
    path = tmp_path / f"{abs(hash(text))}.textfsm"
    path.write_text(text)
    return load(path)


def read(tmp_path: Path, text: str) -> list[tuple[dict[str, object], int, int]]:
    rows = template(tmp_path).read(text.split("\n"))
    return [(dict(row.values), row.first, row.last) for row in rows]


def test_rows_know_their_lines(tmp_path: Path) -> None:
    text = "Tag x\nName Size\n\na 1 w\nname b\nword u\nword v\nsize 2\nnext\nTotal 9"
    assert read(tmp_path, text) == [
        ({"tag": "x", "name": "a", "size": "1", "words": ["w"], "total": "9"}, 4, 4),
        ({"tag": "x", "name": "b", "size": "2", "words": ["u", "v"], "total": "9"}, 5, 8),
    ]


def test_an_unknown_line_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="line 3: not a row: 'what is this'") as caught:
        read(tmp_path, "Name Size\na 1 w\nwhat is this")
    assert (caught.value.line, caught.value.number) == ("what is this", 3)


def test_a_line_is_refused_without_an_error_rule_too(tmp_path: Path) -> None:
    lenient = template(tmp_path, "# show x\n# complete: Start\nValue name (a)\n\nStart\n  ^${name}$$ -> Record\n")
    with pytest.raises(ParseError, match="does not know: 'b'"):
        lenient.read(["a", "b"])


def test_blank_lines_need_no_rule(tmp_path: Path) -> None:
    assert len(read(tmp_path, "\n \nName Size\n\t\n\na 1 w\n   \n")) == 1


def test_a_row_without_a_required_value_is_no_row_left_out(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="ends here without size"):
        read(tmp_path, "Name Size\nname b\nnext\na 1 w")


def test_a_last_row_without_a_required_value_was_cut(tmp_path: Path) -> None:
    with pytest.raises(AnswerIncomplete, match="before size is said, after the line 'name b'"):
        read(tmp_path, "Name Size\na 1 w\nname b")


def test_a_value_said_twice_is_not_the_last_one(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="name is 'c' here and 'b' before"):
        read(tmp_path, "Name Size\nname b\nname c\nsize 1")
    assert len(read(tmp_path, "Name Size\nname b\nname b\nsize 1")) == 1


def test_values_carried_down_make_no_row(tmp_path: Path) -> None:
    assert read(tmp_path, "Name Size\nTag x\nnext\nTag y") == []


@pytest.mark.parametrize("text", ["", "\n", "Tag x"])
def test_an_answer_that_stops_before_the_table_was_cut(tmp_path: Path, text: str) -> None:
    with pytest.raises(AnswerIncomplete):
        read(tmp_path, text)


def test_an_empty_table_is_legal_only_where_the_template_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, "Name Size") == []
    strict = template(tmp_path, (HEAD + BODY).replace("# empty: Table\n", ""))
    with pytest.raises(AnswerIncomplete, match="holds no row, after the line 'Name Size'"):
        strict.read(["Name Size"])


def test_rows_may_not_end_where_only_silence_may(tmp_path: Path) -> None:
    text = (HEAD + BODY).replace("# complete: Table\n# empty: Table", "# complete: Start\n# empty: Table")
    with pytest.raises(AnswerIncomplete, match="ends too early"):
        template(tmp_path, text).read(["Name Size", "a 1 w"])


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ("# complete: Table\n", "", "no `# complete:` line"),
        ("# complete: Table", "# complete: Tabel", "names Tabel"),
        ("# empty: Table", "# glue: name", "names name"),
        ("Value Required name", "Value Key name", "option Key"),
        ("  ^next$$ -> Record", "  ^next$$ -> End", "leave lines unread"),
        ("  ^next$$ -> Record", "  ^next$$ -> Nowhere", "Nowhere"),
        ("(\\d+)", "(\\d+", "(\\d+"),
    ],
)
def test_a_template_that_is_not_strict_is_refused(tmp_path: Path, change: str, to: str, says: str) -> None:
    text = HEAD + BODY
    assert change in text
    with pytest.raises(InputError) as caught:
        template(tmp_path, text.replace(change, to))
    assert says in str(caught.value)


def test_a_glued_list_is_one_text(tmp_path: Path) -> None:
    text = (HEAD + BODY).replace("# empty: Table", "# empty: Table\n# glue: words")
    (row,) = template(tmp_path, text).read(["Name Size", "name a", "size 1", "word !!", "word .!"])
    assert row.values["words"] == "!!.!"


def test_one_template_serves_many_threads(tmp_path: Path) -> None:
    shared = template(tmp_path)

    def rows(thread: int) -> list[object]:
        lines = ["Name Size", *(f"t{thread} {n} w" for n in range(300))]
        return [row.values["name"] for row in shared.read(lines)]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(rows, range(8))) == [[f"t{n}"] * 300 for n in range(8)]


COUNTED = """# show sample
# complete: Start
# empty: Start
# count: total
Value Required name (\\S+)
Value total (\\d+)

Start
  ^Total: ${total}$$
  ^${name}$$ -> Record
  ^. -> Error
"""


def test_rows_are_as_many_as_the_router_counts(tmp_path: Path) -> None:
    counting = template(tmp_path, COUNTED)
    assert len(counting.read(["a", "b", "Total: 2", "c", "Total: 1", "Total: 0"])) == 3
    for text in ("a\nTotal: 2", "a\nb\nTotal: 1", "a\nTotal: 1\nb\nTotal: 2", "Total: 1"):
        with pytest.raises(ParseError, match="the router counts"):
            counting.read(text.split("\n"))
    assert all("total" not in row.values for row in counting.read(["a", "Total: 1"]))


def test_a_count_is_a_value_of_the_template(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names sum, which is not there"):
        template(tmp_path, COUNTED.replace("# count: total", "# count: sum"))
