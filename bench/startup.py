"""`turnup --help` under 0.25 s; `import turnup` without netmiko, napalm and nornir."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS, AT_MOST = 9, 0.25
HEAVY = ("netmiko", "napalm", "nornir", "paramiko", "asyncssh")
HELP = "import sys; sys.argv = ['turnup', '--help']; from turnup.cli import main; main()"
LOADED = f"import sys, {{module}}; print(*[m for m in {HEAVY!r} if m in sys.modules])"


def seconds(*arguments: str) -> float:
    """Median wall time of a Python process."""
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - begun)
        if done.returncode:
            print(f"could not run: {done.stderr.strip().splitlines()[-1:]}")
            sys.exit(1)
    return statistics.median(times)


def main() -> int:
    """Print the table."""
    python, help_ = seconds("-c", "pass"), seconds("-c", HELP)
    print(f"python -c pass    {python:.3f} s")
    print(f"turnup --help     {help_:.3f} s (target < {AT_MOST})  {'ok' if help_ < AT_MOST else 'MISSED'}")
    for module in ("turnup", "turnup.cli", "turnup.connect"):
        command = [sys.executable, "-c", LOADED.format(module=module)]
        loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        print(f"import {module:14s} loads {', '.join(loaded) or 'none of ' + ', '.join(HEAVY)}", end="")
        print(f"  {'MISSED' if loaded else 'ok'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
