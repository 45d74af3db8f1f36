"""Limits of the policy that would switch a test off are refused, each with the place where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from turnup import folder
from turnup.equipment import load_equipment
from turnup.errors import InputError
from turnup.judge.limits import refuse_idle_limits
from turnup.model.policy import ApprovedImage, LogRules, MemoryLimits, PingLimits, Policy

SOUND = Policy(origin="policy.yaml")


@pytest.mark.parametrize(
    ("policy", "where"),
    [
        (replace(SOUND, ping=PingLimits(loss_percent=100)), "ping.loss_percent"),
        (replace(SOUND, ping=PingLimits(loss_percent=-1)), "ping.loss_percent"),
        (replace(SOUND, ping=PingLimits(count=0)), "ping"),
        (replace(SOUND, ping=PingLimits(size=0)), "ping"),
        (replace(SOUND, memory=MemoryLimits(0)), "memory.free_bytes"),
        (replace(SOUND, memory=MemoryLimits(1, largest_percent=0)), "memory.largest_percent"),
        (replace(SOUND, flash_free_bytes=0), "flash_free_bytes"),
        (replace(SOUND, bgp_soak_seconds=-1), "bgp_soak_seconds"),
        (replace(SOUND, images=(ApprovedImage("GRP", "12.0(17)S3", "x", 0),)), "images"),
        (replace(SOUND, last_resort_types=(5, 7)), "last_resort_types"),
        (replace(SOUND, last_resort_types=(0,)), "last_resort_types"),
        (replace(SOUND, logs=LogRules(ignore=("*",))), "logs.ignore"),
        (replace(SOUND, logs=LogRules(ignore=("*-3-*",))), "logs.ignore"),
        (replace(SOUND, logs=LogRules(ignore=("LINK-3-*",))), "logs.ignore"),
        (replace(SOUND, checks={"interfaces": {"errors_allowed": 10**9}}), "checks.interfaces.errors_allowed"),
        (replace(SOUND, checks={"intrapop_links": {"errors_allowed": 10**9}}), "checks.intrapop_links"),
        (replace(SOUND, checks={"logs": {"drops_allowed": 1000}}), "checks.logs.drops_allowed"),
        (replace(SOUND, checks={"logs": {"clock_margin_seconds": -86400}}), "checks.logs.clock_margin_seconds"),
    ],
)
def test_limit_that_decides_nothing_is_refused(policy: Policy, where: str) -> None:
    with pytest.raises(InputError, match="could not fail") as refused:
        refuse_idle_limits(policy)
    assert where in str(refused.value)


def test_the_sample_policy_is_sound() -> None:
    refuse_idle_limits(SOUND)
    refuse_idle_limits(load_equipment(folder("inventory")).policy)
