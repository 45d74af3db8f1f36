"""Records of what people did: kept in order, read strictly, never lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnup.errors import InputError
from turnup.order.records import CrossConnectEvent, Emergency, Fibre, Notice, PortMark, Records

NOW = datetime(2001, 7, 9, 14, tzinfo=UTC)
ROWS = (
    Notice("r1", NOW, NOW, "J. Smith", NOW, "mail-7"),
    CrossConnectEvent("PSO-1", Fibre.MADE, NOW, "field staff", NOW),
    PortMark("r1", "Serial5/0", True, NOW, "J. Smith", "loss of signal"),
    Emergency("r1", "PSO-1", "card burns", "J. Smith", NOW),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
def test_what_is_added_is_read(row: Notice, tmp_path: Path) -> None:
    records = Records(tmp_path)
    assert records.rows(type(row)) == ()
    records.add(row)
    records.add(row)
    assert Records(tmp_path).rows(type(row)) == (row,)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
def test_a_damaged_file_is_not_taken_for_an_empty_one(row: Notice, tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.add(row)
    (path,) = tmp_path.glob("*.json")
    for text in (path.read_text()[:50], "[]", '{"version": 2, "rows": []}', '{"version": 1, "rows": [{"x": 1}]}'):
        path.write_text(text)
        with pytest.raises(InputError, match="is not a file of records"):
            records.rows(type(row))
        with pytest.raises(InputError):
            records.add(row)
        assert path.read_text() == text


def test_the_last_mark_of_a_port_counts(tmp_path: Path) -> None:
    records = Records(tmp_path)
    for bad in (True, False, True):
        records.add(PortMark("r1", "Serial5/0", bad, NOW.replace(minute=len(records.rows(PortMark))), "x", "y"))
        assert records.bad_ports() == ((("r1", "Serial5/0"),) if bad else ())


def test_fibre(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.add(CrossConnectEvent("PSO-1", Fibre.REMOVED, NOW, "field staff", NOW))
    assert records.fibre("PSO-1", Fibre.REMOVED)
    assert records.fibre("PSO-1", Fibre.MADE) is None
    assert records.fibre("PSO-2", Fibre.REMOVED) is None
    records.add(CrossConnectEvent("PSO-1", Fibre.MADE, NOW.replace(minute=1), "field staff", NOW))
    assert records.fibre("PSO-1", Fibre.MADE)
    assert records.fibre("PSO-1", Fibre.REMOVED) is None, "it was put back: the fibre leads to the old customer again"
    records.add(CrossConnectEvent("PSO-1", Fibre.REMOVED, NOW.replace(hour=9), "told late", NOW))
    assert records.fibre("PSO-1", Fibre.MADE), "what is recorded late stands where it happened"
