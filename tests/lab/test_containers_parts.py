"""What the containers' runner needs before it starts anything; no Docker, no root."""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from turnup.errors import CouldNotRun, ExitCode, InputError, UsageError
from turnup.virtual.pop import containerlab, containers, engine, image
from turnup.virtual.pop.pop import kind_told, start
from turnup.virtual.pop.runner import Kind
from turnup.virtual.pop.traces import left_of


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no program at all; its PATH is the folder returned."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(engine, "RUN", tmp_path / "run")
    monkeypatch.setattr(containerlab, "GO", (str(programs / "go"),))
    monkeypatch.setattr(containers, "cache", lambda: tmp_path / "cache")
    monkeypatch.delenv("TURNUP_CONTAINERLAB", raising=False)
    return programs


def program(place: Path, name: str, text: str) -> Path:
    file = place / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_without_docker_it_is_said_and_nothing_else_is_run(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(CouldNotRun, match="`docker` is not on this machine") as raised:
        start(bare.parent / "pop", Kind.CONTAINERS)
    assert raised.value.exit_code is ExitCode.COULD_NOT_RUN
    assert "apt-get install docker.io" in raised.value.advice
    assert "--netns" in raised.value.advice
    assert not (bare.parent / "pop").exists()


def test_without_root_it_is_said(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(CouldNotRun, match="needs root"):
        start(bare.parent / "pop", Kind.CONTAINERS)


def test_without_containerlab_and_go_it_is_said(bare: Path) -> None:
    assert containerlab.find_containerlab(bare.parent / "cache") is None
    with pytest.raises(CouldNotRun, match="nor Go to build it") as raised:
        containerlab.build_containerlab(bare.parent / "cache")
    assert "--netns" in raised.value.advice


def test_without_what_builds_the_image_it_is_said(bare: Path) -> None:
    with pytest.raises(CouldNotRun, match="`mmdebstrap` is not on this machine") as raised:
        image.check_image_tools()
    assert "apt-get install mmdebstrap" in raised.value.advice


@pytest.mark.parametrize("said", ["0.77.0", "0.78.1", "0.0.0", "unknown", ""])
def test_an_older_containerlab_is_refused(
    bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    monkeypatch.setenv("TURNUP_CONTAINERLAB", str(program(bare, "containerlab", f"echo {said}")))
    with pytest.raises(CouldNotRun, match=re.escape("not 0.78.2 or newer")):
        containerlab.find_containerlab(tmp_path)


@pytest.mark.parametrize("said", ["0.78.2", "0.79.0", "0.79.0+no-kernel-modules", "1.2.3"])
def test_a_newer_one_is_taken(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str) -> None:
    told = program(bare, "containerlab", f"echo {said}")
    monkeypatch.setenv("TURNUP_CONTAINERLAB", str(told))
    assert containerlab.find_containerlab(tmp_path) == containerlab.Containerlab(told, said)


def test_the_one_on_the_path_is_taken_where_it_works(
    bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = program(bare, "containerlab", "echo 0.78.2")
    modules = tmp_path / "modules"
    monkeypatch.setattr(containerlab, "MODULES", modules)
    assert containerlab.find_containerlab(tmp_path) is None, "it stops on a kernel without modules"
    modules.touch()
    assert containerlab.find_containerlab(tmp_path) == containerlab.Containerlab(told, "0.78.2")


def test_the_patch_is_of_the_line_it_knows_alone(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "utils").mkdir(parents=True)
    known = 'func is() {\n\tf, err := os.Open("/proc/modules")\n\tif err != nil {\n'
    (source / "utils/kernel_module.go").write_text(known)
    monkeypatch.setattr(containerlab, "_source", lambda *_: str(source))
    for number, text in enumerate((known, known * 2, "func is() {\n")):
        (source / "utils/kernel_module.go").write_text(text)
        here = tmp_path / f"here{number}"
        here.mkdir()
        (here / "go.mod").write_text("module x\n")
        if text != known:
            with pytest.raises(CouldNotRun, match="in another way than known"):
                containerlab.patch(here, "go")
            continue
        containerlab.patch(here, "go")
        patched = (here / "containerlab-source/utils/kernel_module.go").read_text()
        assert "if os.IsNotExist(err) {\n\t\treturn false, nil\n\t}\n\tif err != nil {\n" in patched
        assert "replace github.com/srl-labs/containerlab => ./containerlab-source" in (here / "go.mod").read_text()


def test_the_recipe_is_read_strictly(tmp_path: Path) -> None:
    recipe = image.read_recipe()
    assert {"frr", "openssh-server", "python3", "ser2net"} <= set(recipe.packages)
    file = tmp_path / "recipe.toml"
    file.write_text('suite = "bookworm"\nmirror = "http://mirror.example/debian"\npackage = ["frr"]\n')
    with pytest.raises(InputError, match="package"):
        image.read_recipe(file)


def test_another_recipe_is_another_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = image.read_recipe()
    file = tmp_path / "recipe.toml"
    file.write_text('suite = "bookworm"\nmirror = "http://mirror.example/debian"\npackages = ["frr"]\n')
    other = image.read_recipe(file)
    assert recipe.digest != other.digest
    monkeypatch.setenv("TURNUP_DEBIAN_MIRROR", "http://other.example/debian")
    assert image.read_recipe(file).mirror == "http://other.example/debian"
    assert image.read_recipe(file).digest == other.digest, "the same packages from another mirror"


def test_a_topology_without_an_image_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pop.clab.yml"
    file.write_text("name: x\ntopology:\n  kinds:\n    linux:\n      privileged: false\n")
    with pytest.raises(InputError, match="image"):
        containers.image_of(file)


def test_an_unknown_runner_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TURNUP_LAB_RUNNER", raising=False)
    assert kind_told() is Kind.NAMESPACES
    monkeypatch.setenv("TURNUP_LAB_RUNNER", "containers")
    assert kind_told() is Kind.CONTAINERS
    monkeypatch.setenv("TURNUP_LAB_RUNNER", "podman")
    with pytest.raises(UsageError, match="podman"):
        kind_told()


def test_what_other_tools_left_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert left_of("no-such-pop", None) == []


@pytest.mark.parametrize(
    ("host", "routes", "taken"),
    [
        ("", [], True),
        ("unix:///var/run/docker.sock", ["10.0.0.0/8"], True),
        ("tcp://192.0.2.77:2375", [], False),  # another machine's: no process of it is here
        ("", ["192.0.2.0/24"], False),  # the way to the POP would lead elsewhere
        ("", ["192.0.0.0/16"], False),
        ("", ["192.0.2.53/32"], False),
    ],
)
def test_when_the_machine_s_engine_is_taken(
    bare: Path, monkeypatch: pytest.MonkeyPatch, host: str, routes: list[str], taken: bool
) -> None:
    program(bare, "docker", "echo 27.0")
    told = json.dumps([{"dst": "default"}, *({"dst": route} for route in routes)])
    program(bare, "ip", f"echo '{told}'")
    monkeypatch.setenv("DOCKER_HOST", host) if host else monkeypatch.delenv("DOCKER_HOST", raising=False)
    found = engine.engine_of_machine(IPv4Network("192.0.2.0/24"))
    assert (found == engine.Engine()) is taken


def test_an_engine_that_does_not_answer_is_not_taken(bare: Path) -> None:
    program(bare, "docker", "echo Cannot connect >&2; exit 1")
    assert engine.engine_of_machine(IPv4Network("192.0.2.0/24")) is None
