"""The runs as rows, and the settings with their spread over seeds and what the seeds tell apart."""

from dataclasses import asdict

import numpy as np
from scipy.stats import t as student

from ..tables import Row
from .measured import Measured
from .runs import ATTRACTED, ATTRACTED_DEPTH, EQUILIBRIUM, EQUILIBRIUM_CONTROL, FEED_FORWARD, MARK

SIGNIFICANT = 0.05
BETTER, WORSE, ALIKE, CONTROL = "better", "worse", "not told apart", "control"
LEAST = 1e-300

Key = tuple[str, int | None]
"""A setting and a depth."""


def run_rows(measured: list[Measured]) -> list[Row]:
    """A row a run."""
    out: list[Row] = []
    for m in measured:
        row: Row = {"setting": m.run.setting, "depth": m.run.depth, "seed": m.run.seed, **asdict(m.norms)}
        row |= {"attractor_gap": m.gap, "w": " ".join(f"{w:.4g}" for w in m.w)}
        row |= {f"residual_{k}": m.summary["residual"][k] for k in ("train", "fresh")}
        out.append(
            row | {key: m.summary[key] for key in ("n_params", "steps", "train_s", "compile_s", "status")}
        )
    return out


def summary_rows(rows: list[Row]) -> list[Row]:
    """A row a setting and depth: the geometric mean, the least and the largest error over the seeds, and whether they
    are told apart from a control.

    The control is w = 1 at the same depth, for the equilibrium w = 1 at depth 2, which has about as many parameters,
    and for the attraction the same w without it. `p` compares log10 of the root mean square errors, see `chances`.
    """
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault((row["setting"], row["depth"]), []).append(row)
    families: dict[tuple[str, Key], list[Key]] = {}
    for key in groups:
        families.setdefault(_control(key), []).append(key)
    out: dict[Key, Row] = {key: _spread(key, own) for key, own in groups.items()}
    for (_, control), keys in families.items():
        others = [key for key in keys if key != control]
        found = chances([_logs(groups[key]) for key in others], _logs(groups[control]))
        for key in keys:
            out[key] |= {"control": _label(control), "ratio": out[key]["l2"] / out[control]["l2"]}
            out[key] |= {"p": None, "told": CONTROL}
        for key, p in zip(others, found, strict=True):
            apart = p is not None and p < SIGNIFICANT
            told = ALIKE if not apart else BETTER if out[key]["ratio"] < 1 else WORSE
            out[key] |= {"p": p, "told": told}
    return list(out.values())


def _control(key: Key) -> tuple[str, Key]:
    """The family of comparisons that a setting belongs to, and its control."""
    setting, depth = key
    if setting == EQUILIBRIUM:
        return EQUILIBRIUM, (FEED_FORWARD, EQUILIBRIUM_CONTROL)
    if MARK in setting:
        return MARK, (ATTRACTED, ATTRACTED_DEPTH)
    return f"depth {depth}", (FEED_FORWARD, depth)


def _label(key: Key) -> str:
    return f"w = {key[0]}, depth {key[1]}"


def _logs(rows: list[Row]) -> np.ndarray:
    return np.log10([max(row["l2"], LEAST) for row in rows])


def chances(groups: list[np.ndarray], control: np.ndarray) -> list[float | None]:
    """p of each group against the control: two-sided t-tests with the spread pooled over all of them, times their
    number (Bonferroni); None where one seed, or no spread at all, tells nothing."""
    together = [*groups, control]
    freedom = sum(len(each) - 1 for each in together)
    squares = sum(float(np.sum((each - each.mean()) ** 2)) for each in together)
    if not freedom or not squares:
        return [None] * len(groups)
    out: list[float | None] = []
    for each in groups:
        error = np.sqrt(squares / freedom * (1 / len(each) + 1 / len(control)))
        far = abs(each.mean() - control.mean()) / error
        out.append(float(min(1.0, len(groups) * 2 * student.sf(far, freedom))))
    return out


def _spread(key: Key, rows: list[Row]) -> Row:
    setting, depth = key
    out: Row = {"setting": setting, "depth": depth, "seeds": len(rows)}
    for name in ("l2", "linf"):
        values = np.array([row[name] for row in rows])
        out |= {name: float(10 ** np.log10(np.maximum(values, LEAST)).mean())}
        out |= {f"{name}_least": float(values.min()), f"{name}_largest": float(values.max())}
    gaps = [row["attractor_gap"] for row in rows if row["attractor_gap"] is not None]
    out["attractor_gap"] = float(np.mean(gaps)) if gaps else None
    out["n_params"] = rows[0]["n_params"]
    out["train_s"] = float(np.mean([row["train_s"] for row in rows]))
    return out
