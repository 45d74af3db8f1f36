"""What is to be seen on this machine of a POP of containers: to find its nodes, and to see that nothing stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from turnup.virtual.pop import engine
from turnup.virtual.pop.engine import Engine
from turnup.virtual.pop.processes import Process


def left_of(name: str, runs: Engine | None) -> list[str]:
    """What there is of a containerlab topology of that name: with the engine `runs`, and in this machine's files."""
    found = []
    if runs is not None:
        label = f"label=containerlab={name}"
        containers = runs.docker("ps", "--all", "--filter", label, "--format", "{{.Names}}").split()
        networks = runs.docker("network", "ls", "--filter", f"name=^{name}$", "--format", "{{.Name}}").split()
        found += [*(f"container {one}" for one in containers), *(f"network {one}" for one in networks)]
    if Path(f"/sys/class/net/br-{name}").exists():
        found.append(f"link br-{name}")
    hosts, config = Path("/etc/hosts"), Path(f"/etc/ssh/ssh_config.d/clab-{name}.conf")
    if f"CLAB-{name}-" in hosts.read_text():
        found.append(f"entries in {hosts}")
    return found + ([f"file {config}"] if config.exists() else [])


def engine_left() -> Iterator[str]:
    """What is left of an engine of ours that has ended."""
    if engine.own_engine() is None:
        yield from (f"process {process.number}" for process in engine.left_processes())
        yield from (f"control group {group}" for group in engine.left_cgroups())
        if engine.RUN.exists():
            yield f"folder {engine.RUN}"


def first_processes() -> dict[str, Process]:
    """The first process of each PID namespace of this machine, by the namespace's name."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = (entry / "status").read_text()
            numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[1:]
            if len(numbers) > 1 and numbers[-1] == "1":
                found[str((entry / "ns/pid").readlink())] = Process.of(int(entry.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def process_of(number: int) -> Process | None:
    """The process with that number; none when the engine's numbers are not this machine's, or it has ended."""
    try:
        return Process.of(number)
    except ProcessLookupError:
        return None
