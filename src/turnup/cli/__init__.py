"""The command `turnup`. Thin: every command gathers its arguments, calls the engine and shows what came back."""

from __future__ import annotations

import logging
import os
import sys
import traceback


def main() -> None:
    """Run the command line and exit with a code of `turnup.errors.ExitCode`."""
    from turnup.cli.app import app
    from turnup.cli.show import clean, error_exit, keep_out
    from turnup.errors import ExitCode, TurnupError

    def trace() -> None:
        """The traceback, for whoever asked for it; its messages are as fit to be seen as any other."""
        if os.environ.get("TURNUP_DEBUG"):
            print(clean(traceback.format_exc()), file=sys.stderr)

    # Libraries log what goes wrong with its traceback, unredacted, and without a handler that ends on the terminal.
    # It is told below, once and redacted.
    logging.getLogger().addHandler(logging.NullHandler())
    keep_out(None)
    try:
        app(prog_name="turnup")
    except TurnupError as error:
        trace()
        sys.exit(error_exit(error, as_json="--json" in sys.argv))
    except KeyboardInterrupt:
        print("turnup: stopped by you; a change that was under way is in its journal (turnup recover)", file=sys.stderr)
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last place: a defect must neither look like a verdict nor spill a traceback
        trace()
        wrapped = TurnupError(f"{type(error).__name__}: {error}")
        error_exit(wrapped, as_json="--json" in sys.argv)
        if not os.environ.get("TURNUP_DEBUG"):
            print("  TURNUP_DEBUG=1 shows the traceback", file=sys.stderr)
        sys.exit(int(ExitCode.INTERNAL))
