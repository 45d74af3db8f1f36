"""What the first processes of a namespace POP do: shell text from a topology, no input or output here.

Two levels. The *ground* holds the management network and, in its own PID and mount namespaces, everything else: when
its first process ends, the kernel ends all of it. Each *node* has network, mount, PID, host name and IPC of its own.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from turnup.virtual.pop.topology import MANAGEMENT, Node, Topology

# Run in the stage's folder: `.` still is that folder after a file system was put over where it lies.
# It begins at a word of whoever started it, who has written down by then how it is stopped; without the word it ends.
_GROUND = """\
set -e
read -r word
mount --make-rprivate /
mount -t tmpfs -o mode=755 pop /run
mkdir -p /run/netns /run/stage
mount --bind . /run/stage
ip link set lo up
ip link add pop type bridge
ip address add {noc} dev pop
ip link set pop up
ip -batch - <<'END'
{batch}
END
echo standing
{stay}
"""
_STAY = "while :; do sleep 3600 & wait $!; done"
_WITH_PARENT = "read -r line || :"  # until standard input ends, and that is when its writer does


def ground(topology: Topology, *, with_parent: bool = False) -> str:
    """The ground's script: begins at a line of standard input, prints `standing` when the network is there.

    `with_parent`: it ends with standard input.
    """
    return _GROUND.format(
        noc=f"{topology.noc}/{topology.network.prefixlen}",
        batch="\n".join(cables(topology)),
        stay=_WITH_PARENT if with_parent else _STAY,
    )


def cables(topology: Topology) -> Iterator[str]:
    """Lines of `ip -batch`: a network namespace a node, a pair of ends a cable."""
    for name in topology.nodes:
        yield f"netns add {name}"
    for number, name in enumerate(topology.nodes):
        # The name of this end is not the node's: it may be longer than Linux takes.
        yield f"link add {MANAGEMENT} netns {name} type veth peer name port{number}"
        yield f"link set port{number} master pop up"
    for link in topology.links:
        one, other = link.one, link.other
        near = f"{one.interface} mtu {link.mtu} netns {one.node}"
        yield f"link add {near} type veth peer name {other.interface} mtu {link.mtu} netns {other.node}"


_NODE = """\
set -e
cd /run/stage
mount -t tmpfs -o mode=755 pop /mnt
mkdir /mnt/etc /mnt/work /mnt/run /mnt/log /mnt/srv /mnt/dev
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work pop /etc
mount --bind /mnt/log /var/log
mount --bind /mnt/srv /srv
{devices}
{binds}
for own in /root /home /media; do [ ! -d $own ] || mount -t tmpfs -o mode=755 pop $own; done
mount -t tmpfs -o mode=1777 pop /tmp
mount -t tmpfs -o mode=1777 pop /var/tmp
mount --bind /mnt/run /run
cd /
umount -l /mnt
mount -o remount,bind,ro /
hostname {name}
{kernel}
ip link set lo up
ip address add {address} dev {management}
{links}
exec setpriv --inh-caps=-all --bounding-set={capabilities} \\
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin {environment} {command}
"""
# What a container has without being given more, so that a node can do the same here and there.
_CAPABILITIES = (
    *("audit_write", "chown", "dac_override", "fowner", "fsetid", "kill", "mknod", "net_bind_service", "net_raw"),
    *("setfcap", "setgid", "setpcap", "setuid", "sys_chroot"),
)
_DEVICES = """\
for name in null zero full random urandom tty; do : >/mnt/dev/$name; mount --bind /dev/$name /mnt/dev/$name; done
mkdir /mnt/dev/pts /mnt/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 pop /mnt/dev/pts
ln -s pts/ptmx /mnt/dev/ptmx
ln -s /proc/self/fd /mnt/dev/fd
mount --rbind /mnt/dev /dev"""


def node(told: Node, topology: Topology) -> str:
    """A node's script: its own /etc, /dev, /run, /tmp, /srv and /var/log, its addresses, then its command.

    All else of this machine's files is there to read; nothing of it can be written.
    """
    return _NODE.format(
        name=shlex.quote(told.name),
        devices=_DEVICES,
        binds="\n".join(_binds(told)),
        address=f"{told.management}/{topology.network.prefixlen}",
        management=MANAGEMENT,
        kernel="\n".join(f"echo {v} >/proc/sys/{k.replace('.', '/')}" for k, v in told.kernel.items()),
        links="\n".join(f"ip link set {name} up" for name in (MANAGEMENT, *topology.interfaces(told.name))),
        environment=" ".join(shlex.quote(f"{key}={value}") for key, value in told.environment.items()),
        capabilities=",".join(["-all", *(f"+{name.lower()}" for name in sorted({*_CAPABILITIES, *told.capabilities}))]),
        command=told.command,
    )


def _binds(told: Node) -> Iterator[str]:
    for bind in told.binds:
        source, target = shlex.quote(f"./{bind.source}"), shlex.quote(str(bind.target))
        yield f"mkdir -p {target}"
        yield f"mount --bind {source} {target}"
        if bind.read_only:
            yield f"mount -o remount,bind,ro {target}"
