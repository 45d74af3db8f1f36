"""Build the wheel, install it away from the checkout, and run the tests against it with the sources gone.

Run by `make wheel`. Exits with pytest's code; 1 when the wheel does not hold what it must.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CONTENT = ("acceptance", "tasks", "templates", "inventory", "orders", "lab")
KEPT = ("tests", "docs", "README.md", "pyproject.toml")


def main() -> int:
    """Build, look inside, install, test."""
    with tempfile.TemporaryDirectory(prefix="turnup-wheel-") as name:
        away = Path(name)
        wheel = build(away)
        if missing := absent(wheel):
            print("the wheel lacks:", *missing, sep="\n  ")
            return 1
        python = install(wheel, away)
        checkout = away / "checkout"
        checkout.mkdir()
        for kept in KEPT:
            source = TOP / kept
            if source.is_dir():
                shutil.copytree(source, checkout / kept, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, checkout / kept)
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        environment.setdefault("TURNUP_RECORDINGS", str((TOP / "../shared/recordings").resolve()))
        tests = [
            python,
            "-P",
            "-m",
            "pytest",
            "-n",
            "auto",
            "--dist",
            "loadfile",
            "--no-loadscope-reorder",
            "-m",
            "not checkout and not proof",
            "-q",
            "-p",
            "no:cacheprovider",
        ]
        return subprocess.run(tests, cwd=checkout, env=environment, check=False).returncode


def build(away: Path) -> Path:
    """The wheel, built through the sdist as a release would be."""
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", away / "dist", TOP], check=True, stdout=subprocess.DEVNULL
    )
    (wheel,) = (away / "dist").glob("*.whl")
    return wheel


def absent(wheel: Path) -> list[str]:
    """What the wheel must hold and does not; and what it holds outside its one top-level name."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tracked = subprocess.run(["git", "-C", TOP, "ls-files"], check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )
    want = {file.removeprefix("src/") for file in tracked if file.startswith("src/turnup/")}
    want |= {f"turnup/{file}" for file in tracked if file.split("/")[0] in CONTENT}
    strange = {n for n in names if not n.startswith("turnup/") and ".dist-info/" not in n}
    return sorted(want - names) + [f"(not ours) {name}" for name in sorted(strange)]


def install(wheel: Path, away: Path) -> str:
    """A fresh environment with the wheel and the tools of the tests; its interpreter."""
    uv = Path(sys.executable).parent / "uv"
    python = away / "venv" / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, away / "venv"], check=True)
    locked = subprocess.run(
        [uv, "export", "--quiet", "--locked", "--all-groups", "--no-emit-project", "--no-hashes", "--project", TOP],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (away / "locked.txt").write_text(locked)
    command: list[str | Path] = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    subprocess.run([*command, "-r", away / "locked.txt", wheel], check=True)
    return str(python)


if __name__ == "__main__":
    sys.exit(main())
