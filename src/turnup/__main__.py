"""`python -m turnup`."""

from turnup.cli import main

main()
