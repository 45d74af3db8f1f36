"""The last gate of a recording: all files of it or none, and never a secret, nor a name that is to be left out."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from turnup.errors import TurnupError, UsageError
from turnup.evidence.redact import Redactor


def written(folder: Path, files: Mapping[str, str], redact: Redactor, *, forbidden: Iterable[str] = ()) -> Path:
    """Write these files (path below `folder` -> text) into a folder that is not there yet.

    Raises UsageError when it is there, TurnupError when a text still holds a known secret, a line that redaction would
    change, or one of the `forbidden` words. Nothing is written then.
    """
    if folder.exists():
        raise UsageError(f"{folder} is there already", advice="Name another case with --name; a case is never changed.")
    words = [word for word in forbidden if word]
    for name, text in files.items():
        redact.assured(text, str(folder / name))
        if redact(text) != text:
            raise TurnupError(f"{folder / name} would hold what looks like a secret; nothing was written")
        if left := next(
            (word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.I)), ""
        ):
            raise TurnupError(
                f"{folder / name} would still hold the name {left!r}; nothing was written",
                advice="Keep the names with --keep-names, or report the form in which it stands there.",
            )
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        for name, text in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder
