"""What several seeds cost: trained in step, and one after another, in units of one.

    python benchmarks/ensemble.py [--seeds 4] [--steps 300] [--out benchmarks/results/ensemble.md]

Seconds of training and of compiling, of a run that compiles anew (no cache), in turn in one process; the ratio is
against one seed with all devices.
"""

import argparse
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import jax

import lawful as lw

CASES = {
    "burgers, 3 x 20, 512 points": (lw.problems.burgers, {"network": lw.nn.MLP(20, 3), "points": 512}),
    "burgers, 4 x 20, as by default": (lw.problems.burgers, {}),
    "van der Pol, 3 x 20, 128 points": (
        lw.problems.van_der_pol,
        {"network": lw.nn.MLP(20, 3), "points": 128},
    ),
}


def seconds(solutions: Callable[[], Iterable[lw.Solution]]) -> tuple[float, float]:
    """Training and compiling, summed over what is solved."""
    jax.clear_caches()
    facts = [solution.facts for solution in solutions()]
    return sum(f["train_s"] for f in facts), sum(f["compile_s"] for f in facts)


def row(name: str, seeds: int, steps: int) -> str:
    problem, choices = CASES[name]
    options = choices | {"steps": steps, "reference": "stated", "method": "pinn"}
    one = seconds(lambda: [lw.solve(problem(), **options)])
    turn = seconds(lambda: [lw.solve(problem(), seed=seed, **options) for seed in range(seeds)])
    step = seconds(lambda: lw.ensemble(problem(), seeds=seeds, **options))
    costs = f"{sum(turn) / sum(one):.2f} | {sum(step) / sum(one):.2f} | {step[0] / one[0]:.2f}"
    return f"| {name} | {one[0]:.2f} + {one[1]:.1f} | {costs} |"


def rows(seeds: int, steps: int) -> list[str]:
    lines = [
        f"| case | one seed, s | {seeds} in turn | {seeds} together | together, training alone |",
        "|---|---|---|---|---|",
    ]
    for name in CASES:
        lines.append(row(name, seeds, steps))
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    jax.config.update("jax_enable_compilation_cache", False)
    began = time.perf_counter()
    lines = rows(given.seeds, given.steps)
    head = (
        f"# {given.seeds} seeds against one\n\n`python benchmarks/ensemble.py --seeds {given.seeds} --steps "
        f"{given.steps}`: {jax.device_count()} {jax.default_backend()} devices, {platform.machine()}, JAX "
        f"{jax.__version__}, {time.perf_counter() - began:.0f} s in all. In units of one seed, training and compiling "
        "(the second column: seconds of each).\n\n"
    )
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
