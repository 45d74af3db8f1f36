"""containerlab: the one on this machine when it is new enough, else one built with Go, once, into the user's cache.

It is asked for as a module of its own with one requirement: `go install` also asks the proxy for the list of all
versions, which some mirrors do not give. A kernel built without modules has no /proc/modules, and containerlab stops at
that; for such a machine alone it is built with the four lines below, and its version says so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from turnup.errors import CouldNotRun
from turnup.virtual.pop.programs import LONG, output_of

MODULE = "github.com/srl-labs/containerlab"
VERSION = "0.79.0"  # what is built
GO = ("go", "/usr/local/go/bin/go")
LEAST = (0, 78, 2)  # older ones do not know `privileged: false`
MODULES = Path("/proc/modules")
_PATCHED = "utils/kernel_module.go"
_BEFORE = '\tf, err := os.Open("/proc/modules")\n'
_AFTER = f"{_BEFORE}\tif os.IsNotExist(err) {{\n\t\treturn false, nil\n\t}}\n"
ADVICE = (
    "Install Go 1.26 or newer (https://go.dev/dl), or containerlab 0.78.2 or newer (https://containerlab.dev/install). "
    "Without containerlab: `turnup lab up --netns` runs the same POP."
)


@dataclass(frozen=True)
class Containerlab:
    """The program and what it says it is."""

    program: Path
    version: str


def find_containerlab(cache: Path) -> Containerlab | None:
    """One that can be used here: TURNUP_CONTAINERLAB, PATH, or built before into `cache`.

    Raises CouldNotRun when the one that TURNUP_CONTAINERLAB names is none or too old.
    """
    if told := os.environ.get("TURNUP_CONTAINERLAB"):
        return _asked(Path(told))
    found = shutil.which("containerlab")
    if found and MODULES.exists():
        try:
            return _asked(Path(found))
        except CouldNotRun:
            pass  # too old: ours is built beside it
    built = cache / _name()
    return _asked(built) if built.exists() else None


def check_go() -> None:
    """See that containerlab can be built here. Raises CouldNotRun with advice."""
    if _go() is None:
        raise CouldNotRun("containerlab is not on this machine, nor Go to build it", advice=ADVICE)


def build_containerlab(cache: Path) -> Containerlab:
    """Build it into `cache`: minutes, and half a gigabyte of Go's own module cache. Raises CouldNotRun."""
    check_go()
    go = str(_go())
    environment = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOWORK": "off"}
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turnup-containerlab-") as place:
        here = Path(place)
        (here / "go.mod").write_text(f"module turnup/containerlab\n\ngo 1.26.0\n\nrequire {MODULE} v{VERSION}\n")
        if not MODULES.exists():
            patch(here, go)
        version = f"{VERSION}{'' if MODULES.exists() else '+no-kernel-modules'}"
        output_of(
            *(go, "build", "-trimpath", "-ldflags", f"-s -w -X {MODULE}/cmd.Version={version}"),
            *("-o", str(here / "containerlab"), MODULE),
            environment=environment,
            folder=here,
            seconds=LONG,
            advice="Go's module proxy must be reached (GOPROXY), and Go be 1.26 or newer.",
        )
        shutil.move(here / "containerlab", cache / _name())
    return _asked(cache / _name())


def schema_of(folder: Path) -> Path:
    """The published schema of the version that is built, in Go's module cache; `folder` is for the scratch module."""
    return Path(_source(folder, str(_go()))) / "schemas/clab.schema.json"


def _asked(program: Path) -> Containerlab:
    version = output_of(str(program), "version", "--short", environment={"CLAB_VERSION_CHECK": "disable"}).strip()
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if numbers is None or tuple(map(int, numbers.groups())) < LEAST:
        least = ".".join(map(str, LEAST))
        raise CouldNotRun(
            f"{program} is containerlab {version or 'of no version'}, not {least} or newer", advice=ADVICE
        )
    return Containerlab(program, version)


def _name() -> str:
    return f"containerlab-{VERSION}{'' if MODULES.exists() else '-no-kernel-modules'}"


def _go() -> str | None:
    return next((found for name in GO if (found := shutil.which(name))), None)


def _source(here: Path, go: str) -> str:
    """Folder of the module's source in Go's cache."""
    told = output_of(go, "mod", "download", "-json", f"{MODULE}@v{VERSION}", folder=here, seconds=LONG, advice=ADVICE)
    return str(json.loads(told)["Dir"])


def patch(here: Path, go: str) -> None:
    """Let the build take a copy of the source in which a missing /proc/modules means that no module is loaded."""
    copy = here / "containerlab-source"
    shutil.copytree(_source(here, go), copy)
    for entry in (copy, *copy.rglob("*")):
        entry.chmod(entry.stat().st_mode | 0o200)
    file = copy / _PATCHED
    text = file.read_text()
    if text.count(_BEFORE) != 1:
        raise CouldNotRun(f"containerlab {VERSION} opens {MODULES} in another way than known", advice=ADVICE)
    file.write_text(text.replace(_BEFORE, _AFTER))
    with (here / "go.mod").open("a") as file_of_module:
        file_of_module.write(f"\nreplace {MODULE} => ./{copy.name}\n")
