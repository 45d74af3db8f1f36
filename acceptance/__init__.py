"""Schedule 2 of the Port Access Services Agreement: one acceptance test a file."""
