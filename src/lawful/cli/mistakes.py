"""What went wrong, as one message and an exit status."""

import os
import sys
import traceback
from pathlib import Path

import cyclopts

PACKAGE = str(Path(__file__).parents[1]) + os.sep
MISTAKE, UNEXPECTED, STOPPED, BROKEN_PIPE = 2, 70, 130, 141


class Mistake(Exception):
    """A user's mistake: the message says what was given, what was expected, and the fix."""


def explain(error: BaseException) -> tuple[str, int]:
    """The message for an exception, and the exit status."""
    if isinstance(error, Mistake):
        return str(error), MISTAKE
    if isinstance(error, cyclopts.CycloptsError):
        return _of_arguments(error), MISTAKE
    if isinstance(error, KeyboardInterrupt):
        return "stopped.", STOPPED
    if said_by_lawful(error):
        return str(error), MISTAKE
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}.", MISTAKE
    kind = type(error).__name__
    return f"unexpected {kind}: {first_line(error)} (set LAWFUL_TRACEBACK=1 for details)", UNEXPECTED


def said_by_lawful(error: BaseException) -> bool:
    """Whether lawful itself raised the error, in the user's words, rather than a library below it."""
    if not isinstance(error, ValueError | TypeError | AttributeError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    # a mistake of ours ends in some other statement of ours than `raise`
    last = frames[-1] if frames else None
    return last is not None and last.filename.startswith(PACKAGE) and (last.line or "").startswith("raise")


def within(error: BaseException, path: Path) -> Mistake | None:
    """The error as a mistake in the user's file, with its line; None where it did not pass through it."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        at = (error.text or "").strip()
        return Mistake(f"{path}, line {error.lineno}: {error.msg}" + (f": {at}" if at else "."))
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    if not lines:
        return None
    if said_by_lawful(error):
        return Mistake(f"{path}, line {lines[-1]}: {error}")
    said = first_line(error)
    return Mistake(f"{path}, line {lines[-1]}: {type(error).__name__}" + (f": {said}" if said else "."))


def first_line(error: BaseException) -> str:
    """The first line of what an exception says."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")


def complain(message: str) -> None:
    """Write `lawful: message` to stderr."""
    print(f"lawful: {message}", file=sys.stderr, flush=True)


def _of_arguments(error: cyclopts.CycloptsError) -> str:
    command = " ".join(("lawful", *(error.command_chain or ())))
    if isinstance(error, cyclopts.UnusedCliTokensError) and error.unused_tokens:
        spare = error.unused_tokens[0]
        fix = f"write --set {spare}" if "=" in spare else f"see `{command} --help`"
        return f"{spare!r} is one argument too many for `{command}`; {fix}."
    if isinstance(error, cyclopts.MissingArgumentError) and error.argument is not None:
        return f"`{command}` needs a value for {error.argument.name}; see `{command} --help`."
    said = " ".join(str(error).split())
    return said[:1].lower() + said[1:] + ("" if said.endswith((".", "?")) else ".")
