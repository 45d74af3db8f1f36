#!/bin/sh
# install_quietly.sh PACKAGE...: from Debian, as root. What the packages bring as services starts neither now nor at boot.
set -eu
made=
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  made=yes
fi
status=0
export DEBIAN_FRONTEND=noninteractive
{ apt-get install -y -qq --no-install-recommends "$@" ||
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; }; } >/dev/null || status=3
[ -z "$made" ] || rm -f /usr/sbin/policy-rc.d
exit $status
