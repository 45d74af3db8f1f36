"""Fixtures of the folders. One conftest for all: two of one name cannot be type-checked together."""

pytest_plugins = ("connect_fixtures", "pop_fixtures")
