#!/bin/sh
# One router: accounts, AAA, FRR, SSH, the console line. First process of its node.
. /etc/pop/node.sh

# --- accounts: known to TACACS+, all but one without a password here; the number of `frr`, so that they may save
mkdir -p /run/home /run/frr /run/keys /var/log/frr /etc/frr
frr=$(sed -n 's/^frr:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p' /etc/passwd)
accounts passwd <<END
noc:x:$frr::/run/home:/bin/bash
lastresort:x:$frr::/run/home:/bin/bash
reader:x:$frr::/run/home:$pop/bin/vtysh-reader
END
accounts shadow <<END
noc:*:20000:0:99999:7:::
lastresort:$LAST_RESORT_HASH:20000:0:99999:7:::
reader:*:20000:0:99999:7:::
END
sed 's/^frrvty:.*/&,noc,lastresort,reader/; s/:,/:/' /etc/group >/run/new && cat /run/new >/etc/group
for program in sshd login; do cp $pop/pam-login /etc/pam.d/$program; done
cp $pop/sshd_config /etc/ssh/sshd_config
rm -f /etc/motd /etc/legal
echo "PATH=$pop/bin:/usr/bin:/bin" >/run/home/.profile

# --- names
[ -L /etc/resolv.conf ] && rm /etc/resolv.conf
printf 'search example.net\nnameserver 192.0.2.53\n' >/etc/resolv.conf

# --- cables: containerlab brings them after the start, under another name first, which FRR would keep as one more port
left=600
while ls /sys/class/net | grep -q '^clab-' || [ "$(ls /sys/class/net | grep -cvx 'lo\|eth0')" -lt "${CLAB_INTFS:-0}" ]; do
  left=$((left - 1))
  [ $left -gt 0 ] || { echo "$node: not all of its $CLAB_INTFS cables have come" >&2; exit 1; }
  sleep 0.05
done

# --- FRR; the way out is what BGP says, never the management network
ip route del default 2>/dev/null || :
[ -e /etc/frr/kept ] || sed "s/@LVL3_MD5@/$LVL3_MD5/" /etc/pop-node/frr.conf >/etc/frr/frr.conf
echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf
: >/etc/frr/kept # a router that starts again starts with what it saved
chown -R frr:frr /run/frr /run/home /var/log/frr /etc/frr
read -r loopback </etc/pop-node/loopback
python3 -S -m turnup.virtual.services.router "$loopback" 192.0.2.10 "/etc/pop-console/$node" &
for daemon in zebra staticd isisd bgpd; do
  options=; [ $daemon = zebra ] && options="-s 4000000"
  /usr/lib/frr/$daemon -d -A 127.0.0.1 $options >>/run/frr/start.log 2>&1
done
vtysh -b >>/run/frr/start.log 2>&1 || cat /run/frr/start.log
vtysh -c 'write memory' >>/run/frr/start.log 2>&1 # a router in service has saved what it runs
chown -R frr:frr /etc/frr

# --- the way in
install -m 600 "$pop/secrets/$node.key" /run/keys/ssh_host_ed25519_key
/usr/sbin/sshd -f /etc/ssh/sshd_config -E /var/log/sshd.log
stay
