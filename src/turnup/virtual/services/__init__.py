"""Servers of the virtual POP that Debian has not: TACACS+, a syslog collector and relay, a console line.

Each is a program of the standard library alone: a node of the POP runs it with the Python of its image.
"""
