"""`python -m turnup.virtual.pop.cisco FOLDER`: the folder from which the POP with Cisco images is deployed by hand.

It is the folder of the other POP (configurations, services, throw-away secrets) with lab/pop-cisco.clab.yml and its
configurations beside. Nothing is started here: the images are Cisco's, and what they do with it was never seen by us.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from turnup import folder
from turnup.errors import TurnupError, UsageError
from turnup.virtual.pop.stage import Stage, write_stage

FILE = "pop-cisco.clab.yml"
TEXT = "pop-cisco"


def write_cisco_stage(path: Path) -> Stage:
    """Write the folder; it must be empty. Raises CouldNotRun."""
    stage = write_stage(path)
    source = Path(folder("lab"))
    shutil.copyfile(source / FILE, path / FILE)
    shutil.copytree(source / TEXT, path / TEXT, ignore=shutil.ignore_patterns("README.md"))
    return stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Write it and say what to do next; exit code as of every command of turnup."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        if len(words) != 1 or words[0].startswith("-"):
            raise UsageError("one folder is needed", advice="python -m turnup.virtual.pop.cisco FOLDER")
        stage = write_cisco_stage(Path(words[0]))
    except TurnupError as error:
        print(f"turnup.virtual.pop.cisco: {error}\n{error.advice}", file=sys.stderr)
        return int(error.exit_code)
    print(f"written, nothing started: cd {stage.path} && containerlab deploy -t {FILE}")
    print(f"key of TACACS+, accounts: {stage.path}/pop/common/secrets/tacacs.json")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
