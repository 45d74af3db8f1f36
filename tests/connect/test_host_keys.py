from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest

from turnup.connect.host_keys import HostKey, KnownHosts
from turnup.connect.session import Address
from turnup.errors import HostKeyChanged, InputError

ONE = HostKey("ssh-rsa", base64.b64encode(b"key one").decode())
TWO = HostKey("ssh-rsa", base64.b64encode(b"key two").decode())
HOME = Address("gsr1", "192.0.2.1", 22)


def test_port_22_and_others_are_told_apart(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    known.verify(HOME, ONE, accept_new=True)
    known.verify(Address("gsr1", "192.0.2.1", 2022), TWO, accept_new=True)
    text = known.path.read_text()
    assert text == f"192.0.2.1 ssh-rsa {ONE.body}\n[192.0.2.1]:2022 ssh-rsa {TWO.body}\n"
    assert known.path.stat().st_mode & 0o077 == 0


def test_accept_new_never_accepts_a_changed_key(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    known.verify(HOME, ONE, accept_new=True)
    with pytest.raises(HostKeyChanged) as caught:
        known.verify(HOME, TWO, accept_new=True)
    assert ONE.fingerprint in str(caught.value)
    assert TWO.fingerprint in str(caught.value)
    assert known.keys(HOME) == (ONE,)


def test_other_lines_of_the_file_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "known_hosts"
    file.parent.mkdir()
    file.write_text("# ours\n\nlax1,198.51.100.1 ssh-rsa AAAA comment")
    KnownHosts(file).add(HOME, ONE)
    assert file.read_text().startswith("# ours\n\nlax1,198.51.100.1 ssh-rsa AAAA comment\n192.0.2.1 ")
    assert KnownHosts(file).keys(Address("lax1", "198.51.100.1", 22)) == (HostKey("ssh-rsa", "AAAA"),)


def test_many_at_once_lose_none(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    threads = [
        threading.Thread(target=known.add, args=(Address(f"gsr{n}", f"192.0.2.{n}", 22), ONE)) for n in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(known.path.read_text().splitlines()) == 30
    assert sorted(path.name for path in tmp_path.iterdir()) == ["known_hosts", "known_hosts.lock"]


def test_a_key_entered_meanwhile_is_compared(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    known.add(HOME, ONE)
    known.add(HOME, ONE)
    with pytest.raises(HostKeyChanged):
        known.add(HOME, TWO)
    assert len(known.path.read_text().splitlines()) == 1


@pytest.mark.parametrize("line", ["|1|abc|def ssh-rsa AAAA", "@revoked * ssh-rsa AAAA", "192.0.2.1 ssh-rsa", "\udcff"])
def test_a_file_that_is_not_understood_is_an_error(tmp_path: Path, line: str) -> None:
    file = tmp_path / "known_hosts"
    file.write_bytes(f"# one\n{line}\n".encode(errors="surrogateescape"))
    with pytest.raises(InputError, match="known_hosts"):
        KnownHosts(file).keys(HOME)


def test_fingerprint_is_ssh_keygen_s() -> None:
    assert ONE.fingerprint == "ssh-rsa SHA256:6KmH+XtgmFGnfhDW1IE47w5Rj0a58doRRboYOtAvk1M"
    assert HostKey("ssh-rsa", "!").fingerprint == "ssh-rsa (unreadable)"
