"""Run a Nornir task on routers so that no router is lost: every host asked for has an outcome.

Nornir leaves a host that failed once out of every later run, and its aggregated result then says `failed=False`. Here
a host without a result is an outcome of its own, NOT RUN, and never counts as good.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from turnup.errors import CouldNotRun, UsageError
from turnup.load.strict import suggestion

if TYPE_CHECKING:
    from nornir.core import Nornir

WORKERS = 200  # threads; measured to be the library-independent limit worth having


@dataclass(frozen=True)
class HostOutcome:
    """What a task did on one router: `value` is the task's result, or `error` says why there is none.

    `failed` is also true for a result that is not good, such as a certificate that is not satisfied.
    """

    router: str
    value: Any = None
    changed: bool = False
    diff: str = ""
    failed: bool = True
    error: BaseException | None = None


def run_on(
    nornir: Nornir, hosts: Collection[str], task: Callable[..., Any], /, **params: Any
) -> dict[str, HostOutcome]:
    """Run `task` on these hosts in parallel; exactly one outcome for each host, in the order given.

    Raises UsageError for a host that the inventory does not have.
    """
    from nornir.plugins.runners import ThreadedRunner

    known = list(nornir.inventory.hosts)
    for host in hosts:
        if host not in known:
            raise UsageError(f"no router {host!r} in the inventory{suggestion(host, known)}")
    wanted = set(hosts)
    chosen = nornir.filter(filter_func=lambda h: h.name in wanted)
    chosen = chosen.with_runner(ThreadedRunner(num_workers=max(1, min(len(wanted), WORKERS))))
    # A failure of an earlier task must not make this one skip the router.
    for host in hosts:
        nornir.data.recover_host(host)
    results = chosen.run(task=task, on_failed=True, **params)
    return {host: _outcome(host, results.get(host)) for host in hosts}


def task_named(name: str) -> Callable[..., Any]:
    """The Nornir task of tasks/<name>.py: content is found by its name, never imported."""
    return getattr(importlib.import_module(f"turnup.tasks.{name}"), name)  # type: ignore[no-any-return]


def value_of(outcome: HostOutcome) -> Any:
    """The task's result. Raises the error that stopped it."""
    if outcome.error is not None:
        raise outcome.error
    return outcome.value


def _outcome(host: str, results: Any) -> HostOutcome:
    if not results:
        return HostOutcome(host, error=CouldNotRun(f"{host}: Nornir did not run the task on this router"))
    first = results[0]
    error = next((_own(r.exception) for r in results if r.exception is not None), None)
    return HostOutcome(
        host, None if error else first.result, bool(first.changed), str(first.diff or ""), bool(results.failed), error
    )


def _own(error: BaseException | None) -> BaseException | None:
    """The error of a subtask as it was raised, not Nornir's wrapper around it."""
    from nornir.core.exceptions import NornirSubTaskError

    while isinstance(error, NornirSubTaskError):
        error = next((r.exception for r in error.result if r.exception is not None), None)
    return error
