"""Attestations: kept append-only in the data folder, each bound to what it was made for."""
