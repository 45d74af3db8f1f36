#!/bin/sh
# The store is tested on PostgreSQL as well as on SQLite: see that its binaries are here. No server is set up or started;
# the tests start one of their own in a temporary folder.
set -eu
[ -n "${TURNUP_POSTGRES_BIN:-}" ] && exit 0
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing postgresql for the tests of the store" >&2
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  { apt-get install -y -qq --no-install-recommends postgresql ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; }; } >/dev/null
  exit 0
fi
echo "The tests need PostgreSQL's binaries: apt-get install postgresql, or set TURNUP_POSTGRES_BIN." >&2
exit 1
