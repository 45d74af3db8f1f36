"""Change a router with a proven way back: footprint, plan, push, journal, recover (provisioning 3)."""
