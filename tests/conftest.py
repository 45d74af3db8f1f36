"""Fixtures of the folders. One conftest for all: two of one name cannot be type-checked together."""

import os

from hypothesis import settings

pytest_plugins = ("connect_fixtures", "pop_fixtures", "store_fixtures")

# The machines are shared and noisy: how long one example takes says nothing about the code.
# CI takes the same examples every time, people take others.
settings.register_profile("turnup", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("turnup")
