"""Tables of words and how they are written: for a terminal, Markdown, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from turnup.errors import UsageError


@dataclass(frozen=True)
class Table:
    """Rows of words. `evidence` has as many entries as there are rows, or none at all."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    evidence: tuple[tuple[str, ...], ...] = ()

    def proofs(self, number: int) -> tuple[str, ...]:
        """What that row rests on."""
        return self.evidence[number] if self.evidence else ()


@dataclass(frozen=True)
class Document:
    """A report: a title, what is to be known about it, tables."""

    title: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


def write(document: Document, form: str, width: int | None = None) -> str:
    """The document as text, without a line end; `width` is the terminal's. Raises UsageError for an unknown format."""
    if form == "terminal":
        return _terminal(document, width)
    if (writer := WRITERS.get(form)) is None:
        raise UsageError(f"{form!r} is no format: terminal, {', '.join(WRITERS)}")
    return writer(document).rstrip("\n")


def _terminal(document: Document, width: int | None) -> str:
    lines = _folded(document.title, "", width)
    for note in document.notes:
        lines += _folded(note, "  ", width)
    for table in document.tables:
        widths = [max(map(len, cells)) for cells in zip(table.columns, *table.rows, strict=True)]
        wide = width is not None and 2 + sum(widths) + 2 * (len(widths) - 1) > width
        lines += ["", table.title]
        if not wide:
            lines.append("  " + _aligned(table.columns, widths))
        for number, row in enumerate(table.rows):
            lines += _spelled(table.columns, row, width) if wide else ["  " + _aligned(row, widths)]
            for proof in table.proofs(number):
                lines += _folded(proof, "      ", width)
        if not table.rows:
            lines.append("  none")
    return "\n".join(lines)


def _spelled(columns: tuple[str, ...], row: tuple[str, ...], width: int | None) -> list[str]:
    """A row that is wider than the terminal: each word with its column's name."""
    told = "; ".join(f"{column} {cell}" for column, cell in zip(columns, row, strict=True) if cell)
    return _folded(told, "  ", width)


def _folded(text: str, lead: str, width: int | None) -> list[str]:
    if width is None:
        return [f"{lead}{text}"]
    broken = textwrap.TextWrapper(
        width, initial_indent=lead, subsequent_indent=f"{lead}    ", break_long_words=False, break_on_hyphens=False
    )
    return broken.wrap(text)


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _markdown(document: Document) -> str:
    lines = [f"# {document.title}", "", *(f"- {_escaped(note)}" for note in document.notes)]
    for table in document.tables:
        columns = (*table.columns, "evidence") if table.evidence else table.columns
        lines += ["", f"## {table.title}", "", _cells(columns), _cells(("---",) * len(columns))]
        for number, row in enumerate(table.rows):
            lines.append(_cells((*row, "; ".join(table.proofs(number))) if table.evidence else row))
    return "\n".join(lines)


def _cells(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    """Words of people are words: neither a column, nor a tag, nor a link."""
    for mark, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("[", "\\["), ("`", "\\`")):
        text = text.replace(mark, instead)
    return text


def _csv(document: Document) -> str:
    """One table after the other, each row led by its table's title, so that one file holds all."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    for table in document.tables:
        lines.writerow(("table", *table.columns, "evidence"))
        for number, row in enumerate(table.rows):
            lines.writerow((table.title, *map(_harmless, row), "; ".join(table.proofs(number))))
    return out.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet must not take somebody's words for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _json(document: Document) -> str:
    tables = [
        {
            "title": table.title,
            "rows": [
                {**dict(zip(table.columns, row, strict=True)), "evidence": list(table.proofs(number))}
                for number, row in enumerate(table.rows)
            ],
        }
        for table in document.tables
    ]
    plain = {"title": document.title, "notes": list(document.notes), "tables": tables}
    return json.dumps(plain, indent=2, ensure_ascii=False)


WRITERS: Mapping[str, Callable[[Document], str]] = {
    "md": _markdown,
    "csv": _csv,
    "json": _json,
}
