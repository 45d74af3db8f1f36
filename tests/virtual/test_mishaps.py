"""Mishaps befall a virtual router at one exact command, and it tells what it heard."""

from __future__ import annotations

import asyncio

import pytest
from virtual_estate import device as made

from turnup.errors import InputError
from turnup.virtual.access import open_session
from turnup.virtual.device import Device
from turnup.virtual.mishaps import Mishap
from turnup.virtual.shell import Shell
from turnup.virtual.shows import SimulatedState
from turnup.virtual.terminal import Terminal
