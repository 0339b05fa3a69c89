"""`lawful report` and `lawful compare`: what runs say of themselves, read without JAX."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter

from .mistakes import Mistake
from .results import exit_status, print_json, public


def report(run: str, /, *, json: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Print the report of a run. Exits 1 where the evidence does not support it.

    Parameters
    ----------
    run
        The folder of the run.
    json
        Print one JSON object on stdout, and nothing else there.
    """
    from ..run_folder import RunFolder

    return show(RunFolder.open(run), as_json=json)


def show(folder: Any, *, as_json: bool) -> int:
    """Print the stored report or summary of a run, and return its exit status."""
    summary = _summary(folder)
    if as_json:
        print_json(public(summary))
    else:
        print(folder.configuration.get("report", ""), flush=True)
    return exit_status(summary)


def compare(first: str, second: str, /) -> int:
    """Compare two runs: errors, costs and verdicts side by side.

    Parameters
    ----------
    first
        The folder of a run.
    second
        The folder of another.
    """
    from ..run_folder import RunFolder

    summaries = [_summary(RunFolder.open(run)) for run in (first, second)]
    rows = [_row(s) for s in summaries]
    labels = list(dict.fromkeys(label for row in rows for label in row))
    columns = [labels, *([row.get(label, "-") for label in labels] for row in rows)]
    heads = ["", first, second]
    widths = [max(map(len, [head, *column])) for head, column in zip(heads, columns, strict=True)]
    for cells in [heads, *zip(*columns, strict=True)]:
        label, *values = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join([label, *values]).rstrip())
    difference = _difference(*summaries)
    if difference:
        print(f"\n{difference}")
    return 0


def _summary(folder: Any) -> dict[str, Any]:
    summary = folder.configuration.get("summary")
    if not summary:
        raise Mistake(f"{folder.path} has not ended; go on with it by `lawful resume {folder.path}`.")
    return summary


def _row(summary: Mapping[str, Any]) -> dict[str, str]:
    reference, residual = summary["reference"] or {}, summary["residual"] or {}
    row = {key: str(summary[key]) for key in ("problem", "method", "seed", "status")}
    row["verdict"] = summary["verdict"]["word"]
    for field, norms in (summary["errors"] or {}).items():
        row |= {f"{norm} error of {field}": _number(norms[norm]) for norm in ("rel_l2", "linf")}
    row["reference's own error"] = _number(reference.get("error_estimate"))
    row["residual, fresh points"] = _number(residual.get("fresh"))
    row |= {name: _number(p["value"], ".6g") for name, p in (summary["params"] or {}).items()}
    row["training, s"] = _number(summary["train_s"], ".2f")
    row["compiling, s"] = _number(summary["compile_s"], ".2f")
    row["in all, s"] = _number(summary["wall_s"], ".2f")
    row["steps"] = _number(summary["steps"], ",")
    row["parameters"] = _number(summary["n_params"], ",")
    return row | {"dtype": str(summary["dtype"])}


def _difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    if a["problem"] != b["problem"]:
        return (
            f"These are different problems, {a['problem']} and {b['problem']}: their errors do not compare."
        )
    given = [{n: p["value"] for n, p in s["params"].items() if not p.get("unknown")} for s in (a, b)]
    if given[0] != given[1]:
        return "The parameters of the problem differ: the two runs solved different tasks."
    return ""


def _number(value: Any, style: str = ".2e") -> str:
    return "-" if value is None else format(value, style)
