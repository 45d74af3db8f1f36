"""A Docker engine for the POP: the one that runs, else one of our own from Debian's packages.

Our own keeps its images in the user's cache and all else below RUN. It is told to leave the machine's firewall, its
forwarding and its bridges alone, so that nothing but the POP's own network is added, and nothing stays when it ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from turnup.errors import CouldNotRun
from turnup.virtual.pop.processes import Process
from turnup.virtual.pop.programs import answers, last_words, output_of

RUN = Path("/run/turnup-docker")  # one a machine; short, because a socket's path must be
CGROUP = "turnup-docker"
ADVICE = "On Debian, as root: apt-get install docker.io. Without Docker: `turnup lab up --netns` runs the same POP."
START_SECONDS = 30.0
_STARTED: dict[int, subprocess.Popen[bytes]] = {}  # by this process: to be waited for when they end


@dataclass(frozen=True)
class Engine:
    """Where the engine listens (empty: where `docker` looks by itself). `ours`: we started it, it ends with the POP."""

    host: str
    ours: bool

    @property
    def environment(self) -> Mapping[str, str]:
        """What `docker` and `containerlab` need to find it."""
        return {"DOCKER_HOST": self.host} if self.host else {}

    @property
    def version(self) -> str:
        """As the engine tells it."""
        return self.docker("version", "--format", "{{.Server.Version}}").strip()

    def docker(self, *words: str, seconds: float = 60.0) -> str:
        """Output of a `docker` command. Raises CouldNotRun with its complaint."""
        return output_of("docker", *words, environment=self.environment, seconds=seconds, advice=ADVICE)


OURS = Engine(f"unix://{RUN}/docker.sock", ours=True)


def running_engine() -> Engine | None:
    """The engine that answers now: the machine's, or ours of before."""
    for engine in (Engine(os.environ.get("DOCKER_HOST", ""), ours=False), OURS):
        if answers("docker", "version", "--format", "{{.Server.Version}}", environment=engine.environment):
            return engine
    return None


def check_engine() -> None:
    """See that an engine runs or could be started. Raises CouldNotRun with advice."""
    if running_engine() is not None:
        return
    for program in ("docker", "dockerd", "containerd", "runc"):
        if shutil.which(program) is None:
            raise CouldNotRun(f"no Docker engine runs, and `{program}` is not on this machine", advice=ADVICE)
    if os.geteuid():
        raise CouldNotRun("no Docker engine runs, and only root can start one", advice="Run it as root, or with sudo.")


def start_engine(store: Path) -> Engine:
    """Start an engine of our own whose images stand in folder `store`. Raises CouldNotRun when it does not come up."""
    stop_engine()  # what a killed one left
    RUN.mkdir(mode=0o700)
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    (RUN / "store").write_text(str(store))
    address = RUN / "containerd.sock"
    try:
        _start("containerd", f"--root={store}/containerd", f"--state={RUN}/containerd", f"--address={address}")
        _until("containerd", address.exists)
        _start(
            "dockerd",
            *(f"--data-root={store}/docker", f"--exec-root={RUN}/docker", f"--pidfile={RUN}/dockerd.own.pid"),
            *(f"--host={OURS.host}", f"--containerd={address}", f"--cgroup-parent=/{CGROUP}"),
            *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none"),
        )
        _until("dockerd", lambda: answers("docker", "version", environment=OURS.environment))
    except BaseException:
        stop_engine()
        raise
    return OURS


def stop_engine() -> None:
    """End our own engine and whatever of it is left. Nothing happens when there is none.

    Raises CouldNotRun when a process of it does not end.
    """
    for name in ("dockerd", "containerd"):
        if (process := _process(name)) is not None:
            _end(process, name)
    for process in left_processes():
        _end(process, "a process of its containers")
    for mount in left_mounts():
        output_of("umount", "--lazy", mount)
    for folder in left_cgroups():
        with suppress(OSError):  # the kernel lets go of a group a moment later than of its processes
            folder.rmdir()
    shutil.rmtree(RUN, ignore_errors=True)


def left_processes() -> list[Process]:
    """Processes of ours: those that carry our containers (they name our folder), those in our control groups."""
    numbers = {number for folder in left_cgroups() for number in _members(folder)} | set(_carriers())
    found = []
    for number in sorted(numbers):
        with suppress(ProcessLookupError):
            found.append(Process.of(number))
    return found


def left_mounts() -> list[str]:
    """Mount points below our folder and below that of the images, the innermost first."""
    points = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
    places = [f"{RUN}/"]
    with suppress(OSError):
        places.append(f"{(RUN / 'store').read_text()}/")
    return sorted((point for point in points if point.startswith(tuple(places))), reverse=True)


def left_cgroups() -> list[Path]:
    """Control groups of our containers, the innermost first."""
    return sorted(_cgroups(), key=lambda folder: len(folder.parts), reverse=True)


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


def _carriers() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if Path(words[0]).name.startswith(("dockerd", "containerd")) and str(RUN) in " ".join(words):
                    yield int(entry.name)


def _start(name: str, *words: str) -> None:
    with (RUN / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            (name, *words), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _STARTED[process.pid] = process
    (RUN / f"{name}.pid").write_text(f"{process.pid} {Process.of(process.pid).began}")


def _process(name: str) -> Process | None:
    try:
        number, began = (RUN / f"{name}.pid").read_text().split()
    except (OSError, ValueError):
        return None
    return Process(int(number), int(began))


def _until(name: str, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START_SECONDS
    while not ready():
        process = _process(name)
        if process is None or not process.alive or time.monotonic() > end:
            words = last_words((RUN / f"{name}.log").read_text(errors="replace"))
            raise CouldNotRun(f"`{name}` does not start: {words}", advice=ADVICE)
        time.sleep(0.05)


def _end(process: Process, name: str) -> None:
    """TERM, then KILL."""
    for number, seconds in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        end = time.monotonic() + seconds
        with suppress(ProcessLookupError):
            if process.alive:
                os.kill(process.number, number)
        while process.alive and time.monotonic() < end:
            time.sleep(0.02)
    if (started := _STARTED.pop(process.number, None)) is not None:
        with suppress(subprocess.TimeoutExpired):
            started.wait(timeout=5)
    if process.alive:
        raise CouldNotRun(f"{name}, process {process.number}, does not end", advice=f"kill -9 {process.number}")
