"""How alembic runs our migrations: on the engine it is given, in one transaction each."""

from __future__ import annotations

from alembic import context

from turnup.store.tables import METADATA

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.exec_driver_sql("COMMIT") if engine.dialect.name == "sqlite" else connection.commit()
