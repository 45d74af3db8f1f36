"""Bring the tables to a version, forward and back. Never done silently to a store that holds something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to that revision; `base` takes them all away."""
    from alembic import command
    from alembic.runtime.migration import MigrationContext

    config = _config(engine)
    with engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    back = revision == "base" or (now is not None and _is_before(revision, now))
    (command.downgrade if back else command.upgrade)(config, revision)


def revisions() -> tuple[str, ...]:
    """All revisions, the oldest first."""
    return tuple(script.revision for script in reversed(list(_scripts().walk_revisions())))


def is_empty(engine: Engine) -> bool:
    """Whether there is no table of ours."""
    return not sa.inspect(engine).has_table("alembic_version")


def is_current(engine: Engine) -> bool:
    """Whether the tables are those of this version."""
    return bool(revision_of(engine) == _scripts().get_current_head())


def revision_of(engine: Engine) -> str | None:
    """The revision of the tables; None = no tables."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _is_before(revision: str, now: str) -> bool:
    known = revisions()
    return revision in known and now in known and known.index(revision) < known.index(now)


def _config(engine: Engine) -> Any:
    config = _settings()
    config.attributes["engine"] = engine
    return config


def _scripts() -> Any:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_settings())


def _settings() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
