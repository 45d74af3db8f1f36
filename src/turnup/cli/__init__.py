"""The command `turnup`. Thin: every command gathers its arguments, calls the engine and shows what came back."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with a code of `turnup.errors.ExitCode`."""
    from turnup.cli.app import app
    from turnup.cli.show import error_exit
    from turnup.errors import ExitCode, TurnupError

    debug = bool(os.environ.get("TURNUP_DEBUG"))
    try:
        app(prog_name="turnup")
    except TurnupError as error:
        if debug:
            raise
        sys.exit(error_exit(error, as_json="--json" in sys.argv))
    except KeyboardInterrupt:
        print("turnup: stopped by you; a change that was under way is in its journal (turnup recover)", file=sys.stderr)
        sys.exit(130)
    except Exception as error:  # the last place: a defect must not look like a verdict, and not spill a traceback
        if debug:
            raise
        wrapped = TurnupError(f"{type(error).__name__}: {error}")
        error_exit(wrapped, as_json="--json" in sys.argv)
        print("  TURNUP_DEBUG=1 shows the traceback", file=sys.stderr)
        sys.exit(int(ExitCode.INTERNAL))
