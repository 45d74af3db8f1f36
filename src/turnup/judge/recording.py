"""A recording: a folder with what one router answered in one run, to be judged again without the router.

recording.toml      whose answers they are, when, with which software, and when each was given
healthy/<answer>.txt  one file an answer, named as `answer_names` says
expected.toml, <test>/<case>/case.toml   where the run was recorded as cases (turnup.judge.cases)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from turnup.errors import InputError
from turnup.load.strict import build
from turnup.model.transcript import Answer, Ask, Transcript
from turnup.platforms import Platform

FILE = "recording.toml"
ANSWERS = "healthy"


@dataclass(frozen=True)
class RecordingFile:
    """recording.toml. `port` and `since` are those of the tested order; `at` gives a time to each answer's file."""

    origin: str
    router: str
    platform: str
    recorded: datetime
    username: str
    software: str = ""
    port: str = ""
    since: str = ""
    known_secrets: tuple[str, ...] = ()  # names of those whose value was at hand, so that redaction could compare
    at: Mapping[str, datetime] = field(default_factory=dict)


def answer_names(ask: Ask) -> tuple[str, ...]:
    """File names (without suffix) of an ask's answer; a second sample may be the first one's file again."""
    args = dict(ask.args)
    second = args.pop("sample", "")
    key = args.get("address") or args.get("neighbor") or args.get("device") or args.get("server") or ""
    if "type" in args:
        key = f"{key}-{args['type']}"
    base = f"{ask.fact}@{re.sub(r'[^A-Za-z0-9.-]', '', key)}" if key else ask.fact
    return (f"{base}.{second}", base) if second else (base,)


def is_recording(folder: Path) -> bool:
    """Whether that folder says whose answers it holds."""
    return (folder / FILE).is_file()


def read_recording(folder: Path) -> RecordingFile:
    """What recording.toml says. Raises InputError."""
    where = str(folder / FILE)
    try:
        data = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"no recording can be read: {error}", where=where, advice="Record one: turnup record --help."
        ) from error
    told = build(RecordingFile, data, where=where)
    for name, time in (("recorded", told.recorded), *told.at.items()):
        if time.utcoffset() != timedelta(0):
            raise InputError(f"the time of {name!r} is not in UTC", where=where)
    if not any((folder / ANSWERS).glob("*.txt")):
        raise InputError(f"the recording holds no answer in {ANSWERS}/", where=where)
    return told


def replayed(folder: Path, asks: Iterable[Ask], platforms: Iterable[Platform]) -> Transcript:
    """What the recorded router answers to these asks; what was not recorded is an answer that failed."""
    told, speakers = read_recording(folder), tuple(platforms)
    answers = {ask: _answer(folder, told, ask, speakers) for ask in asks}
    times = [told.recorded, *told.at.values()]
    return Transcript(told.router, min(times), max(times), answers, username=told.username)


def _answer(folder: Path, told: RecordingFile, ask: Ask, platforms: tuple[Platform, ...]) -> Answer:
    command = next((r.command for p in platforms if (r := p.request(ask))), ask.fact)
    for name in answer_names(ask):
        if (file := folder / ANSWERS / f"{name}.txt").is_file():
            text = file.read_text(encoding="utf-8").removesuffix("\n")
            return Answer(command, text, told.at.get(name, told.recorded))
    return Answer(command, "", told.recorded, failure=f"no recording: {answer_names(ask)[0]}.txt")
