"""A platform with a candidate (IOS XR): every line typed aside, compared, committed on trial, confirmed.

Nothing takes effect before the router itself has said what the commit would do, and that is exactly the change. [exp]:
proved on a look-alike only (tests/change/fake_xr.py); no real IOS XR was at hand.

Taken back by the inverse lines in a commit of their own, never by `rollback configuration last 1`: the last commit may
be somebody else's by then. IOS XR shows no trial that is under way, so nothing here asks for one: a commit without
changes confirms it, and reading again tells whether it was in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from turnup.change.footprint import Footprint, canonical
from turnup.change.plan import Change
from turnup.change.wire import Stopped, Wire
from turnup.errors import CouldNotRun, TurnupError
from turnup.render.fold import Sections, fold
from turnup.render.intent import ConfigItem

COMMIT = "commit"
# What a commit without changes may say.
_NOTHING_NEW = ("% No modifications done.", "% No configuration changes to commit.")


def commit(wire: Wire, items: Iterable[ConfigItem], change: Change, seconds: int = 0) -> None:
    """Commit those lines, on trial for `seconds` (0 = for good), when the candidate is exactly them.

    Raises Stopped (the router refused a line or the commit, or the candidate is another: it was dropped, nothing took
    effect) and what the session raises; then only reading tells what is in effect.
    """
    lines = tuple(items)
    for item in lines:
        wire.grammar.check(item.section, item.text)
    before = wire.running()
    try:
        wire.session.enter_config()
        for text in typed_aside(lines):
            _silent(text, wire.aside(text))
        _compare(wire, before, lines, change)
        _committed(wire, f"{COMMIT} confirmed {seconds}" if seconds else COMMIT)
        wire.session.leave_config()
    except Stopped:
        with suppress(TurnupError, OSError):  # the next step reads: a candidate that stays goes with its session
            wire.aside("abort")
        raise
    except BaseException:  # whatever it was: what stands in the candidate must go with the session
        wire.give_up_session()
        raise


def confirm(wire: Wire) -> None:
    """End a trial for good; where there is none, nothing happens. Raises Stopped, and what the session raises."""
    wire.session.enter_config()
    said = wire.aside(COMMIT).strip()
    if said and said not in _NOTHING_NEW:
        with suppress(TurnupError, OSError):
            wire.aside("abort")
        raise Stopped(f"{COMMIT!r}: the router said {said!r}")
    wire.session.leave_config()


def typed_aside(items: Iterable[ConfigItem]) -> Iterator[str]:
    """The lines with the header of their section in front, so that none depends on where the one before has led.

    A set or policy is a block of lines: its header, its lines, its end.
    """
    for item in items:
        block = item.section.startswith(("prefix-set ", "route-policy "))
        if not item.section or block:
            yield item.text or item.section
        elif item.text.startswith("no "):
            yield f"no {item.section} {item.text.removeprefix('no ')}"
        elif item.text:
            yield f"{item.section} {item.text}"


def _silent(line: str, said: str) -> None:
    if said.strip():
        raise Stopped(f"{line!r}: the router said {said.strip()!r}")


def _committed(wire: Wire, command: str) -> None:
    if said := wire.aside(command).strip():
        why = wire.aside("show configuration failed").strip() if "ailed to commit" in said else ""
        raise Stopped(f"{command!r}: the router said {said!r}" + (f"\n{why}" if why else ""))


def _compare(wire: Wire, before: Sections, lines: tuple[ConfigItem, ...], change: Change) -> None:
    """Raise Stopped unless what the candidate would change, and nothing else, leads where the lines lead."""
    said = wire.aside("show configuration")
    try:
        would = tuple(differences(wire, said))
        strange = [item for item in would if not _owned(change.footprint, item)]
        own = change.footprint.cut(before)
        here, there = (fold(own, steps, wire.grammar, change.hidden) for steps in (would, lines))
    except TurnupError as error:
        raise Stopped(f"the candidate cannot be compared: {error}") from error
    if strange:
        raise Stopped(f"the candidate holds what is not the order's: {'; '.join(map(str, strange))}")
    pairs = (canonical(change.footprint.owned(one), change.hidden) for one in (here, there))
    if len(set(pairs)) != 1 or any(here.get(whole) != there.get(whole) for whole in change.footprint.wholes):
        told = "; ".join(map(str, would)) or "nothing"
        raise Stopped(f"the candidate is not what was planned; it would do: {told}")


def _owned(footprint: Footprint, item: ConfigItem) -> bool:
    if not item.text:
        return item.section in footprint.headers + footprint.wholes
    whole_peers = [(header, f"no neighbor {peer}") for header, peer in footprint.peers]
    return (item.section, item.text) in whole_peers or footprint.owns(item.section, item.text)


def differences(wire: Wire, said: str) -> Iterator[ConfigItem]:
    """What `show configuration` says of a candidate, as lines. Raises CouldNotRun when it is not whole."""
    reading = wire.session.platform.reading
    if reading is None:
        raise CouldNotRun(f"{wire.session.platform.name} has no reading.toml")
    shown = reading.plain.lines(said)
    if not shown or not shown[0].text.startswith("version ") or shown[-1].text != "end":
        raise CouldNotRun("`show configuration` does not begin or end as it should")
    for line in shown[1:-1]:
        text = line.text
        if (
            line.shown.startswith("no ") and text != line.shown
        ):  # nested: the `no` stands at the line, not before its block
            text = f"no {text.removesuffix(line.shown)}{line.shown.removeprefix('no ')}"
        if line.depth:
            yield ConfigItem(line.section, text)
        elif wire.grammar.section(text):
            yield ConfigItem(text, "")
        else:
            yield ConfigItem("", text)
