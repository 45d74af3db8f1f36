"""Sample playbook in plain Nornir style: redacted snapshots of every router's running configuration.

    python playbook_backup.py FOLDER

Ends with 0 only when every router of the inventory was read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from nornir.core.task import Result, Task

from turnup.noc import Noc, open_noc
from turnup.runner import run_on
from turnup.tasks.snapshot import snapshot


def backup(task: Task, noc: Noc, folder: Path) -> Result:
    """One router: a subtask of turnup's, then what this playbook does with it."""
    configuration = task.run(task=snapshot, noc=noc)[0].result
    text = "".join(f"{' ' * line.depth}{line.text}\n" for line in configuration.lines)
    file = folder / f"{task.host.name}.cfg"
    before = file.read_text() if file.exists() else ""
    file.write_text(text)
    return Result(task.host, result=len(configuration.lines), changed=text != before)


def main(target: str) -> int:
    """Read all routers; a router that could not be read is named."""
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    noc = open_noc(inventory=Path(os.environ["TURNUP_INVENTORY"]))
    outcomes = run_on(noc.nornir, list(noc.equipment.routers), backup, noc=noc, folder=folder)
    for router, outcome in outcomes.items():
        print(f"{router}: {outcome.error or f'{outcome.value} lines, changed={outcome.changed}'}")
    return 5 if any(outcome.failed for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
