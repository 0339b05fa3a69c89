"""Tables 1 and 2: the paper's numbers, the published recipe trained again, lawful's own."""

from dataclasses import asdict

from ...lens import WeightComparison, compare_weights
from ..tables import Row
from . import paper
from .measured import Measured

COMPARED = (
    "fro fro_chance cos cos_chance ratio fro_aligned fro_aligned_chance cos_aligned cos_aligned_chance "
    "cos_aligned_spread"
).split()


def table1(measured: list[Measured], cases: tuple[str, ...]) -> dict[str, list[Row]]:
    """By case, a row a run: errors at t = 0.3, against the exact solution; those of the paper as it prints them."""
    out: dict[str, list[Row]] = {case: [] for case in cases}
    for case in cases:
        for run, (l1, l2, linf) in enumerate(paper.TABLE1[case]):
            out[case].append({"run": run, "recipe": "paper", "l1": l1, "l2": l2, "linf": linf})
    for m in measured:
        row: Row = {"run": m.run.seed, "recipe": m.run.recipe, **asdict(m.norms)}
        row["residual_train"], row["residual_fresh"] = (m.summary["residual"][k] for k in ("train", "fresh"))
        row |= {key: m.summary[key] for key in ("steps", "train_s", "compile_s", "n_params", "status")}
        out[m.run.case].append(row | {"verdict": m.summary["verdict"]["word"]})
    return out


Pairs = dict[tuple[str, str], WeightComparison]


def compared(measured: list[Measured]) -> Pairs:
    """The weights of the first two runs of each case and recipe."""
    out: Pairs = {}
    groups: dict[tuple[str, str], list[Measured]] = {}
    for m in measured:
        groups.setdefault((m.run.case, m.run.recipe), []).append(m)
    for key, runs in groups.items():
        first, second, *_ = runs
        out[key] = compare_weights(first.network, second.network)
    return out


def table2(pairs: Pairs) -> list[Row]:
    """A row a layer: fro and cos of the first two runs, each with its chance level, raw and aligned."""
    out: list[Row] = []
    for case, fro in paper.FRO.items():
        if any(case == known for known, _ in pairs):
            for layer, (f, c, size) in enumerate(zip(fro, paper.COS[case], paper.SIZES, strict=True)):
                out.append(
                    {"case": case, "recipe": "paper", "layer": layer, "fro": f, "cos": c}
                    | {"cos_chance": size**-0.5}
                )
    for (case, recipe), pair in pairs.items():
        for layer in pair.layers:
            found = asdict(layer)
            out.append(
                {"case": case, "recipe": recipe, "layer": layer.layer, **{k: found[k] for k in COMPARED}}
            )
    return out


def columns_of_table2(pairs: Pairs) -> dict[str, dict[str, list[float]]]:
    """By case, the columns of the published recipe: fro, cos and cos_chance, an entry a layer."""
    return {
        case: {key: [getattr(layer, key) for layer in pair.layers] for key in ("fro", "cos", "cos_chance")}
        for (case, recipe), pair in pairs.items()
        if recipe == "published"
    }
