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
# Passwords of the machine below count for nothing here.
sed 's/^\([^:]*\):[^:]*:/\1:*:/' /etc/shadow >/run/new && cat /run/new >/etc/shadow && rm /run/new

# One account: NAME UID GID HOME SHELL HASH. First in the file: the name of a shared number is this one.
account() {
  grep -q "^$1:" /etc/passwd && return
  { echo "$1:x:$2:$3::$4:$5"; cat /etc/passwd; } >/run/new; cat /run/new >/etc/passwd
  { echo "$1:$6:20000:0:99999:7:::"; cat /etc/shadow; } >/run/new; cat /run/new >/etc/shadow
  rm /run/new
}

# What was started above goes on below this process, the node's first; it gathers those that nobody waits for.
stay() {
  : >/run/ready
  trap 'exit 0' TERM
  while :; do sleep 3600 & wait $!; done
}
