"""The commands together, and what happens to an exception."""

import os
import sys
from collections.abc import Sequence
from importlib import metadata

from cyclopts import App

from .advising import advise
from .catalogue import list_problems
from .lensing import lens
from .mistakes import BROKEN_PIPE, complain, explain
from .reporting import compare, report
from .resuming import resume
from .solving import solve
from .studying import study


def _version() -> str:
    return metadata.version("lawful")


app = App(
    name="lawful",
    help="State a differential law once; get a trained network, an independent check, and the evidence.",
    version=_version,
    help_on_error=False,
)
app.command(list_problems, name="list")
app.command(advise)
app.command(solve)
app.command(report)
app.command(compare)
app.command(resume)
app.command(lens)
app.command(study)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status.

    0 is well, 1 a failed or unsupported result, 2 a mistake of the user's, 70 one of ours, 130 a stop.
    With LAWFUL_TRACEBACK=1 an exception keeps its traceback.
    """
    try:
        status = app(
            sys.argv[1:] if arguments is None else arguments,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except BrokenPipeError:
        # The reader of a pipe is gone; nothing may be written to it again, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("LAWFUL_TRACEBACK"):
            raise
        message, status = explain(error)
        complain(message)
        return status
