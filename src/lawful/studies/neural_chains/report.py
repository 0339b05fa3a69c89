"""The report: what the paper says, what was measured, and where each number stands."""

from collections.abc import Iterable
from typing import Any

from .cases import CASES
from .corrections import FAILED, SIGNIFICANT
from .settings import Settings

NAMES = {"paper": "paper", "published": "as published", "own": "lawful's own"}
PARTS = {
    "figure_2_burgers": "Figure 2: u(x, 0.3), two runs of each recipe against the exact solution; errors below.",
    "figure_3_weights": "Figure 3: weights of the layers 1, 4 and 7; each column has one colour scale.",
    "figure_4_singular_values": "Figure 4: singular values of the layers 1, 4 and 7; one scale for all panels.",
    "figure_5_activations": "Figure 5: activations of all hidden neurons at (0.6, 0.3), and the curves of five.",
    "figure_6_eikonal": "Figure 6: the Eikonal case, u(x, 0.3); errors below.",
    "figure_7_eikonal_activations": "Figure 7: activations of the Eikonal networks at (0.6, 0.3).",
}


def report_text(data: dict[str, Any], settings: Settings) -> str:
    """The report as Markdown, from the plain data of a study."""
    wrong = data["corrections"]
    effort = settings.effort
    shortened = effort.steps < 1 or effort.points < 1 or effort.budget is not None
    blocks = [
        "# Deep networks as discrete dynamical systems: three cases again",
        "The networks of arXiv 2601.00473, trained as published and by lawful's own choices with "
        f"{settings.runs} seeds each, measured against exact solutions at t = 0.3. Every number below stands in the "
        "file that is named behind it.",
    ]
    if shortened:
        blocks.append(
            f"**Shortened runs**: {effort.steps:g} of the published steps and {effort.points:g} of the points"
            + (f", {effort.budget:g} s a run at most" if effort.budget is not None else "")
            + ". What follows shows the shape of the account, not the numbers of the published training (study.json)."
        )
    blocks += ["## Table 1: errors at t = 0.3 (table1.csv)", _table1(data["table1"])]
    blocks += ["The paper's rows are as it prints them: against its own references, not the exact solutions."]
    blocks += ["## Table 2: weights of two runs (table2.csv)", _table2(data["table2"])]
    blocks += ["## What the numbers mean (corrections.json)"]
    parts = (
        ("reference_98_modes", _reference), ("eikonal_rounding", _rounding), ("chance_level", _chance),
        ("aligned_similarity", _aligned), ("fresh_residuals", _fresh), ("activations", _activations),
    )  # fmt: skip
    count = 0
    for key, tell in parts:
        if wrong.get(key):
            count += 1
            blocks.append(f"{count}. {tell(wrong[key])} (`{key}`)")
    blocks.append("## Figures")
    has_burgers = any(case != "eikonal" for case in data["table1"])
    for name, caption in PARTS.items():
        mine = "eikonal" in data["table1"] if "eikonal" in name else has_burgers
        if mine:
            blocks.append(f"![{caption}](figures/{name}.png)\n\n{caption} Data: figures/{name}.npz.")
    return "\n\n".join(blocks) + "\n"


