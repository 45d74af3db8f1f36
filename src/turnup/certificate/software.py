"""Which software judged: versions, and digests of the content that decides a verdict."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import turnup
from turnup.model.certificate import Software


def software_versions(platform_name: str) -> Software:
    """What runs here; `platform_name` is the router's platform folder."""
    return Software(
        turnup=_own_version(),
        python=platform.python_version(),
        platform=platform_name,
        templates=folder_digest(turnup.folder("templates")),
        acceptance=folder_digest(turnup.folder("acceptance")),
    )


def folder_digest(folder: Path) -> str:
    """SHA-256 over names and contents of all files of a folder, by name; compiled and hidden files do not count."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in name.parts):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(f"{content}  {name.as_posix()}\n".encode())
    return whole.hexdigest()


def _own_version() -> str:
    try:
        return version("turnup")
    except PackageNotFoundError:
        return "unpackaged"
