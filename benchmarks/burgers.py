"""Burgers, nu = 0.01/pi: error against time for lawful, and for DeepXDE where its environment is named.

Usage: python benchmarks/burgers.py [--seeds 3] [--budget 60]
           [--deepxde PYTHON --peers FOLDER [--dtype float64] [--iterations 15000]]

PYTHON is the interpreter of an environment with deepxde and torch; FOLDER holds the peer's script
(p1_dde_burgers.py, and burgers_ref.npz made by burgers_ref.py). Both run in turn in this one call, and
the ratios of the times to a relative error of 1e-2 and 1e-3 are printed.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

import lawful as lw
from lawful.judge import judging_points

LEVELS = (1e-2, 1e-3, 1e-4)


def ours(seed: int, budget: float) -> list[tuple[float, float]]:
    """(training seconds without compilation, as the peer counts its own, relative error) at growing
    numbers of steps, the same run from the start each time."""
    problem = lw.problems.burgers()
    points = judging_points(problem)
    places = {"x": points[:, 0], "t": points[:, 1]}
    exact = problem.reference.evaluate(places, ("u",)).values["u"]
    curve = []
    for steps in (250, 500, 750, 1000, 1500, 2000, 3000, 4500):
        solution = lw.solve(problem, seed=seed, steps=steps, method="pinn")
        error = np.linalg.norm(solution.u(**places) - exact) / np.linalg.norm(exact)
        curve.append((solution.facts["train_s"], float(error)))
        print(f"lawful seed {seed}: {steps:5d} steps {curve[-1][0]:6.1f} s  rel_l2 {error:.2e}", flush=True)
        if solution.facts["train_s"] > budget:
            break
    return curve


def peers(python: str, folder: Path, seed: int, dtype: str, iterations: int) -> list[tuple[float, float]]:
    """The peer's own curve, from the file that its script writes."""
    command = [python, "p1_dde_burgers.py", str(seed), dtype, str(iterations)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    curve = json.loads((folder / f"p1_{dtype}_s{seed}.json").read_text())["curve"]
    return [(row[2], row[3]) for row in curve]


def time_to(curve: list[tuple[float, float]], level: float) -> float:
    return next((seconds for seconds, error in curve if error <= level), float("inf"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--deepxde", metavar="PYTHON")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--dtype", default="float64")
    parser.add_argument("--iterations", type=int, default=15_000)
    arguments = parser.parse_args()
    if arguments.deepxde and not (arguments.peers and (arguments.peers / "burgers_ref.npz").exists()):
        sys.exit(
            "name --peers FOLDER with p1_dde_burgers.py and burgers_ref.npz (run burgers_ref.py there first)."
        )
    print(
        "| seed | library | s to 1e-2 | s to 1e-3 | s to 1e-4 | end rel_l2 | at s |\n|---|---|---|---|---|---|---|"
    )
    rows = []
    for seed in range(arguments.seeds):
        curves = {"lawful": ours(seed, arguments.budget)}
        if arguments.deepxde:
            curves["DeepXDE"] = peers(
                arguments.deepxde, arguments.peers, seed, arguments.dtype, arguments.iterations
            )
        for name, curve in curves.items():
            times = [time_to(curve, level) for level in LEVELS]
            rows.append((name, times, curve[-1][0]))
            spelt = " | ".join("-" if t == float("inf") else f"{t:.1f}" for t in times)
            print(f"| {seed} | {name} | {spelt} | {curve[-1][1]:.1e} | {curve[-1][0]:.0f} |", flush=True)
    if arguments.deepxde:
        for i, level in enumerate(LEVELS[:2]):
            medians = {n: np.median([t[i] for m, t, _ in rows if m == n]) for n in ("lawful", "DeepXDE")}
            ends = [end for m, _, end in rows if m == "DeepXDE"]
            never = medians["DeepXDE"] == float("inf")
            ratio = (np.median(ends) if never else medians["DeepXDE"]) / medians["lawful"]
            sign = ">" if never else "="
            print(f"time to {level:g}: DeepXDE / lawful {sign} {ratio:.1f} (medians over seeds)")


if __name__ == "__main__":
    main()
