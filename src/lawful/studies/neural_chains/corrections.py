"""Six statements of the paper that its own networks do not bear out, each as a number that is measured again."""

from typing import Any

import numpy as np

from . import paper
from .cases import CASES, ROUNDING, TIME, VISCOSITY
from .measured import Measured, Norms
from .pseudo_spectral import sine_galerkin
from .tables import Pairs

FAILED = 0.1
"""A run whose largest error at t = 0.3 is above this has failed."""
SIGNIFICANT = 3.0
"""Standard deviations beyond which a cosine is more than chance."""


def corrections(measured: list[Measured], pairs: Pairs, cases: tuple[str, ...]) -> dict[str, Any]:
    """All of them, by name, as plain data; those of cases that were not run are left out."""
    published = [m for m in measured if m.run.recipe == "published"]
    out: dict[str, Any] = {}
    if "viscous" in cases:
        out["reference_98_modes"] = reference_98_modes(published)
    if "eikonal" in cases:
        out["eikonal_rounding"] = eikonal_rounding(measured)
    out["chance_level"] = chance_level(pairs)
    out["aligned_similarity"] = aligned_similarity(pairs)
    out["fresh_residuals"] = fresh_residuals(measured)
    out["activations"] = activations(published)
    return out


def reference_98_modes(published: list[Measured]) -> dict[str, Any]:
    """The paper's reference against Cole-Hopf, and the networks against both."""
    case = CASES["viscous"]
    modes = sine_galerkin(case.nodes, TIME, VISCOSITY)
    networks = [m for m in published if m.run.case == "viscous"]
    return vars(Norms.of(modes - case.truth())) | {
        "networks_against_it": [vars(Norms.of(m.u - modes)) for m in networks],
        "networks_against_cole_hopf": [vars(m.norms) for m in networks],
    }


def eikonal_rounding(measured: list[Measured]) -> dict[str, Any]:
    """r (1 - t) on the plateau, r = sqrt(1e-8), which is what the rounded |u_x| alone makes of the solution."""
    case = CASES["eikonal"]
    reference = case.published().reference
    rounded = reference.evaluate({"x": case.nodes, "t": np.full_like(case.nodes, TIME)}, ("u",)).values["u"]
    networks = {
        recipe: [m for m in measured if m.run.case == "eikonal" and m.run.recipe == recipe]
        for recipe in ("published", "own")
    }
    return {
        "expected": ROUNDING * (1 - TIME),
        "rounded_law": vars(Norms.of(rounded - case.truth())),
        "paper_linf": [linf for _, _, linf in paper.TABLE1["eikonal"]],
        "published_linf": [m.norms.linf for m in networks["published"]],
        "published_linf_against_rounded": [float(np.abs(m.u - rounded).max()) for m in networks["published"]],
        "own_linf": [m.norms.linf for m in networks["own"]],
        "failed": {
            recipe: {"runs": len(runs), "failed": sum(m.norms.linf > FAILED for m in runs)}
            for recipe, runs in networks.items()
        },
    }


def chance_level(pairs: Pairs) -> dict[str, Any]:
    """fro and cos of table 2 beside what independent weights have: sqrt(1 + r^2) and 0 +- 1/sqrt(n)."""
    out: dict[str, Any] = {}
    for (case, recipe), pair in pairs.items():
        if recipe == "published":
            out[case] = {
                "layers": len(pair.layers),
                "fro_over_chance": [layer.fro / layer.fro_chance for layer in pair.layers],
                "cos_over_chance": [layer.cos / layer.cos_chance for layer in pair.layers],
                "cos_beyond_chance": sum(abs(x.cos) > SIGNIFICANT * x.cos_chance for x in pair.layers),
                "initial_scale_ratio": pair.layers[0].ratio,
            }
        if recipe == "published" and case in paper.FRO:
            out[case] |= _of_paper(case)
    return out


def _of_paper(case: str) -> dict[str, Any]:
    """The same of the paper's own numbers; r = |W2| / |W1| by fro^2 = 1 + r^2 - 2 r cos."""
    fro, cos, size = (np.asarray(x, float) for x in (paper.FRO[case], paper.COS[case], paper.SIZES))
    ratio = cos + np.sqrt(np.maximum(fro**2 - 1 + cos**2, 0))
    return {
        "paper_ratio": ratio.tolist(),
        "paper_fro_over_chance": (fro / np.sqrt(1 + ratio**2)).tolist(),
        "paper_cos_over_chance": (cos * np.sqrt(size)).tolist(),
        "paper_cos_beyond_chance": int(np.sum(np.abs(cos) * np.sqrt(size) > SIGNIFICANT)),
    }


def aligned_similarity(pairs: Pairs) -> dict[str, Any]:
    """cos once the order and the signs of hidden neurons are removed, beside that of shuffled networks."""
    out: dict[str, Any] = {}
    for (case, recipe), pair in pairs.items():
        beyond = [
            (x.cos_aligned - x.cos_aligned_chance) / x.cos_aligned_spread if x.cos_aligned_spread else 0.0
            for x in pair.layers
        ]
        out.setdefault(case, {})[recipe] = {
            "cos_aligned": [x.cos_aligned for x in pair.layers],
            "cos_aligned_chance": [x.cos_aligned_chance for x in pair.layers],
            "cos_aligned_spread": [x.cos_aligned_spread for x in pair.layers],
            "layers_beyond_chance": sum(z > SIGNIFICANT for z in beyond),
        }
    return out


def fresh_residuals(measured: list[Measured]) -> dict[str, Any]:
    """Root mean square residuals of the law on the points of training and on fresh ones."""
    out: dict[str, Any] = {}
    for m in measured:
        train, fresh = (m.summary["residual"][key] for key in ("train", "fresh"))
        row = {"run": m.run.seed, "train": train, "fresh": fresh, "l1": m.norms.l1}
        row["ratio"] = fresh / train if train and fresh is not None else None
        out.setdefault(m.run.case, {}).setdefault(m.run.recipe, []).append(row)
    return out


def activations(published: list[Measured]) -> dict[str, Any]:
    """Mean |z| of the first three hidden layers at (0.6, 0.3), beside the errors; and whether a run with a smaller
    error has weaker early activations than one with a larger error, in another case of the same network."""
    burgers = [m for m in published if m.run.case != "eikonal"]
    rows = [
        {"case": m.run.case, "run": m.run.seed, "early": m.early, "l1": m.norms.l1, "linf": m.norms.linf}
        for m in published
    ]
    good = [m for m in burgers if m.norms.linf <= FAILED]
    bad = [m for m in burgers if m.norms.linf > FAILED]
    weaker = sum(g.early < b.early for g in good for b in bad)
    return {"runs": rows, "pairs": len(good) * len(bad), "pairs_where_the_better_is_weaker": weaker}
