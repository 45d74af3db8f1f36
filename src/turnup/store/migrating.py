"""Bring the tables to a version, forward and back. Never done silently to a store that holds something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from turnup.errors import UsageError

FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to that revision; `base` takes them all away. Raises UsageError for one that there is not."""
    from alembic import command

    if revision not in (known := (*revisions(), "head", "base")):
        raise UsageError(f"{revision!r} is no revision: {', '.join(known)}")

    config, now = _config(engine), revision_of(engine)
    back = revision == "base" or (now is not None and _is_before(revision, now))
    (command.downgrade if back else command.upgrade)(config, revision)


def revisions() -> tuple[str, ...]:
    """All revisions, the oldest first: the numbers of the files."""
    return tuple(sorted(file.stem.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py")))


def is_empty(engine: Engine) -> bool:
    """Whether there is no table of ours."""
    return revision_of(engine) is None and not sa.inspect(engine).has_table("event")


def is_current(engine: Engine) -> bool:
    """Whether the tables are those of this version."""
    return revision_of(engine) == revisions()[-1]


def revision_of(engine: Engine) -> str | None:
    """The revision of the tables; None = no tables."""
    if not sa.inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        revision: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _is_before(revision: str, now: str) -> bool:
    known = revisions()
    return revision in known and now in known and known.index(revision) < known.index(now)


def _config(engine: Engine) -> Any:
    from alembic.config import Config

    config = Config()
    config.attributes["engine"] = engine
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
