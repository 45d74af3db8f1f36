"""The store: what happened to every order, append-only, and everything that must survive a crash with it.

SQLite in the user's data folder, or PostgreSQL by URL; the same tables, migrations and rules on both.
"""

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError as StoreFailed

from turnup.store.opening import Store, open_store

__all__ = ["Connection", "Store", "StoreFailed", "open_store"]
