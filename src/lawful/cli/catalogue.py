"""The catalogue as its source says it, read without importing it (which would import JAX)."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .._names import did_you_mean, listed
from . import measured
from .mistakes import Mistake

FOLDER = Path(__file__).parents[1] / "problems"
CLOSED_FORM, DERIVED = "closed form", "derived"
STALE = "*"


@dataclass(frozen=True)
class Entry:
    """A problem of the catalogue, as its source says it.

    `summary` is the first line of the module, `parameters` are those of its function with their defaults as written,
    `type` is its `TYPE`, such as `parabolic, 1-D + t, linear`, `reference` the method of the reference that it states,
    or `derived` where it states none, and `source` the fingerprint by which measurements know it again.
    """

    name: str
    summary: str
    parameters: dict[str, str]
    type: str
    reference: str
    source: str


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


def list_problems(*, long: bool = False) -> None:
    """List the problems of the catalogue.

    Columns: type; dimension; where the reference comes from; the relative errors last measured, of the network and of
    the derived reference.

    Parameters
    ----------
    long
        Add the equation and the parameters of each.
    """
    entries = sorted(catalogue().values(), key=lambda entry: entry.name)
    known = measured.by_problem(measured.read(measured.TABLE))
    rows = [("problem", "type", "reference", "network", "derived")]
    rows += [_row(entry, known.get(entry.name, [])) for entry in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, entry in zip(rows, [None, *entries], strict=True):
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        if long and entry:
            print(f"    {entry.summary}")
            if entry.parameters:
                print("    --set " + ", ".join(f"{name}={value}" for name, value in entry.parameters.items()))
    print()
    print("Relative errors; in brackets those that a derived reference estimates of itself.")
    if any(cell.endswith(STALE) for row in rows for cell in row):
        print(f"{STALE} measured before the problem was last changed")
    if not long:
        print("lawful list --long adds the equations and the parameters.")


def _row(entry: Entry, rows: list[measured.Measurement]) -> tuple[str, ...]:
    errors = []
    for pathway in (measured.NETWORK, measured.DERIVED):
        own = [row for row in rows if row.pathway == pathway]
        error, estimate = measured.middle(own, pathway), measured.own_estimate(own)
        known = "-" if estimate is None else f"({estimate:.0e})"
        stale = STALE if measured.is_stale(own, entry.source) and (error or estimate) else ""
        errors.append((known if error is None else f"{error:.0e}") + stale)
    return (entry.name, entry.type, entry.reference.split(",")[0], *errors)


def _entry(file: Path, name: str) -> Entry:
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name), None)
    says = ast.get_docstring(tree) or (ast.get_docstring(function) if function else None) or ""
    return Entry(
        name=name,
        summary=says.split("\n")[0].strip(),
        parameters=_parameters(function.args) if function else {},
        type=_type(tree),
        reference=_reference(function) if function else DERIVED,
        source=measured.digest(source),
    )


def _type(tree: ast.Module) -> str:
    """The text of `TYPE = "..."`."""
    constants = [n for n in tree.body if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)]
    return next(
        (str(ast.literal_eval(n.value)) for n in constants if ast.unparse(n.targets[0]) == "TYPE"), ""
    )


def _reference(function: ast.FunctionDef) -> str:
    """What `Problem(..., reference=Exact(..., method=...))` says."""
    for call in _calls(function, "Problem"):
        for given in call.keywords:
            if given.arg != "reference" or isinstance(given.value, ast.Constant):
                continue
            for exact in _calls(given.value, "Exact"):
                named = [
                    k.value.value
                    for k in exact.keywords
                    if k.arg == "method" and isinstance(k.value, ast.Constant)
                ]
                return str(named[0]) if named else CLOSED_FORM
            return ast.unparse(given.value)
    return DERIVED


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _parameters(arguments: ast.arguments) -> dict[str, str]:
    positional = arguments.posonlyargs + arguments.args
    without = [None] * (len(positional) - len(arguments.defaults))
    pairs = [*zip(positional, [*without, *arguments.defaults], strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {a.arg: ast.unparse(value).replace("math.", "") if value else "..." for a, value in pairs}
