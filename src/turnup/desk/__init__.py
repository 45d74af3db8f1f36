"""The desk: what was done on routers and said by people, entered into each order's history."""
