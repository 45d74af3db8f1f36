"""YAML files with line numbers: duplicate keys, tags and several documents are errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from turnup.errors import InputError

LIMIT = 4 * 1024 * 1024  # bytes; an inventory of thousands of routers stays well below


def read_yaml(path: Path) -> Any:
    """Content of a YAML file; mappings and lists remember their lines (`.lc`). Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return parse_yaml(data, where=str(path))


def parse_yaml(data: bytes, *, where: str) -> Any:
    """The same from bytes. Raises InputError with the line of a mistake."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(data) > LIMIT:
        raise InputError(f"is larger than {LIMIT} bytes", where=where)
    try:
        text = data.decode("utf-8")
        loaded = YAML(typ="rt", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", where=where) from error
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"is not valid YAML: {error.problem or error}", where=f"{where}{line}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"is not valid YAML: {error}", where=where) from error
    return loaded
