"""The catalogue as its source says it, read without importing it (which would import JAX)."""

import ast
from dataclasses import dataclass
from pathlib import Path

from .._names import did_you_mean, listed
from .mistakes import Mistake

FOLDER = Path(__file__).parents[1] / "problems"


@dataclass(frozen=True)
class Entry:
    """A problem of the catalogue: what it is, and its parameters with their defaults as written."""

    name: str
    summary: str
    parameters: dict[str, str]


def catalogue(folder: Path = FOLDER) -> dict[str, Entry]:
    """Every problem that the package of the catalogue exports, by name."""
    table = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    exports = [
        (node.module, alias.asname or alias.name)
        for node in table.body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    ]
    return {name: _entry(folder / f"{module}.py", name) for module, name in exports}


def entry_of(name: str) -> Entry:
    """One problem; raises `Mistake` for a name that the catalogue does not have."""
    known = catalogue()
    if name in known:
        return known[name]
    hint = (
        f" To solve your own, write {name}.py." if Path(f"{name}.py").is_file() else did_you_mean(name, known)
    )
    raise Mistake(
        f"there is no problem {name!r}.{hint} Known: {listed(known)}; or a Python file, such as mine.py."
    )


def list_problems() -> None:
    """List the problems of the catalogue, a line each."""
    rows = {entry.name: entry for entry in catalogue().values()}
    spelt = {n: ", ".join(f"{p}={v}" for p, v in e.parameters.items()) for n, e in rows.items()}
    width = max(map(len, rows), default=0)
    for name, entry in sorted(rows.items()):
        print(f"{name:<{width}}  {entry.summary}" + (f"  [{spelt[name]}]" if spelt[name] else ""))


def _entry(file: Path, name: str) -> Entry:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name), None)
    says = ast.get_docstring(tree) or (ast.get_docstring(function) if function else None) or ""
    return Entry(name, says.split("\n")[0].strip(), _parameters(function.args) if function else {})


def _parameters(arguments: ast.arguments) -> dict[str, str]:
    positional = arguments.posonlyargs + arguments.args
    without = [None] * (len(positional) - len(arguments.defaults))
    pairs = [*zip(positional, [*without, *arguments.defaults], strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {a.arg: ast.unparse(value).replace("math.", "") if value else "..." for a, value in pairs}
