"""docs/checks.md, generated: every test with its line in the contract, commands, rule, settings, samples.

python -m turnup.judge.reference        (in a checkout) writes docs/checks.md and the samples it draws on
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from turnup.checks import Check, all_checks
from turnup.judge.explain import commands, rule, settings, settings_said
from turnup.judge.samples import FILE, Sample, Samples, as_json, made_samples
from turnup.platforms import all_platforms

COMMAND = "python -m turnup.judge.reference"
TOP = Path(__file__).resolve().parents[3]
DOCUMENT = TOP / "docs" / "checks.md"
_RECORDED = TOP / "tests" / "recorded" / "ios" / "checks"

_HEAD = f"""\
# The twenty acceptance tests

Generated from the code by `make docs` (`{COMMAND}`); edit the tests in `acceptance/`, not this file.
PASA Schedule 2, ACCEPTANCE TESTS, in its words and order; PASA 1.4(a) says when they are run. Verdicts: PASS, FAIL,
INCONCLUSIVE (not proved, never green), NOT APPLICABLE (agreed, with reason), PENDING (a person has to do it).
`turnup checks explain N` shows one of them in the terminal.
"""


def generated() -> Mapping[Path, str]:
    """What must stand in the files of the checkout."""
    found = made_samples(_RECORDED)
    parts = [_HEAD, _contents()]
    parts += ["\n".join(_section(check, found[check.name])) for check in all_checks()]
    return {FILE: as_json(found), DOCUMENT: "\n".join(parts)}


def _contents() -> str:
    rows = [f"| {c.number} | [{c.title}](#{_anchor(c)}) | `acceptance/{c.name}.py` |" for c in all_checks()]
    return "\n".join(["| n | Schedule 2 says | file |", "|---|---|---|", *rows, ""])


def _anchor(check: Check) -> str:
    kept = "".join(letter for letter in check.title.lower() if letter.isalnum() or letter in " -")
    return f"{check.number}-{kept.replace(' ', '-')}"


def _section(check: Check, mine: Samples) -> Iterator[str]:
    yield f"## {check.number}. {check.title}\n"
    yield "\n\n".join(_prose(text) for text in rule(check)) + "\n"
    yield "| platform | commands |\n|---|---|"
    for title, lines in commands(check, tuple(all_platforms().values()), mine):
        yield f"| {_cell(title)} | {'<br>'.join(_code(line) for line in lines)} |"
    yield f"\nFacts: {', '.join(f'`{fact}`' for fact in mine.facts)}.\n"
    if check.settings is not None:
        yield f"Settings in `policy.yaml`, `checks.{check.name}`: {' '.join(map(_prose, settings_said(check)))}\n"
        yield "| setting | default |\n|---|---|"
        yield from (f"| `{name}` | {_code(value)} |" for name, value in settings(check))
        yield ""
    for word, one in (("Good", mine.good), ("Bad", mine.bad)):
        if one is not None:
            yield from _sample(word, one)


def _sample(word: str, one: Sample) -> Iterator[str]:
    yield f"{word} sample ({one.origin}, `{one.case}`): {_prose(one.title)}\n"
    yield "```text"
    yield f"{one.verdict}  {one.subject}: expected {one.expected}, observed {one.observed}"
    yield from [f"as says {one.source}"] if one.source else []
    yield from [f"seen in {one.command}:"] if one.seen else []
    yield from (f"    {line}" for line in one.seen)
    yield "```\n"


def _prose(text: str) -> str:
    """Words of a docstring; what looks like a tag or a token is shown, not taken for HTML."""
    return text.replace("<", "&lt;")


def _cell(text: str) -> str:
    return _prose(text).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def main() -> int:
    """Write the files; 0 also when nothing had changed."""
    for path, text in generated().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(TOP)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
