"""Fixtures of the folders. One conftest for all: two of one name cannot be type-checked together."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ("connect_fixtures", "pop_fixtures", "store_fixtures")

# The machines are shared and noisy: how long one example takes says nothing about the code.
# CI takes the same examples every time, people take others.
settings.register_profile("turnup", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("turnup")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of few tests first: those run whole jobs, and one that starts last keeps one core busy alone.

    Files are dealt to the workers in this order (--no-loadscope-reorder); their own order stays as drawn.
    """
    tests: dict[str, int] = {}
    for item in items:
        tests[item.location[0]] = tests.get(item.location[0], 0) + 1
    giant = len(items) // 20  # a file of thousands is as long as one of a whole job
    items.sort(key=lambda item: (tests[item.location[0]] < giant, tests[item.location[0]]))
