"""Signed certificates: keys, the statement that is signed, its envelope, and what finds a change (PASA 1.4(a))."""
