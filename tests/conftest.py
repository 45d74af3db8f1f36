"""Fixtures of the folders. One conftest for all: two of one name cannot be type-checked together."""

from hypothesis import settings

pytest_plugins = ("connect_fixtures", "pop_fixtures")

# The machines are shared and noisy: how long one example takes says nothing about the code.
settings.register_profile("turnup", deadline=None)
settings.load_profile("turnup")
