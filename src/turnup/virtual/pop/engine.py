"""A Docker engine for the POP: the machine's own when one runs and can carry it, else one of ours, from Debian.

Ours stands on a *ground*: one process with network, mount and PID namespaces of its own. Its bridges, its changes in
/etc and /run, its containers and their carriers are in there, and all of it ends when the ground does. Outside are only
the folder RUN, the control groups, and the images, which stay in the user's cache.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from turnup.durable import write_whole
from turnup.errors import CouldNotRun
from turnup.virtual.pop.processes import Process, begin, child_of
from turnup.virtual.pop.programs import answers, last_words, output_of

RUN = Path("/run/turnup-docker")  # one a machine; short, because a socket's path must be
CGROUP = "turnup-docker"
ADVICE = "On Debian, as root: apt-get install docker.io. Without Docker: `turnup lab up --netns` runs the same POP."
START_SECONDS = 30.0
_STARTED: list[subprocess.Popen[bytes]] = []  # by this process: to be waited for when they end
# The first process of the ground: it sees this machine's files, an /etc and a /run of its own over them.
# It begins at a word of whoever started it, who has written down by then how it is stopped; without the word it ends.
_GROUND = """\
set -e
read -r word
mount --make-rprivate /
cd {run}
mkdir work
mount -t tmpfs -o mode=755 pop work
mkdir -p work/etc work/etc.work work/run/lock work{run}
mount -t overlay -o lowerdir=/etc,upperdir={run}/work/etc,workdir={run}/work/etc.work pop /etc
mount --bind {run} work{run}
mount --rbind work/run /run
ip link set lo up
echo standing
{stay}
"""
_END = "for name in dockerd containerd; do kill $(pidof $name); while pidof $name; do sleep 0.05; done; done"
_STAY = "while :; do sleep 3600 & wait $!; done"
_WITH_PARENT = "read -r line || :"  # until standard input ends, and that is when its writer does


@dataclass(frozen=True)
class Engine:
    """An engine. `ground`: the first process of the namespaces that ours stands on; none: the machine's engine."""

    ground: Process | None = None

    @property
    def ours(self) -> bool:
        """Whether we started it; then it ends with the POP."""
        return self.ground is not None

    @property
    def enter(self) -> tuple[str, ...]:
        """Words before a command that is to run where the engine is."""
        if self.ground is None:
            return ()
        return ("nsenter", "-t", str(self.ground.number), "-m", "-n", "-p", "--")

    @property
    def environment(self) -> Mapping[str, str]:
        """What `docker` and `containerlab` need to find it."""
        return {"DOCKER_HOST": f"unix://{RUN}/docker.sock", "TMPDIR": str(RUN)} if self.ours else {}

    @property
    def version(self) -> str:
        """As the engine tells it."""
        return self.docker("version", "--format", "{{.Server.Version}}").strip()

    def run(self, *words: str, seconds: float = 60.0, environment: Mapping[str, str] | None = None) -> str:
        """Output of a command run where the engine is. Raises CouldNotRun with its complaint."""
        given = {**self.environment, **(environment or {})}
        return output_of(*words, enter=self.enter, environment=given, seconds=seconds, advice=ADVICE)

    def docker(self, *words: str, seconds: float = 60.0) -> str:
        """Output of a `docker` command. Raises CouldNotRun with its complaint."""
        return self.run("docker", *words, seconds=seconds)


def own_engine() -> Engine | None:
    """Ours of before, when it answers."""
    engine = Engine(_remembered())
    if engine.ground is None or not engine.ground.alive:
        return None
    return engine if _answers(engine) else None


def engine_of_machine(network: IPv4Network) -> Engine | None:
    """The machine's engine when one answers here, and `network` is not there yet: two ways to one address."""
    if not os.environ.get("DOCKER_HOST", "unix://").startswith("unix://"):
        return None
    if not _answers(Engine()) or any(network.overlaps(taken) for taken in routed_networks()):
        return None
    return Engine()


def routed_networks() -> list[IPv4Network]:
    """Networks that this machine has a way to, beside the default."""
    found = json.loads(output_of("ip", "-json", "-4", "route", "show") or "[]")
    return [IPv4Network(route["dst"]) for route in found if route["dst"] != "default"]


def check_own_engine() -> None:
    """See that an engine of our own can be started. Raises CouldNotRun with advice."""
    for program in ("docker", "dockerd", "containerd", "runc", "unshare", "nsenter"):
        if shutil.which(program) is None:
            raise CouldNotRun(f"no Docker engine can carry the POP: `{program}` is not on this machine", advice=ADVICE)
    if os.geteuid():
        raise CouldNotRun("only root can start a Docker engine for the POP", advice="Run it as root, or with sudo.")


