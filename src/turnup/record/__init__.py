"""Take recordings from a live router, scrubbed, in the form in which the tests keep their cases."""
