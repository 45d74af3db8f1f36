"""Ways out: each takes a parcel and gives back a proof, or raises Unreachable (try again) or Refused (never)."""
