"""Reports of a certificate. A format is a file of templates/report/ and is called by that file's name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import turnup
from turnup.errors import UsageError
from turnup.model.certificate import Certificate
from turnup.report import words
from turnup.report.escape import Verbatim, csv_cell, markdown, visible

if TYPE_CHECKING:
    from jinja2 import Environment

_TERMINAL = "terminal"
_JSON = "certificate.json"
_SUFFIX = ".j2"
_AUTOESCAPED = (".html", ".xml")
_ESCAPES: dict[str, Callable[[str], str]] = {".md": markdown, ".csv": csv_cell}
_WORDS = (
    "cause_of",
    "counts",
    "deciding",
    "evidence",
    "excerpt",
    "explains",
    "headline",
    "lines",
    "local",
    "next_step",
    "open_rows",
    "place",
    "places",
    "rule",
    "said",
    "seconds",
    "sensitivity",
    "side",
    "symbol",
    "utc",
    "why",
)


def formats() -> tuple[str, ...]:
    """Every format; but for `terminal`, a format's name is a good file name for the report."""
    files = (path.name.removesuffix(_SUFFIX) for path in _folder().glob(f"*{_SUFFIX}"))
    return (_TERMINAL, _JSON, *sorted(files))


def find_format(name: str) -> str:
    """The format of that name, or the only one with that stem or suffix: `html`, `junit`. Raises UsageError."""
    known = formats()
    if name in known:
        return name
    short = [fmt for fmt in known if name and name in (Path(fmt).stem, Path(fmt).suffix.removeprefix("."))]
    if len(short) == 1:
        return short[0]
    near = short or difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
    raise UsageError(f"there is no report format {name!r}; {hint}", advice=f"Formats: {', '.join(known)}")


def render(fmt: str, certificate: Certificate, *, width: int = 80, colour: bool = False) -> str:
    """The certificate in that format. `width` and `colour` are for the terminal only. Raises UsageError."""
    name = find_format(fmt)
    if name == _TERMINAL:
        from turnup.report.terminal import render_terminal

        return render_terminal(certificate, width=width, colour=colour)
    from turnup.certificate.document import digest, to_json

    if name == _JSON:
        return to_json(certificate)
    template = _environment(Path(name).suffix).get_template(name + _SUFFIX)
    return template.render(certificate=certificate, digest=digest(certificate))


BESIDE = ("md", "html")


def render_beside(fmt: str, accepted: Certificate, now: Certificate) -> str:
    """A retest beside the certificate its port was accepted with, as `md` or `html`. Raises UsageError."""
    from turnup.certificate.compare import compare
    from turnup.certificate.document import digest

    if fmt not in BESIDE:
        raise UsageError(f"a comparison is written as {' or '.join(BESIDE)}, not {fmt!r}")
    template = _environment(f".{fmt}").get_template(f"beside/retest.{fmt}{_SUFFIX}")
    return template.render(certificate=now, accepted=accepted, comparison=compare(accepted, now), digest=digest(now))


@cache
def _environment(suffix: str) -> Environment:
    """Jinja2 for one kind of file: whatever a template puts out is escaped for it, without being asked."""
    import jinja2

    escape = _ESCAPES.get(suffix, visible)

    def finalize(value: Any) -> Any:
        if isinstance(value, Verbatim) or hasattr(value, "__html__"):
            return value
        return escape(str(value))

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_folder()),
        autoescape=suffix in _AUTOESCAPED,  # noqa: S701 - the other kinds are escaped by finalize
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update({name: getattr(words, name) for name in _WORDS})
    environment.filters["excerpt"] = words.excerpt
    environment.filters["verbatim"] = lambda text: Verbatim(visible(text))
    return environment


def _folder() -> Path:
    return turnup.folder("templates") / "report"
