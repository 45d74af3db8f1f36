#!/bin/sh
# The programs of the virtual POP, from Debian. Only programs are needed: no service is started, now or at boot.
set -eu
packages="frr openssh-server openssh-client iproute2 util-linux procps iputils-ping dnsmasq-base tftpd-hpa tftp-hpa
  vsftpd ser2net curl dnsutils python3 perl libauthen-tacacsplus-perl"
missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "The virtual POP needs root and Debian's packages:$missing" >&2
  exit 3
fi
echo "installing for the virtual POP:$missing" >&2
# shellcheck disable=SC2086
exec "$(dirname "$0")/install_quietly.sh" $missing
