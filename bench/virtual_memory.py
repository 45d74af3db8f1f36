"""Memory and start-up time of a lab of N virtual routers (default 200): ready, then every configuration built.

    python bench/virtual_memory.py [N]

Exit code 1 when the resident memory passes LIMIT.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from turnup import folder

LIMIT = 200  # MB, resident


def main(routers: int) -> int:
    """Start the lab, measure, stop it."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "turnup.virtual", "--inventory", str(folder("inventory"))]
    with subprocess.Popen(
        [*command, "--routers", str(routers), "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TURNUP_LAB_PASSWORD": "bench"},
    ) as process:
        if process.stdin is None or process.stdout is None:
            return 1
        ready = json.loads(process.stdout.readline())
        _say(f"{len(ready['routers'])} routers ready", started, process.pid)
        with socket.create_connection(("127.0.0.1", ready["control"])) as line:
            answers = line.makefile()
            for name in ready["routers"]:
                line.sendall(json.dumps({"do": "running", "router": name}).encode() + b"\n")
                json.loads(answers.readline())
        memory = _say("every configuration built and read", started, process.pid)
        process.stdin.close()
    return 0 if memory < LIMIT else 1


def _say(what: str, started: float, pid: int) -> int:
    memory = _resident(pid)
    print(f"{what:40} {time.perf_counter() - started:6.2f} s {memory:5d} MB")
    return memory


def _resident(pid: int) -> int:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
