"""FRR's daemons by their sockets: whole answers, in any pieces; everything else is no answer."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from turnup.errors import CouldNotRun
from turnup.virtual.live.vty import asked, daemon_of


class Daemon:
    """Answers every command with the same pieces; the first (`enable`) with nothing."""

    def __init__(self, path: Path, *pieces: bytes) -> None:
        self.heard: list[bytes] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, args=(pieces,))
        self._thread.start()

    def _serve(self, pieces: tuple[bytes, ...]) -> None:
        link, _ = self._socket.accept()
        with link:
            self.heard.append(link.recv(1000))
            link.sendall(b"\0\0\0\0")
            self.heard.append(link.recv(1000))
            for piece in pieces:
                link.sendall(piece)

    def stop(self) -> None:
        self._thread.join(10)
        self._socket.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bgpd.vty"


@pytest.mark.parametrize("pieces", [(b'{"a": 1}\n\0\0\0\0',), (b'{"a"', b": 1}\n\0", b"\0\0", b"\0")])
def test_an_answer(path: Path, pieces: tuple[bytes, ...]) -> None:
    daemon = Daemon(path, *pieces)
    assert asked(path, "show bgp summary json") == '{"a": 1}\n'
    daemon.stop()
    assert daemon.heard == [b"enable\0", b"show bgp summary json\0"]


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((b"% Unknown command\n\0\0\0\x02",), r"bgpd refuses `show x y` \(2\): % Unknown command"),
        ((b'{"a": 1',), "the connection ended in the middle"),
        ((), "the connection ended in the middle"),
    ],
)
def test_no_answer(path: Path, pieces: tuple[bytes, ...], words: str) -> None:
    daemon = Daemon(path, *pieces)
    with pytest.raises(CouldNotRun, match=words):
        asked(path, "show x y")
    daemon.stop()


def test_nobody_there(path: Path) -> None:
    with pytest.raises(CouldNotRun, match="bgpd does not answer"):
        asked(path, "show bgp summary json")


def test_a_silent_daemon(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        with pytest.raises(CouldNotRun, match="timed out"):
            asked(path, "show bgp summary json", seconds=0.05)


@pytest.mark.parametrize(
    ("command", "daemon"),
    [("show isis neighbor json", "isisd"), ("show bgp neighbors json", "bgpd"), ("show ip route json", "zebra")],
)
def test_whom_to_ask(command: str, daemon: str) -> None:
    assert daemon_of(command) == daemon