def start_engine(store: Path, *, with_parent: bool = False) -> Engine:
    """Start an engine of our own whose images stand in folder `store`. `with_parent`: it ends when this process does.

    Raises CouldNotRun when it does not come up; nothing is left then.
    """
    stop_engine()  # what a killed one left
    RUN.mkdir(mode=0o700)
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = RUN / "containerd.sock"
    try:
        engine = Engine(_ground(with_parent=with_parent))
        _start(engine, "containerd", f"--root={store}/containerd", f"--state={RUN}/containerd", f"--address={address}")
        _until("containerd", address.exists)
        _start(
            engine,
            "dockerd",
            *(f"--data-root={store}/docker", f"--exec-root={RUN}/docker", f"--pidfile={RUN}/dockerd.pid"),
            *(f"--host=unix://{RUN}/docker.sock", f"--containerd={address}"),
            *(f"--cgroup-parent=/{CGROUP}", "--exec-opt=native.cgroupdriver=cgroupfs"),
            *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none"),
        )
        _until("dockerd", lambda: _answers(engine))
        if killed := engine.docker("ps", "--all", "--quiet").split():
            engine.docker("rm", "--force", *killed)
        engine.docker("network", "prune", "--force")
    except BaseException:  # an interrupt too: nothing of it stays, and it goes on up
        stop_engine()
        raise
    return engine


def stop_engine() -> None:
    """End our own engine with everything on its ground. Nothing happens when there is none.

    Raises CouldNotRun when a process of it does not end.
    """
    ground = _remembered()
    if ground is not None and ground.alive:
        with suppress(CouldNotRun):  # so that what they have written is whole
            Engine(ground).run("sh", "-c", _END, seconds=15)
        with suppress(ProcessLookupError):
            os.kill(ground.number, signal.SIGKILL)  # and the kernel ends all that stands on it
    until = time.monotonic() + START_SECONDS
    while left := left_processes():
        if time.monotonic() > until:
            numbers = " ".join(str(process.number) for process in left)
            raise CouldNotRun(f"processes of the engine do not end: {numbers}", advice=f"kill -9 {numbers}")
        _gather()
        time.sleep(0.02)
    _gather()
    for folder in left_cgroups():
        with suppress(OSError):  # the kernel lets go of a group a moment later than of its processes
            folder.rmdir()
    shutil.rmtree(RUN, ignore_errors=True)


def left_processes() -> list[Process]:
    """Processes of ours: the ground, and all in our control groups."""
    numbers = {number for group in left_cgroups() for number in _members(group)}
    found = [process for process in (_remembered(),) if process is not None and process.alive]
    for number in sorted(numbers):
        with suppress(ProcessLookupError):
            found.append(Process.of(number))
    return found


def left_cgroups() -> list[Path]:
    """Control groups of our containers, the innermost first."""
    return sorted(_cgroups(), key=lambda folder: len(folder.parts), reverse=True)


def _answers(engine: Engine) -> bool:
    return answers(
        *engine.enter, "docker", "version", "--format", "{{.Server.Version}}", environment=engine.environment
    )


def _remembered() -> Process | None:
    try:
        return Process(**json.loads((RUN / "ground.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _ground(*, with_parent: bool) -> Process:
    unshare = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--")
    script = _GROUND.format(run=shlex.quote(str(RUN)), stay=_WITH_PARENT if with_parent else _STAY)
    with (RUN / "ground.log").open("wb") as log:
        outer = subprocess.Popen(
            [*unshare, "sh", "-c", script],
            cwd=RUN,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    _STARTED.append(outer)
    try:
        ground = child_of(outer.pid, 1)
        write_whole(RUN / "ground.json", json.dumps(dict(ground.told())), private=True)
        begin(outer, with_parent=with_parent)
    except (CouldNotRun, ProcessLookupError) as error:
        outer.kill()
        raise CouldNotRun(f"no namespaces for a Docker engine: {_said('ground')}", advice=ADVICE) from error
    return ground


def _start(engine: Engine, name: str, *words: str) -> None:
    with (RUN / f"{name}.log").open("wb") as log:
        _STARTED.append(
            subprocess.Popen(
                (*engine.enter, name, *words), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        )


def _until(name: str, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START_SECONDS
    started = _STARTED[-1]
    while not ready():
        if started.poll() is not None or time.monotonic() > end:
            raise CouldNotRun(f"`{name}` does not start: {_said(name)}", advice=ADVICE)
        time.sleep(0.05)


def _said(name: str) -> str:
    return last_words((RUN / f"{name}.log").read_text(errors="replace"))


def _gather() -> None:
    """Let go of processes of ours that have ended."""
    for process in list(_STARTED):
        if process.poll() is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            _STARTED.remove(process)


def _cgroups() -> Iterator[Path]:
    root = Path("/sys/fs/cgroup")
    for top in (root / CGROUP, *root.glob(f"*/{CGROUP}")):
        if top.is_dir():
            yield top
            yield from (entry for entry in top.rglob("*") if entry.is_dir())


def _members(group: Path) -> list[int]:
    try:
        return [int(word) for word in (group / "cgroup.procs").read_text().split()]
    except OSError:  # gone meanwhile
        return []
