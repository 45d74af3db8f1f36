#!/bin/sh
# Bring up a lab, provision an order's port in it, run the twenty acceptance tests as pytest items, write JUnit and the
# certificate. For CI; docs/ci.md of turnup explains it. Ends with pytest's exit code, the lab is stopped in any case.
#
#   ORDER=order.xml          the Port Service Order
#   LAB=                     empty: virtual routers of your inventory (TURNUP_INVENTORY); needs no root, no Docker
#       --clab               the POP of real protocols by containerlab; root. TURNUP_INVENTORY is then the POP's own
#       --netns              the same POP as network namespaces; root
#   RESULTS=results          folder for junit.xml, certificate.json, certificate.html, certificate.md
set -eu
: "${ORDER:?the Port Service Order to accept}" "${LAB:=}" "${RESULTS:=results}"
export TURNUP_HOME="${TURNUP_HOME:-$PWD/.turnup}"
mkdir -p "$RESULTS"
trap 'turnup lab down' EXIT

turnup lab up $LAB
turnup --lab order ack "$ORDER"
turnup --lab push "$ORDER" --confirm

status=0
pytest -m turnup --turnup-lab --turnup-order="$ORDER" \
  --turnup-certificate="$RESULTS/certificate.json" --junitxml="$RESULTS/junit.xml" || status=$?

# No certificate: not all twenty tests ran; pytest has said why. `report` ends with the certificate's outcome, which
# pytest has given already.
if [ -e "$RESULTS/certificate.json" ]; then
  turnup report "$RESULTS/certificate.json" --format html --output "$RESULTS/certificate.html" || :
  turnup report "$RESULTS/certificate.json" --format md --output "$RESULTS/certificate.md" || :
fi
exit "$status"
