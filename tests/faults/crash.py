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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crash_agreement import End, Texts, divergences
from crash_commands import preload
from crash_faults import FAULTS, Fault, fault_of
from crash_forked import Child, in_child
from crash_scenes import ACTIONS, TRANSPORTS, Scene, Stage

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
        return Ran(action, fault.name, at, end.line, end.outcome, self.stage.transport, wrong)

    def _end(self, scene: Scene, fault: Fault, at: int) -> End:
        stage = self.stage
        stage.put_back(scene)
        known = set(_journals(stage))
        first = None
        if fault.begun:
            code, heard = stage.kill(scene, fault.begun)
            first, struck = self._struck(stage.recovery(dies=_entry(fault, at)), "first", fault, at)
            heard = heard + struck
        else:
            work = stage.work(*scene.words, patience=fault.patience, dies=_entry(fault, at))
            code, struck = self._struck(work, "command", fault, at)
            heard = struck
        line = _entry(fault, at) or (str(struck[at - 1]["text"]) if at <= len(struck) else "")
        stage.tell("listen", mishaps=[])  # the router is back
        failed, ended = in_child(stage.recover, stage.folder / "said.recover")
        states = tuple(read_journal(path).record.state for path in _journals(stage) if path not in known)
        heard = heard + stage.heard()
        running, startup = stage.router()
        if failed or ended is None:
            raise RuntimeError((stage.folder / "said.recover").read_text())
        return End(states, (code, ended[0]), running, startup, ended[1], heard, first, line)

    def _struck(
        self, work: Callable[[], object], name: str, fault: Fault, at: int
    ) -> tuple[int, list[dict[str, object]]]:
        """Let it run, and the fault happen to it; its exit code, and what the router heard."""
        child = Child(work, self.stage.folder / f"said.{name}")
        self.stage.tell("listen", mishaps=fault.mishaps(at, child.pid))
        child.go()
        code, _ = child.end()
        return code, self.stage.heard()

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


def _entry(fault: Fault, at: int) -> str:
    return fault.entries[at - 1] if fault.at_entries else ""


def _journals(stage: Stage) -> list[Path]:
    return sorted((stage.lab.home.path / "journal").glob("*.json"))


@dataclass
class Share:
    """What the workers have in common: the next case, how many steps each action has, where results go."""

    ticket: Any
    steps: Any
    results: Any

    def drawn(self) -> int:
        """The number of the next case that is to be run."""
        with self.ticket.get_lock():
            self.ticket.value += 1
            return int(self.ticket.value) - 1

    def agree(self, action: str, *counts: int) -> None:
        """All workers count the same steps, or a case would be left out."""
        with self.steps.get_lock():
            at = ACTIONS.index(action) * 3
            seen = tuple(self.steps[at : at + 3])
            if any(seen) and seen != counts:
                raise RuntimeError(f"{action} takes {counts} commands here, and {seen} elsewhere")
            self.steps[at : at + 3] = counts


def work(number: int, options: argparse.Namespace, share: Share) -> None:
    """A worker process: its own routers; draws one case after the other."""
    parent = os.getppid()
    preload()
    with tempfile.TemporaryDirectory(prefix="turnup-crash-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        stage = Stage(Path(folder), TRANSPORTS[number % 4 == 3])
        worker = Worker(stage)
        try:
            mine = share.drawn()
            for count, case in enumerate(_cases(worker, options, share)):
                if os.getppid() != parent:  # nobody is left to tell
                    break
                if count == mine:
                    share.results.put(worker.run(*case))
                    mine = share.drawn()
        except Exception as error:  # told to the parent, which would wait for ever otherwise
            share.results.put(f"{type(error).__name__}: {error}")
            raise
        finally:
            stage.down()
            share.results.put(None)


# What is on a disk is not what is proved here: SIGKILL loses nothing that was written.
MEMORY = Path("/dev/shm")


def _cases(worker: Worker, options: argparse.Namespace, share: Share) -> Iterator[tuple[str, Fault, int]]:
    """Every Nth case, the same in every worker."""
    count = 0
    chosen = tuple(map(fault_of, options.fault)) if options.fault else FAULTS
    for action in options.action or ACTIONS:
        scene = worker.scenes[action] = worker.stage.scene(action)
        share.agree(action, len(scene.steps), *scene.recoveries.values())
        for fault in chosen:
            for at in ats(fault, len(scene.steps), scene.recoveries):
                count += 1
                if count % options.sample == 0 and (not options.at or at in options.at):
                    yield action, fault, at


def ats(fault: Fault, steps: int, recoveries: Mapping[str, int]) -> tuple[int, ...]:
    """The commands or entries, from 1, that this happens at."""
    if fault.at_entries:
        return tuple(range(1, len(fault.entries) + 1))
    last = recoveries[fault.begun] if fault.begun else steps
    return tuple(at for at in range(1, last + 1) if fault.turn is None or at % 2 == fault.turn)


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
    share = Share(context.Value("i", 0), context.Array("i", 3 * len(ACTIONS)), context.SimpleQueue())
    workers = [context.Process(target=work, args=(number, options, share)) for number in range(options.workers)]
    for worker in workers:
        worker.start()
    ran, broken = _collect(share.results, workers, options.json)
    for worker in workers:
        worker.join()
    print(table(ran))
    for one in [one for one in ran if one.wrong][:40]:
        print(f"\nDIVERGED {one.action}, {one.fault}, at {one.at} {one.line!r} ({one.transport}): {one.outcome}")
        print("\n".join(f"  {line}" for text in one.wrong for line in text.splitlines()))
    for text in broken:
        print(f"\nA WORKER BROKE: {text[:2000]}")
    wire = Counter(one.transport for one in ran)
    wrong = sum(bool(one.wrong) for one in ran)
    print(
        f"\n{len(ran)} cases, all over the wire ({wire['telnet']} telnet, {wire['ssh']} SSH), {wrong} diverged, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if wrong or broken or not ran else 0


def _collect(
    into: multiprocessing.SimpleQueue[object], workers: list[Any], told: Path | None
) -> tuple[list[Ran], list[str]]:
    ran: list[Ran] = []
    broken = []
    left = len(workers)
    while left:
        if into.empty():
            if not any(worker.is_alive() for worker in workers) and into.empty():
                broken.append(f"{left} of {len(workers)} workers died without a word")
                break
            time.sleep(0.1)
            continue
        got = into.get()
        if got is None:
            left -= 1
        elif isinstance(got, Ran):
            ran.append(got)
            if told and len(ran) % 50 == 0:
                told.write_text(json.dumps([vars(one) for one in ran], indent=1))
        else:
            broken.append(str(got))
    if told:
        told.write_text(json.dumps([vars(one) for one in ran], indent=1))
    return ran, broken


if __name__ == "__main__":
    sys.exit(main())
