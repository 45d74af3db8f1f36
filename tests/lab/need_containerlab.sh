#!/bin/sh
# What `turnup lab up --clab` needs, from Debian: an engine's programs and what builds the nodes' image. Nothing is
# started, now or at boot. containerlab itself is built with Go, which Debian 12 has too old: it must be there.
set -eu
advice() {
  echo "The live tests through containerlab need $1. Without it: the same tests as namespaces (make poplab)." >&2
  exit 3
}
[ "$(id -u)" = 0 ] || advice "root"
command -v containerlab >/dev/null 2>&1 || command -v go >/dev/null 2>&1 || [ -x /usr/local/go/bin/go ] ||
  [ -n "${TURNUP_CONTAINERLAB:-}" ] || advice "containerlab 0.78.2 or newer, or Go 1.21 or newer (https://go.dev/dl) to build it"
missing=
for pair in docker:docker.io dockerd:docker.io mmdebstrap:mmdebstrap ip:iproute2 nsenter:util-linux ssh-keygen:openssh-client openssl:openssl; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing="$missing debian-archive-keyring"
[ -z "$missing" ] && exit 0
command -v apt-get >/dev/null 2>&1 || advice "$missing"
echo "installing for the live tests through containerlab:$missing" >&2
# shellcheck disable=SC2086
exec "$(dirname "$0")/install_quietly.sh" $missing
