"""Crash a change at every command the router hears of it: `make faults`, or `--sample N` for every Nth case.

Every case runs the command line (`turnup push`, `disconnect`, `redesignate`, `move`) in a forked process over telnet or
SSH against virtual routers that are a process of their own; then `turnup recover`; then router, startup, journal,
ledger and store are held against each other. Exit code 1 when anything diverges.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crash_agreement import End, Texts, divergences
from crash_faults import ENTRIES, FAULTS, Fault, fault_of
from crash_forked import Child, in_child
from crash_scenes import ACTIONS, TRANSPORTS, Scene, Stage, preload

from turnup.change.journal import read_journal


@dataclass(frozen=True)
class Ran:
    """A case that ran."""

    action: str
    fault: str
    at: int
    line: str
    outcome: str
    transport: str
    wrong: tuple[str, ...] = ()


@dataclass
class Worker:
    """One stage and its scenes; runs the cases that fall to it."""

    stage: Stage
    scenes: dict[str, Scene] = field(default_factory=dict)
    texts: dict[tuple[str, tuple[str, ...]], Texts] = field(default_factory=dict)

    def run(self, action: str, fault: Fault, at: int) -> Ran:
        """One case, from its beginning to its verdict."""
        scene = self.scenes[action]
        texts = self._texts(scene, fault)
        end = self._end(scene, fault, at)
        wrong = tuple(divergences(scene, texts, fault, at, end))
        line = ENTRIES[at - 1] if fault.at_entries else str(scene.steps[at - 1]["text"])
        return Ran(action, fault.name, at, line, end.outcome, self.stage.transport, wrong)

    def _end(self, scene: Scene, fault: Fault, at: int) -> End:
        stage = self.stage
        stage.put_back(scene)
        known = set(_journals(stage))
        dies = ENTRIES[at - 1] if fault.at_entries else ""
        words = stage.work(*scene.words, patience=fault.patience, dies=dies)
        child = Child(words, stage.folder / "said.command")
        stage.tell("listen", mishaps=fault.mishaps(at, child.pid))
        child.go()
        code, _ = child.end()
        heard = stage.heard()
        stage.tell("listen", mishaps=[])  # the router is back
        failed, ended = in_child(stage.recover, stage.folder / "said.recover")
        states = tuple(read_journal(path).record.state for path in _journals(stage) if path not in known)
        heard += stage.heard()
        running, startup = stage.router()
        if failed or ended is None:
            raise RuntimeError((stage.folder / "said.recover").read_text())
        return End(states, (code, ended[0]), running, startup, ended[1], heard)

    def _texts(self, scene: Scene, fault: Fault) -> Texts:
        key = (scene.action, fault.edit)
        if key not in self.texts:
            edited = [
                self._edited(text, fault.edit) if fault.edit else text for text in (scene.before[0], scene.after[0])
            ]
            self.texts[key] = Texts(scene.before[0], scene.after[0], *edited)
        return self.texts[key]

    def _edited(self, text: str, lines: tuple[str, ...]) -> str:
        self.stage.tell("restore", running=text, startup=text)
        answers = self.stage.tell("configure", lines=list(lines))["answers"]
        if any(answers):
            raise RuntimeError(f"the edit itself is refused: {answers}")
        return self.stage.router()[0]


def _journals(stage: Stage) -> list[Path]:
    return sorted((stage.lab.home.path / "journal").glob("*.json"))


def work(number: int, options: argparse.Namespace, into: multiprocessing.SimpleQueue[object]) -> None:
    """A worker process: its own routers, its share of the cases."""
    parent = os.getppid()
    preload()
    with tempfile.TemporaryDirectory(prefix="turnup-crash-") as folder:
        stage = Stage(Path(folder), TRANSPORTS[number % 4 == 3])
        worker = Worker(stage)
        try:
            for case in _share(worker, number, options):
                if os.getppid() != parent:  # nobody is left to tell
                    break
                into.put(worker.run(*case))
        except Exception as error:  # told to the parent, which would wait for ever otherwise
            into.put(f"{type(error).__name__}: {error}")
            raise
        finally:
            stage.down()
            into.put(None)


def _share(worker: Worker, number: int, options: argparse.Namespace) -> Iterator[tuple[str, Fault, int]]:
    count = 0
    for action in options.action or ACTIONS:
        scene = worker.scenes[action] = worker.stage.scene(action)
        chosen = tuple(map(fault_of, options.fault)) if options.fault else FAULTS
        for at in range(1, len(scene.steps) + 1):
            for fault in chosen:
                if (fault.at_entries and at > len(ENTRIES)) or (fault.turn is not None and at % 2 != fault.turn):
                    continue
                count += 1
                if options.at and at not in options.at:
                    continue
                if count % options.sample == 0 and (count // options.sample) % options.workers == number:
                    yield action, fault, at


def table(ran: list[Ran]) -> str:
    """Action by fault: cases, outcomes, divergences."""
    rows = [f"{'action':<12}{'fault':<31}{'cases':>6}{'diverged':>9}  outcomes"]
    for action in ACTIONS:
        for fault in FAULTS:
            mine = [one for one in ran if (one.action, one.fault) == (action, fault.name)]
            if not mine:
                continue
            outcomes = ", ".join(f"{count} {word}" for word, count in sorted(Counter(o.outcome for o in mine).items()))
            rows.append(f"{action:<12}{fault.name:<31}{len(mine):>6}{sum(bool(o.wrong) for o in mine):>9}  {outcomes}")
    return "\n".join(rows)


def main() -> int:
    """Run the cases; 0 when nothing diverges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every Nth case")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--action", action="append", choices=ACTIONS)
    parser.add_argument("--fault", action="append", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--at", action="append", type=int, help="only at that command of the router")
    parser.add_argument("--json", type=Path, help="write every case there")
    options = parser.parse_args()
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    into = context.SimpleQueue()
    workers = [context.Process(target=work, args=(number, options, into)) for number in range(options.workers)]
    for worker in workers:
        worker.start()
    ran, broken = _collect(into, len(workers))
    for worker in workers:
        worker.join()
    print(table(ran))
    for one in [one for one in ran if one.wrong][:40]:
        print(f"\nDIVERGED {one.action}, {one.fault}, at {one.at} {one.line!r} ({one.transport}): {one.outcome}")
        print("\n".join(f"  {line}" for text in one.wrong for line in text.splitlines()))
    for text in broken:
        print(f"\nA WORKER BROKE: {text[:2000]}")
    if options.json:
        options.json.write_text(json.dumps([vars(one) for one in ran], indent=1))
    wire = Counter(one.transport for one in ran)
    wrong = sum(bool(one.wrong) for one in ran)
    print(
        f"\n{len(ran)} cases, all over the wire ({wire['telnet']} telnet, {wire['ssh']} SSH), {wrong} diverged, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if wrong or broken or not ran else 0


def _collect(into: multiprocessing.SimpleQueue[object], workers: int) -> tuple[list[Ran], list[str]]:
    ran, broken = [], []
    while workers:
        got = into.get()
        if got is None:
            workers -= 1
        elif isinstance(got, Ran):
            ran.append(got)
        else:
            broken.append(str(got))
    return ran, broken


if __name__ == "__main__":
    sys.exit(main())
