"""What becomes of an order: its meaning, its acknowledgement, the port it was given."""