def _table1(table: dict[str, list[dict[str, Any]]]) -> str:
    lines = [
        "| case | recipe | run | mean \\|e\\| | rms e | max \\|e\\| | verdict | steps | s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for case, rows in table.items():
        for row in rows:
            own = row["recipe"] != "paper"
            tail = f"{row['verdict']} | {row['steps']:,} | {row['train_s']:.0f}" if own else "| |"
            lines.append(
                f"| {CASES[case].title} | {NAMES[row['recipe']]} | {row['run'] + 1} | {_norms(row)} | {tail} |"
            )
    return "\n".join(lines)


def _norms(row: dict[str, Any]) -> str:
    return " | ".join(_number(row[key]) for key in ("l1", "l2", "linf"))


def _table2(table: dict[str, dict[str, list[float]]]) -> str:
    lines = ["| case | layer | fro | cos | cos by chance |", "|---|---|---|---|---|"]
    for case, columns in table.items():
        rows = zip(columns["fro"], columns["cos"], columns["cos_chance"], strict=True)
        for layer, (fro, cos, chance) in enumerate(rows):
            lines.append(f"| {CASES[case].title} | {layer} | {fro:.3f} | {cos:.4f} | ±{chance:.4f} |")
    return "\n".join(lines)


def _reference(found: dict[str, Any]) -> str:
    here = "; ".join(_norms(row).replace(" | ", " / ") for row in found["networks_against_cole_hopf"])
    there = "; ".join(_norms(row).replace(" | ", " / ") for row in found["networks_against_it"])
    return (
        "**The reference errs.** The paper measures viscous Burgers against 98 sine modes. These are "
        f"{_norms(found).replace(' | ', ' / ')} (mean, rms, largest) away from the exact solution of Cole and Hopf, "
        f"which is what its table 1 shows. The networks trained here are {here} from the exact solution, and {there} "
        "from the 98 modes."
    )


def _rounding(found: dict[str, Any]) -> str:
    failures = ", ".join(
        f"{one['failed']} of {one['runs']} {NAMES[recipe]}" for recipe, one in found["failed"].items()
    )
    return (
        "**The Eikonal error is the rounding of |u_x|.** With sqrt(u_x^2 + 1e-8) the plateau lies sqrt(1e-8) (1 - t) = "
        f"{found['expected']:.2e} too low at t = 0.3; the exact solution of the rounded law differs from the true one "
        f"by {found['rounded_law']['linf']:.2e} at most, the paper's networks by {_several(found['paper_linf'])}. As "
        f"published, the networks here are off by {_several(found['published_linf'])}, and from the rounded law's "
        f"solution by {_several(found['published_linf_against_rounded'])}; with |u_x| itself lawful's own are off by "
        f"{_several(found['own_linf'])}. Failed, with an error above {FAILED:g}: {failures}."
    )


def _chance(found: dict[str, Any]) -> str:
    told = []
    for case, one in found.items():
        ratios = one["fro_over_chance"]
        text = (
            f"{CASES[case].title}: fro is {min(ratios):.2f} to {max(ratios):.2f} times that of independent weights, "
            f"{one['cos_beyond_chance']} of {one['layers']} cosines lie beyond {SIGNIFICANT:g} standard deviations of "
            "chance"
        )
        if "paper_ratio" in one:
            text += (
                f" (the paper's: {min(one['paper_fro_over_chance']):.2f} to {max(one['paper_fro_over_chance']):.2f}, "
                f"and {one['paper_cos_beyond_chance']}); |W2|/|W1| of layer 0 is {one['initial_scale_ratio']:.2f} "
                f"here, and {one['paper_ratio'][0]:.2f} by the paper's fro and cos"
            )
        told.append(text)
    return (
        "**Table 2 is chance.** Independent weights have fro = sqrt(1 + r^2), r = |W2|/|W1|, and cos = 0 ± 1/sqrt(n). "
        + ". ".join(told)
        + ". A ratio far from 1 says that two runs began at different scales, not that they learnt different things."
    )


def _aligned(found: dict[str, Any]) -> str:
    told = []
    for case, recipes in found.items():
        for recipe, one in recipes.items():
            pairs = zip(one["cos_aligned"], one["cos_aligned_chance"], strict=True)
            told.append(
                f"{CASES[case].title}, {NAMES[recipe]}: "
                + ", ".join(f"{a:.2f} ({b:.2f})" for a, b in pairs)
                + f", {one['layers_beyond_chance']} of {len(one['cos_aligned'])} beyond chance"
            )
    return (
        "**Weights are compared after alignment, or not at all.** Order and sign of hidden neurons are free. Once they "
        "are removed the cosines a layer are, with those of shuffled networks in brackets: "
        + "; ".join(told)
        + "."
    )


def _fresh(found: dict[str, Any]) -> str:
    told = []
    for case, recipes in found.items():
        for recipe, rows in recipes.items():
            pairs = "; ".join(f"{_number(row['train'])} and {_number(row['fresh'])}" for row in rows)
            told.append(f"{CASES[case].title}, {NAMES[recipe]}: {pairs}")
    return (
        "**Fixed points hide what lies between them.** Root mean square residuals of the law on the points of training "
        "and on fresh ones, run by run: " + ". ".join(told) + "."
    )


def _activations(found: dict[str, Any]) -> str:
    told = ", ".join(
        f"{CASES[row['case']].title} run {row['run'] + 1} {row['early']:.3f} (max error {_number(row['linf'])})"
        for row in found["runs"]
    )
    tail = (
        f" Of {found['pairs']} pairs of a Burgers run that succeeded and one that failed, the successful one has the "
        f"weaker early activations in {found['pairs_where_the_better_is_weaker']}."
        if found["pairs"]
        else f" No pair of runs has one that succeeded and one that failed (largest error above {FAILED:g})."
    )
    return (
        "**Weak early activations do not mark failure.** Mean |z| of the first three hidden layers at (0.6, 0.3): "
        + told
        + "."
        + tail
    )


def _several(values: Iterable[float]) -> str:
    return ", ".join(_number(v) for v in values) or "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}"
