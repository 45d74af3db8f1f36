"""Virtual routers: an IOS 12.0S command line in front of a state provider, as a process of its own.

Nothing of the product imports this package; it talks to the product through SSH, telnet, console and DNS only.
"""
