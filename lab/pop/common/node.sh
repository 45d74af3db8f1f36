# What every node of the POP does first; sourced, not run. Works in a container and in a namespace node alike.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
pop=/etc/pop
export PYTHONPATH=$pop/python PYTHONDONTWRITEBYTECODE=1
if [ ! -r $pop/secrets/env ]; then
  echo "no $pop/secrets: start this POP with 'turnup lab up --clab' or '--netns', which write throw-away secrets" >&2
  exit 3
fi
. $pop/secrets/env # TACACS_KEY, LAST_RESORT_HASH, LVL3_MD5
node=$(hostname)
mkdir -p /run/sshd /var/log

# accounts passwd|shadow: puts the lines of standard input first, so that the name of a shared number is one of these.
# Passwords of the machine below count for nothing here. A node that starts again has its accounts already.
accounts() {
  { cat; sed 's/^\([^:]*\):\$[^:]*:/\1:*:/' "/etc/$1"; } >/run/new
  grep -q '^noc:\|^ftpdata:' "/etc/$1" || cat /run/new >"/etc/$1"
}

# What was started above goes on below this process, the node's first; it gathers those that nobody waits for.
stay() {
  : >/run/ready
  trap 'exit 0' TERM
  while :; do sleep 3600 & wait $!; done
}
