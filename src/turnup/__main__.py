"""`python -m turnup`."""

from turnup.cli import main

if __name__ == "__main__":
    main()
