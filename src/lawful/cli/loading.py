"""From what a user names, an entry of the catalogue or a Python file, to a `Problem`."""

import contextlib
import hashlib
import importlib.abc
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .._names import did_you_mean
from .catalogue import entry_of
from .mistakes import Mistake, first_line, within
from .settings import Value, check_known

MODULE = "lawful_problem_file"
HOLDS = "a module-level `problem = lawful.Problem(...)`"


def is_file(named: str) -> bool:
    """Whether the user names a file rather than an entry of the catalogue."""
    return named.endswith(".py") or "/" in named or "\\" in named


def from_catalogue(name: str, settings: Mapping[str, Value]) -> Any:
    """A problem of the catalogue; raises `Mistake` for an unknown name or parameter."""
    check_known(settings, entry_of(name).parameters, name)
    from .. import problems

    return getattr(problems, name)(**settings)


def read_source(path: Path) -> str:
    """The text of a Python file; raises `Mistake` where there is none."""
    if path.is_dir():
        raise Mistake(f"{path} is a folder; name a Python file that holds {HOLDS}.")
    if path.suffix != ".py":
        raise Mistake(f"{path} is not a Python file; name one that ends in .py and holds {HOLDS}.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        near = did_you_mean(path.stem, sorted(p.stem for p in path.parent.glob("*.py")))
        raise Mistake(f"there is no file {path}.{near}") from None
    except OSError as error:
        raise Mistake(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Mistake(f"{path} is not text in UTF-8, as Python files are.") from None
    if "\0" in text:
        raise Mistake(f"{path} is not a Python file: it holds null bytes.")
    return text


def digest(source: str) -> str:
    """The SHA-256 of a source, by which a run knows its problem again."""
    return hashlib.sha256(source.encode()).hexdigest()


def from_source(source: str, path: Path, settings: Mapping[str, Value], *, beside: Path | None = None) -> Any:
    """Run the user's file and return its `problem`, or what its function `problem(...)` makes.

    Modules beside it can be imported (or in the folder `beside`). What the file prints goes to stderr.
    Raises `Mistake`, with file and line, for whatever goes wrong in it.
    """
    from ..problem import Problem

    with mistakes_in(path), _importing_from(beside or path.parent), contextlib.redirect_stdout(sys.stderr):
        found = _names_of(source, path)
        made = found.get("problem")
        if isinstance(made, Problem):
            if settings:
                name = next(iter(settings))
                raise Mistake(
                    f"{path} holds a Problem ready made, so --set {name}=... has nothing to act on; write it as "
                    f"`def problem(*, {name}=...): return lawful.Problem(...)`."
                )
            return made
        if made is None:
            other = next((n for n, v in found.items() if isinstance(v, Problem)), None)
            fix = f"its Problem is named {other!r}; name it `problem`." if other else f"expected {HOLDS}."
            raise Mistake(f"{path} holds no `problem`; {fix}")
        if isinstance(made, type | ModuleType) or not callable(made):
            raise Mistake(
                f"`problem` in {path} is a {type(made).__name__}; expected {HOLDS}, or a function of it."
            )
        _check_call(made, settings, path)
        returned = made(**settings)
    if not isinstance(returned, Problem):
        raise Mistake(f"problem() in {path} returned a {type(returned).__name__}; expected a lawful.Problem.")
    return returned


@contextlib.contextmanager
def mistakes_in(path: Path) -> Iterator[None]:
    """Turn an exception that passes through the user's file into a `Mistake` with its line there."""
    try:
        yield
    except (Mistake, KeyboardInterrupt):
        raise
    except SystemExit:
        raise Mistake(
            f"{path} ends the program (sys.exit) while it is read; it should only define `problem`."
        ) from None
    except Exception as error:
        mistake = within(error, path)
        if mistake is None:
            raise
        raise mistake from error


class _TextLoader(importlib.abc.ExecutionLoader):
    """Loads a module from a text, so that what runs is what was read, and no bytecode is left behind."""

    def __init__(self, path: Path, text: str):
        self.path, self.text = path, text

    def get_filename(self, fullname: str) -> str:
        return str(self.path)

    def get_source(self, fullname: str) -> str:
        return self.text


def _names_of(source: str, path: Path) -> dict[str, Any]:
    loader = _TextLoader(path, source)
    spec = importlib.util.spec_from_file_location(MODULE, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    try:
        loader.exec_module(module)
    except RecursionError as error:
        raise Mistake(f"{path}: {first_line(error)}.") from None
    return vars(module)


@contextlib.contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder.absolute()))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder.absolute()))


def _check_call(function: Callable[..., Any], settings: Mapping[str, Value], path: Path) -> None:
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if not any(p.kind == p.VAR_KEYWORD for p in parameters):
        check_known(settings, [p.name for p in named], f"problem() in {path}")
    missing = [p.name for p in named if p.default is p.empty and p.name not in settings]
    if missing:
        raise Mistake(f"problem() in {path} needs {missing[0]}; give it by --set {missing[0]}=VALUE.")
