"""A whole job with a secret in every place that can hold one: none of them is in any file, nor on the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import planted
import pytest
from pop import ORDER, Command, Ran

from turnup.laboratory import Lab, control
from turnup.report import formats

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
PLUGIN = "turnup" if any(e.name == "turnup" for e in entry_points(group="pytest11")) else "turnup.pytest_plugin"
IN_BANNER = "B4nner-known-Zz81"  # a secret that we know (TURNUP_SECRET_...) where no form gives it away
ENABLE = "En4ble-known-Yy92"

Step = Callable[..., Ran]


def secrets_of(pop: Lab) -> list[tuple[str, str]]:
    """Everything that may be found nowhere."""
    plants = (*planted.in_configuration(), *planted.in_the_log())
    found = [(plant.name, word) for plant in plants for word in plant.words]
    found += [(name, value) for name, value in pop.environment.items() if name != "TURNUP_USERNAME"]
    return [*found, ("banner", IN_BANNER), ("enable", ENABLE)]


def plant(pop: Lab) -> None:
    """Put every plant on the router; what its image does not take it tells in its log instead, as a typed command."""
    taken = 0
    for one in planted.in_configuration():
        answers = control(pop, {"do": "configure", "router": ROUTER, "lines": ["end", *one.lines]})["answers"]
        if any(answers[1:]):
            control(pop, {"do": "log", "router": ROUTER, "text": planted.LOGGED + one.lines[-1]})
        else:
            taken += 1
            running = control(pop, {"do": "running", "router": ROUTER})["running"]
            assert planted.leaks(running, [(one.name, word) for word in one.words]), f"{one.name} is not on the router"
    assert taken >= 12, taken
    lines = ["end", "interface POS2/2", f"description spare, {IN_BANNER}", "end"]
    assert not any(control(pop, {"do": "configure", "router": ROUTER, "lines": lines})["answers"][1:-1])
    control(pop, {"do": "configure", "router": ROUTER, "lines": [f"banner motd ^CAuthorized only: {IN_BANNER}^C"]})
    for one in planted.in_the_log():
        control(pop, {"do": "log", "router": ROUTER, "text": one.lines[0]})
    assert control(pop, {"do": "running", "router": ROUTER})["running"].count(IN_BANNER) == 2


def test_no_secret_anywhere(
    turnup: Command,
    pop: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("TURNUP_SECRET_BANNER", IN_BANNER)
    monkeypatch.setenv("TURNUP_ENABLE", ENABLE)
    plant(pop)
    out, shown = tmp_path / "out", []
    out.mkdir()
    monkeypatch.chdir(out)  # what a library writes into the folder one stands in is found as well
    caplog.set_level("DEBUG")

    def step(*words: object, code: int | None = 0) -> Ran:
        ran = turnup("--lab", *words)
        assert code is None or ran.code == code, (words, ran)
        shown.append((" ".join(map(str, words)), ran.out + ran.err))
        return ran

    step("plan", ORDER)
    step("plan", ORDER, "--json")
    _fail(pop, step)
    step("recover", ROUTER)
    ran = step("run", ORDER, "--confirm", "--save-all", "--json", code=None)
    certificate = json.loads(ran.out)["certificate_file"]
    assert len(json.loads(ran.out)["certificate"]["rows"]) == 20
    step("push", ORDER, "--confirm", "--save-all")
    step("test", PSO, "--occasion", "REPAIR", code=None)
    step("order", "show", PSO)
    step("order", "ack", ORDER, "--xml")
    step("ports", "60 Hudson", "--live")
    for fmt in formats():
        step("report", certificate, "--format", fmt)
        step("report", certificate, "--format", fmt, "-o", out / fmt)
    step("record", "--order", PSO, "--to", out / "port", "--keep-names")
    step("record", ROUTER, "--to", out / "facts")
    address, port = "127.0.0.1", pop.ready["routers"][ROUTER]["ssh"]
    step("inventory", "discover", ROUTER, "--address", address, "--port", port, code=None)
    shown.append(("pytest", _pytest(pop, out)))
    assert len(caplog.text) > 1000, "no library said anything: the log was not seen"
    shown.append(("log", caplog.text))
    _search(pop, out, shown)


def _fail(pop: Lab, step: Step) -> None:
    """A push that fails, and is taken back."""
    control(pop, {"do": "fault", "name": "refuses-mid-push", "on": True})
    step("push", ORDER, "--confirm", code=7)
    control(pop, {"do": "fault", "name": "refuses-mid-push", "on": False})


def _pytest(pop: Lab, out: Path) -> str:
    options = [f"--turnup-order={PSO}", "--turnup-lab", f"--turnup-home={pop.home.path.parents[1]}"]
    files = [
        f"--junitxml={out / 'plugin.xml'}",
        f"--turnup-certificate={out / 'plugin.json'}",
        "-o",
        "junit_logging=all",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:randomly", "-rA", "-vv", *options, *files],
        cwd=out,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "08-bgp_neighbors" in done.stdout, done.stderr
    assert (out / "plugin.json").is_file()
    return done.stdout + done.stderr


def _search(pop: Lab, out: Path, shown: list[tuple[str, str]]) -> None:
    secrets = secrets_of(pop)
    texts = [*planted.written(pop.home.path, out), *shown]
    routers_log = pop.home.path.parent / "routers.log"
    texts.append((str(routers_log), routers_log.read_text()))
    assert len(texts) > 100
    found = {name: leaks for name, text in texts if (leaks := planted.leaks(text, secrets))}
    assert not found


@pytest.mark.proof
def test_the_search_would_find_them(pop: Lab) -> None:
    """A search that finds nothing because it cannot find anything would prove nothing."""
    import base64

    from turnup.secrets.hashes import encode_type7

    for name, secret in secrets_of(pop):
        data = secret.encode()
        forms = [secret, data.hex(), data.hex().upper(), encode_type7(secret, 3), encode_type7(secret, 14)]
        forms += [base64.b64encode(b"x" * n + data + b"tail").decode() for n in range(3)]
        for form in forms:
            if len(form) < 80:
                assert name in planted.leaks(f"before {form} after", [(name, secret)]), form
    assert planted.leaks("nothing of it", secrets_of(pop)) == []
