"""Pushes that are killed, cut, raced or refused: the router is exactly before or after, and everybody is told."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pop import ORDER, Command
from ruamel.yaml import YAML

from turnup import folder
from turnup.laboratory import Lab, control

pytestmark = pytest.mark.proof

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
KILLED = Path(__file__).with_name("killed.py")
Spawn = Callable[..., "subprocess.Popen[str]"]


def running(pop: Lab, router: str = ROUTER) -> tuple[str, str]:
    answer = control(pop, {"do": "running", "router": router})
    return answer["running"], answer["startup"]


def everything(pop: Lab) -> dict[str, tuple[str, str]]:
    return {name: running(pop, name) for name in pop.ready["routers"]}


def configure(pop: Lab, *lines: str) -> None:
    answers = control(pop, {"do": "configure", "router": ROUTER, "lines": list(lines)})["answers"]
    assert not any(answers), answers


def broken(pop: Lab, name: str, *, on: bool = True) -> None:
    control(pop, {"do": "fault", "name": name, "on": on})


@pytest.fixture
def spawn(turnup: Command, tmp_path: Path) -> Spawn:
    """Start `turnup ...` as a process of its own, in the data folder of `turnup`, to be killed at WHEN."""

    def start(*words: object, when: str = "") -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(KILLED), when, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TURNUP_HOME": str(tmp_path / "home")},
        )

    return start


def killed(spawn: Spawn, when: str, *words: object) -> None:
    process = spawn(*words, when=when)
    out, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, (process.returncode, out, err)


def other_order(tmp_path: Path) -> Path:
    """An order of another customer for the same site and speed."""
    text = (folder("orders") / "60-hudson-ds3-level3.yaml").read_text()
    for old, new in (
        (PSO, "PSO-2001-000052"),
        ("10.10.3.0/30", "10.10.3.4/30"),
        ("64603", "64604"),
        ("203.0.113.0/24", "198.51.100.0/24"),
        ("LVL3\n", "OTHR\n"),
        ("T3Z/NYC/0007", "T3Z/NYC/0008"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "other.yaml"
    path.write_text(text)
    return path


def states(pop: Lab) -> list[str]:
    files = sorted((pop.home.path / "journal").glob("*.json"))
    return [json.loads(file.read_text())["history"][-1]["state"] for file in files]


def started(pop: Lab, order: str = PSO) -> bool:
    return bool(json.loads((pop.home.path / "orders" / f"{order}.json").read_text())["started"])


# --- killed ---------------------------------------------------------------------------------------------------------

BEFORE_SAVE = ["note:planned", "note:pushing", "line:1", "line:9", "line:15", "line:21", "note:phase1", "line:30"]


@pytest.mark.parametrize("when", BEFORE_SAVE)
def test_killed_then_recovered(turnup: Command, spawn: Spawn, pop: Lab, when: str) -> None:
    before = everything(pop)
    killed(spawn, when, "--lab", "push", ORDER, "--confirm")
    assert running(pop)[1] == before[ROUTER][1]
    ran = turnup("--lab", "recover", ROUTER)
    assert ran.code == 0, ran
    assert everything(pop) == before
    assert states(pop)[0] in ("aborted", "backed-out")
    assert not started(pop), "nothing of it is on the router, and the customer may not cancel it"
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    assert PSO in running(pop)[1]


def test_killed_before_anything_was_sent_binds_nobody(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    """Nothing stands on the router and no journal is open: the customer may still revise and cancel."""
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    killed(spawn, "read:1", "--lab", "push", ORDER, "--confirm")
    assert states(pop) == []
    assert not started(pop)


def test_killed_when_all_is_done_but_the_history(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    killed(spawn, "note:saved", "--lab", "push", ORDER, "--confirm")
    assert "provisioned" not in turnup("--lab", "due", "--json").out, "due reads the store alone"
    assert turnup("--lab", "recover", ROUTER).code == 0
    assert "provisioned" in turnup("--lab", "due", "--json").out


@pytest.mark.parametrize("when", ["note:phase2", "note:verified"])
def test_killed_when_complete_is_saved_by_recover(turnup: Command, spawn: Spawn, pop: Lab, when: str) -> None:
    killed(spawn, when, "--lab", "push", ORDER, "--confirm")
    assert PSO not in running(pop)[1]
    assert turnup("--lab", "recover", ROUTER).code == 0
    assert states(pop) == ["saved"]
    assert running(pop)[0] == running(pop)[1]
    assert started(pop)


@pytest.mark.parametrize("when", ["line:15", "note:phase1", "note:verified"])
def test_killed_then_pushed_again(turnup: Command, spawn: Spawn, pop: Lab, when: str) -> None:
    """The next push recovers by itself, then does its work."""
    killed(spawn, when, "--lab", "push", ORDER, "--confirm")
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code == 0, ran
    assert "had not been finished" in ran.out
    assert running(pop)[0] == running(pop)[1]
    assert PSO in running(pop)[1]
    assert all(state in ("aborted", "backed-out", "saved") for state in states(pop))


def test_killed_then_another_order_of_the_router(turnup: Command, spawn: Spawn, pop: Lab, tmp_path: Path) -> None:
    killed(spawn, "line:15", "--lab", "push", ORDER, "--confirm")
    ran = turnup("--lab", "push", other_order(tmp_path), "--confirm")
    assert ran.code == 0, ran
    now, startup = running(pop)
    assert now == startup
    assert PSO not in now
    assert "PSO-2001-000052" in now
    assert not started(pop)


def test_a_plan_on_a_half_way_port_says_recover(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    killed(spawn, "line:15", "--lab", "push", ORDER, "--confirm")
    ran = turnup("--lab", "plan", ORDER)
    assert ran.code == 6
    assert f"turnup recover {ROUTER}" in ran.err


def test_killed_and_reloaded(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    before = running(pop)
    killed(spawn, "note:verified", "--lab", "push", ORDER, "--confirm")
    control(pop, {"do": "reload", "router": ROUTER})
    assert turnup("--lab", "recover", ROUTER).code == 0
    assert running(pop) == before
    assert states(pop) == ["aborted"]
    assert not started(pop)


def test_recover_leaves_others_work_unsaved_and_says_so(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    killed(spawn, "note:verified", "--lab", "push", ORDER, "--confirm")
    configure(pop, "interface POS1/0", "bandwidth 2000000")
    ran = turnup("--lab", "recover", ROUTER)
    assert ran.code == 8, ran
    assert "--save-all" in ran.out + ran.err
    assert PSO not in running(pop)[1]
    assert "bandwidth 2000000" not in running(pop)[1]


def test_somebody_saves_a_half_applied_change(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    """His `write memory` put our half into the startup: going back must take it out of there as well."""
    killed(spawn, "line:21", "--lab", "push", ORDER, "--confirm")
    _write_memory(pop)
    assert "10.10.3.2" in running(pop)[1]
    ran = turnup("--lab", "recover", ROUTER)
    assert ran.code == 0, ran
    assert "saved again without" in ran.out
    assert "10.10.3.2" not in running(pop)[0]
    assert "10.10.3.2" not in running(pop)[1], ran


def test_a_saved_half_beside_others_unsaved_work_needs_a_person(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    killed(spawn, "line:21", "--lab", "push", ORDER, "--confirm")
    _write_memory(pop)
    configure(pop, "interface POS1/0", "bandwidth 2000000")
    ran = turnup("--lab", "recover", ROUTER)
    assert ran.code == 8, ran
    assert "a reload would bring a part of the change back" in ran.err
    assert "10.10.3.2" not in running(pop)[0]
    assert "bandwidth 2000000" not in running(pop)[1], "somebody else's work was saved"
    assert turnup("--lab", "push", ORDER, "--confirm").code == 6


def _write_memory(pop: Lab) -> None:
    """Somebody else saves the router."""
    from turnup.connect import Address, Credentials, open_session
    from turnup.platforms import platform

    session = open_session(
        Address(ROUTER, "127.0.0.1", pop.ready["routers"][ROUTER]["ssh"]),
        platform("ios"),
        Credentials("noc", pop.environment["TURNUP_PASSWORD"]),
        str,
        known_hosts=pop.home.known_hosts,
    )
    session.save()
    session.close()


# --- cut, hung, reloaded, refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("drop-mid-push", "connection was lost"),
        ("refuses-mid-push", "another process holds the configuration"),
        ("authorization-failed-config", "Authorization failed"),
    ],
)
def test_a_fault_in_mid_push_is_backed_out(turnup: Command, pop: Lab, fault: str, said: str) -> None:
    before = everything(pop)
    broken(pop, fault)
    ran = turnup("--lab", "run", ORDER, "--confirm")
    assert ran.code == 7, ran
    assert said in ran.err
    assert "SATISFIED" not in ran.out
    assert not list((pop.home.path / "certificates").glob("*.json"))
    assert everything(pop) == before
    assert states(pop) == ["backed-out"]
    assert not started(pop)
    _no_secret(pop, ran.out + ran.err)


def _no_secret(pop: Lab, shown: str) -> None:
    from turnup.evidence.packing import SUFFIX, unpack

    texts = [shown]
    for file in pop.home.path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            texts.append((unpack(data) if file.suffix == SUFFIX else data).decode("latin-1"))
    secrets = [value for name, value in pop.environment.items() if name != "TURNUP_USERNAME"]
    assert len(secrets) >= 3
    for secret in secrets:
        assert not [text[:200] for text in texts if secret in text]


def watched(pop: Lab, spawn: Spawn, do: str) -> tuple[int, str, str]:
    """Push, and `do` that to the router as soon as the peer stands on it."""
    process = spawn("--lab", "push", ORDER, "--confirm", "--json")
    for _ in range(2000):
        if "neighbor 10.10.3.2 remote-as" in running(pop)[0]:
            break
        time.sleep(0.002)
    control(pop, {"do": do, "router": ROUTER})
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


@pytest.mark.parametrize("do", ["cut", "reload"])
def test_cut_or_reloaded_in_mid_push(turnup: Command, spawn: Spawn, pop: Lab, do: str) -> None:
    before = everything(pop)
    code, out, err = watched(pop, spawn, do)
    if code == 8:
        assert turnup("--lab", "recover", ROUTER).code == 0
    if code == 0:  # it was over before
        assert json.loads(out)["push"]["state"] in ("saved", "unchanged")
        return
    assert code in (7, 8), (code, out, err)
    assert everything(pop) == before


# --- refused --------------------------------------------------------------------------------------------------------


def test_an_old_digest_is_refused(turnup: Command, pop: Lab) -> None:
    digest = json.loads(turnup("--lab", "plan", ORDER, "--json").out)["digest"]
    configure(pop, "interface POS1/0", "bandwidth 2000000")
    before = everything(pop)
    ran = turnup("--lab", "push", ORDER, "--confirm", "--digest", digest)
    assert ran.code == 6, ran
    assert everything(pop) == before
    assert not started(pop)


@pytest.mark.parametrize("line", ["ip address 10.10.3.1 255.255.255.252", "description CUST|X|", "no shutdown"])
def test_a_port_somebody_took_is_refused(turnup: Command, pop: Lab, line: str) -> None:
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    configure(pop, "interface Serial5/0", line)
    before = everything(pop)
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code == 6, ran
    assert everything(pop) == before
    assert not started(pop)


def test_unsaved_work_of_somebody_else(turnup: Command, pop: Lab) -> None:
    configure(pop, "interface POS1/0", "bandwidth 2000000")
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code == 8, ran
    assert "--save-all" in ran.out
    assert "bandwidth 2000000" in ran.out
    assert PSO not in running(pop)[1]
    assert turnup("--lab", "push", ORDER, "--confirm").code == 8
    assert turnup("--lab", "run", ORDER, "--confirm").code == 8
    assert turnup("--lab", "push", ORDER, "--confirm", "--save-all").code == 0
    assert PSO in running(pop)[1]


def _inventory(pop: Lab, change: Callable[[dict[str, object]], None]) -> None:
    yaml = YAML(typ="rt", pure=True)
    path = pop.inventory / "hosts.yaml"
    hosts = yaml.load(path.read_text())
    change(hosts)
    with path.open("w") as file:
        yaml.dump(hosts, file)


def test_the_inventory_points_to_another_router(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    port = pop.ready["routers"]["nyc-hud-gsr2"]["ssh"]
    _inventory(pop, lambda hosts: hosts[ROUTER].update(port=port))  # type: ignore[attr-defined]
    before = everything(pop)
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code in (3, 6), ran
    assert "nyc-hud-gsr2" in ran.err
    assert everything(pop) == before
    assert not started(pop)


def test_a_router_with_another_hostname(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    configure(pop, "hostname nyc-hud-gsr9")
    before = everything(pop)
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code in (3, 6), ran
    assert everything(pop) == before
    assert not started(pop)


def test_an_unreachable_router_leaves_the_order_free(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    _inventory(pop, lambda hosts: hosts[ROUTER].update(port=1))  # type: ignore[attr-defined]
    assert turnup("--lab", "push", ORDER, "--confirm").code == 5
    assert not started(pop)


def test_a_missing_key_is_told_before_anything_is_sent(
    turnup: Command, pop: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = pop.home.path.parent / "state.json"
    document = json.loads(state.read_text())
    del document["environment"]["TURNUP_SECRET_LVL3_MD5"]
    state.write_text(json.dumps(document))
    before = everything(pop)
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code == 2, ran
    assert "LVL3" in ran.err
    assert everything(pop) == before
    document["environment"]["TURNUP_SECRET_LVL3_MD5"] = "a key with ? in it"
    state.write_text(json.dumps(document))
    ran = turnup("--lab", "push", ORDER, "--confirm")
    assert ran.code == 2, ran
    assert "a key with" not in ran.out + ran.err
    assert everything(pop) == before


# --- two at once ----------------------------------------------------------------------------------------------------


def both(spawn: Spawn, *commands: tuple[object, ...]) -> list[tuple[int, str, str]]:
    processes = [spawn(*command) for command in commands]
    said = [process.communicate(timeout=120) for process in processes]
    return [(p.returncode, out, err) for p, (out, err) in zip(processes, said, strict=True)]


@pytest.mark.parametrize("wait", ["0", "60"])
def test_two_orders_on_one_router_at_once(spawn: Spawn, turnup: Command, pop: Lab, tmp_path: Path, wait: str) -> None:
    other = other_order(tmp_path)
    words = ("--confirm", "--wait", wait)
    ran = both(spawn, ("--lab", "push", ORDER, *words), ("--lab", "push", other, *words))
    codes = sorted(code for code, _, _ in ran)
    assert codes == [0, 0] if wait == "60" else codes in ([0, 0], [0, 6]), ran
    for order in (ORDER, other):
        assert turnup("--lab", "push", order, "--confirm").code == 0
    now, startup = running(pop)
    assert now == startup
    assert now.count("|PSO:PSO-2001-000051|") == now.count("|PSO:PSO-2001-000052|") == 2
    assert started(pop)
    assert started(pop, "PSO-2001-000052")


@pytest.mark.parametrize("wait", ["0", "60"])
def test_the_same_order_twice_at_once(spawn: Spawn, turnup: Command, pop: Lab, wait: str) -> None:
    words = ("--lab", "push", ORDER, "--confirm", "--wait", wait)
    ran = both(spawn, words, words)
    codes = sorted(code for code, _, _ in ran)
    assert codes == [0, 0] if wait == "60" else codes in ([0, 0], [0, 6]), ran
    assert started(pop)
    assert running(pop)[0] == running(pop)[1]


def test_two_acknowledgements_at_once(spawn: Spawn, pop: Lab, tmp_path: Path) -> None:
    other = other_order(tmp_path)
    ran = both(spawn, *(("--lab", "order", "ack", order, "--json") for order in (ORDER, other)))
    assert [code for code, _, _ in ran] == [0, 0], ran
    ports = [json.loads(out)["assigned"] for _, out, _ in ran]
    assert ports[0] != ports[1]


# --- a person -------------------------------------------------------------------------------------------------------


def test_needs_human_blocks_until_resolved(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    killed(spawn, "line:21", "--lab", "push", ORDER, "--confirm")
    (path,) = (pop.home.path / "journal").glob("*.json")
    document = json.loads(path.read_text())
    document["history"].append(
        {"state": "needs-human", "at": document["history"][-1]["at"], "note": "could not be brought back"}
    )
    path.write_text(json.dumps(document))
    before = everything(pop)
    for command in (("push", ORDER, "--confirm"), ("recover", ROUTER)):
        ran = turnup("--lab", *command)
        assert ran.code == (6 if command[0] == "push" else 8), ran
        assert path.name in ran.err
        assert f"turnup recover {ROUTER} --resolved" in ran.err
    assert everything(pop) == before
    assert turnup("--lab", "recover", ROUTER, "--resolved", "me").code == 2
    assert turnup("--lab", "recover", ROUTER, "--resolved", "J. Smith: took it off by hand").code == 0
    assert states(pop) == ["resolved"]
    assert turnup("--lab", "recover", ROUTER).code == 0


# --- orders ---------------------------------------------------------------------------------------------------------

HOSTILE = [
    "\n no router bgp 64500",
    "\r\nhostname gone",
    "\x03reload",
    "?",
    " | tee flash:x",
    "^C",
    "!\u2028no ip classless",
    "%s{{ 7*7 }}",
    "\ninterface POS1/0\n shutdown",
]


FIELDS = ("T3Z/NYC/0007", "LVL3-MD5", "Level 3", "LVL3", PSO, "J. Smith, Qwest order desk", "Cage 12 panel 4 pos 7")


def with_text(source: str, text: str, evil: str, form: str) -> str:
    """The sample order with `evil` behind one of its fields."""
    if form == "xml":
        shown = "".join(c if c in "\n\r" or c >= " " else "&#3;" for c in evil)
        return source.replace(f">{text}<", f">{text}{shown}<")
    quoted = json.dumps(text + evil).replace("\\", "\\\\")
    return re.sub(rf": {re.escape(text)}(?=\s|$)", f": {quoted}", source)


@pytest.mark.parametrize("form", ["yaml", "xml"])
def test_order_text_never_reaches_beyond_its_port(turnup: Command, pop: Lab, tmp_path: Path, form: str) -> None:
    source = (folder("orders") / f"60-hudson-ds3-level3.{form}").read_text()
    before, path = everything(pop), tmp_path / f"evil.{form}"
    for text in FIELDS:
        for evil in HOSTILE:
            path.write_text(with_text(source, text, evil, form))
            assert path.read_text() != source, text
            ran = turnup("--lab", "push", path, "--confirm")
            assert ran.code == 2, (text, evil, ran)
            assert everything(pop) == before


def test_only_the_footprint_changes(turnup: Command, pop: Lab) -> None:
    before = everything(pop)
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    after = everything(pop)
    assert {name for name in after if after[name] != before[name]} == {ROUTER}
    own = ("Serial5/0", "10.10.3.2", "CUST-64603-IN")
    was, now = (text[ROUTER][0].splitlines() for text in (before, after))
    for text, lines in (("before", was), ("after", now)):
        kept, inside = [], False
        for line in lines:
            inside = line.startswith("interface Serial5/0") or (inside and line.startswith(" "))
            if not inside and not any(word in line for word in own):
                kept.append(line)
        if text == "before":
            foreign = kept
    assert kept == foreign


def test_work_begun_is_not_cancelled(turnup: Command, pop: Lab) -> None:
    cancel = folder("orders") / "60-hudson-ds3-level3-cancel.yaml"
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    before = everything(pop)
    ran = turnup("--lab", "order", "ack", cancel)
    assert ran.code == 2
    assert "DISCONNECT" in ran.out
    assert everything(pop) == before


def test_cancelled_is_not_pushed(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    assert turnup("--lab", "order", "ack", folder("orders") / "60-hudson-ds3-level3-cancel.yaml").code == 0
    before = everything(pop)
    for target in (ORDER, PSO):
        assert turnup("--lab", "push", target, "--confirm").code == 2
    assert everything(pop) == before


def test_a_damaged_ledger_stops_everything_and_keeps_it(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    assert turnup("--lab", "order", "ack", ORDER).code == 0
    path = pop.home.path / "orders" / f"{PSO}.json"
    path.write_text(path.read_text()[:100])
    before = everything(pop)
    for words in (("order", "ack", other_order(tmp_path)), ("push", ORDER, "--confirm"), ("run", ORDER, "--confirm")):
        ran = turnup("--lab", *words)
        assert ran.code == 2, ran
        assert path.name in ran.err
        assert "backup" in ran.err
    assert len(path.read_text()) == 100
    assert everything(pop) == before


def test_an_acknowledgement_does_not_wait_for_a_router_of_another_site(
    turnup: Command, spawn: Spawn, pop: Lab, tmp_path: Path
) -> None:
    """While one order's routers hang, the ledger is free for the others."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        _inventory(pop, lambda hosts: hosts["lax-wil-gsr1"].update(port=port))  # type: ignore[attr-defined]
        slow = spawn("--lab", "order", "ack", folder("orders") / "1-wilshire-oc3c-pos-ppp.yaml")
        silent.settimeout(20)
        connection, _ = silent.accept()  # it is reading its router now
        began = time.monotonic()
        assert turnup("--lab", "order", "ack", ORDER).code == 0
        took = time.monotonic() - began
        assert slow.poll() is None, "the router did not hang"
        assert took < 10
        connection.close()
        assert slow.wait(timeout=60) == 2 or slow.returncode == 5
        slow.communicate()


def test_over_telnet(turnup: Command, spawn: Spawn, pop: Lab) -> None:
    before = everything(pop)

    def telnet(hosts: dict[str, object]) -> None:
        host = hosts[ROUTER]
        assert isinstance(host, dict)
        port = pop.ready["routers"][ROUTER]["telnet"]
        host["connection_options"] = {"turnup": {"hostname": "127.0.0.1", "port": port, "extras": {"telnet": True}}}

    _inventory(pop, telnet)
    killed(spawn, "line:21", "--lab", "push", ORDER, "--confirm")
    ran = turnup("--lab", "recover", ROUTER)
    assert ran.code == 0, ran
    assert everything(pop) == before
    broken(pop, "drop-mid-push")
    assert turnup("--lab", "push", ORDER, "--confirm").code == 7
    assert everything(pop) == before
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    assert running(pop)[0] == running(pop)[1]
