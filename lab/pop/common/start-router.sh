#!/bin/sh
# One router: accounts, AAA, FRR, SSH, the console line. First process of its node.
. /etc/pop/node.sh

# --- accounts: known to TACACS+, all but one without a password here; the number of `frr`, so that they may save
uid=$(id -u frr) gid=$(id -g frr)
mkdir -p /run/home && chown frr:frr /run/home
account reader "$uid" "$gid" /run/home $pop/bin/vtysh-reader '*'
account lastresort "$uid" "$gid" /run/home /bin/bash "$LAST_RESORT_HASH"
account noc "$uid" "$gid" /run/home /bin/bash '*'
sed 's/^frrvty:.*/&,noc,lastresort,reader/; s/:,/:/' /etc/group >/run/group
cat /run/group >/etc/group
for program in sshd login; do cp $pop/pam-login /etc/pam.d/$program; done
cp $pop/sshd_config /etc/ssh/sshd_config
rm -f /etc/motd /etc/legal

# --- names
[ -L /etc/resolv.conf ] && rm /etc/resolv.conf
printf 'search example.net\nnameserver 192.0.2.53\n' >/etc/resolv.conf

# --- FRR; the way out is what BGP says, never the management network
ip route del default 2>/dev/null || :
mkdir -p /run/frr /var/log/frr /etc/frr
[ -e /etc/frr/kept ] || sed "s/@LVL3_MD5@/$LVL3_MD5/" /etc/pop-node/frr.conf >/etc/frr/frr.conf
echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf
: >/etc/frr/kept # a router that starts again starts with what it saved
chown -R frr:frr /run/frr /var/log/frr /etc/frr
python3 -m turnup.virtual.services.syslog forward --to 192.0.2.10 --source "$(cat /etc/pop-node/loopback)" &
for daemon in zebra staticd isisd bgpd; do
  options=; [ $daemon = zebra ] && options="-s 4000000"
  /usr/lib/frr/$daemon -d -A 127.0.0.1 $options >>/run/frr/start.log 2>&1
done
vtysh -b >>/run/frr/start.log 2>&1 || cat /run/frr/start.log

# --- ways in
mkdir -p /run/keys && install -m 600 "$pop/secrets/$node.key" /run/keys/ssh_host_ed25519_key
/usr/sbin/sshd -f /etc/ssh/sshd_config -E /var/log/sshd.log
python3 -m turnup.virtual.services.console "/etc/pop-console/$node" &
stay
