"""Nornir tasks: one step of the life of a port a file."""
