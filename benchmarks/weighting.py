"""Weighting strategies: each on a problem built to need it, and on Burgers, where it must do no harm.

Usage: python benchmarks/weighting.py [--seeds 2]
Prints the relative error of the field with weights 1 and with the strategy, medians over seeds.
The ansatz `lambda u: u` leaves walls and starts soft, so that there are terms to weigh.
"""

import argparse

import jax.numpy as jnp
import numpy as np

import lawful as lw

SOFT = {"u": lambda u: u}


def stiff_poisson() -> lw.Problem:
    """u'' = -(4 pi)^2 sin(4 pi x) with soft walls: the law's kernel is far above that of the walls."""
    a = 4 * np.pi
    conditions = {
        "pde": lw.Interior(lambda u, x: u.xx + a**2 * jnp.sin(a * x)),
        "walls": lw.Boundary(lambda u: u, on="x"),
    }
    reference = lw.Exact(lambda x: np.sin(a * x))
    return lw.Problem(lw.Box(x=(0, 1)), "u", conditions, ansatz=SOFT, reference=reference)


def faint_poisson() -> lw.Problem:
    """The same law at one wave, in units where its coefficient is 1e-4: beside the walls it hardly counts."""
    conditions = {
        "pde": lw.Interior(lambda u, x: 1e-4 * (u.xx + jnp.pi**2 * jnp.sin(jnp.pi * x))),
        "walls": lw.Boundary(lambda u: u, on="x"),
    }
    reference = lw.Exact(lambda x: np.sin(np.pi * x))
    return lw.Problem(lw.Box(x=(0, 1)), "u", conditions, ansatz=SOFT, reference=reference)


def soft_burgers() -> lw.Problem:
    hard = lw.problems.burgers()
    conditions = {
        "pde": lw.Interior(lambda u, nu: u.t + u * u.x - nu * u.xx),
        "walls": lw.Boundary(lambda u: u, on="x"),
        "start": lw.Initial(lambda u, x: u + jnp.sin(jnp.pi * x)),
    }
    return lw.Problem(
        hard.domain, "u", conditions, {"nu": 0.01 / np.pi}, ansatz=SOFT, reference=hard.reference
    )


def error(problem: lw.Problem, weighting, seed: int, **arguments) -> float:
    solution = lw.solve(problem, weighting=weighting, seed=seed, **arguments)
    return solution.facts["errors"]["u"]["rel_l2"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=2)
    seeds = range(parser.parse_args().seeds)
    poisson = {"network": lw.nn.MLP(64, 1), "optimizer": lw.optim.Adam(steps=3000), "points": 128}
    fronts = {
        "network": lw.nn.Periodic(on=("x",), harmonics=5, base=lw.nn.MLP(20, 3)),
        "points": {"pde": 2048, "start": 256},
        "steps": 2000,
    }
    burgers = {"network": lw.nn.MLP(20, 3), "points": 2048, "steps": 1500}
    w = lw.weighting
    cases = [
        ("InitialNormalisation()", w.InitialNormalisation(), "faint Poisson", faint_poisson(), poisson),
        ("GradientNorm()", w.GradientNorm(), "faint Poisson", faint_poisson(), poisson),
        ("TangentKernel()", w.TangentKernel(), "stiff Poisson", stiff_poisson(), poisson),
        ("Causal(tolerance=1)", w.Causal(tolerance=1.0), "Allen-Cahn", lw.problems.allen_cahn(), fronts),
    ]
    print(
        "| strategy | problem | weights 1 | strategy | soft Burgers, weights 1 | strategy with its defaults |"
    )
    print("|---" * 6 + "|")
    plain: dict[str, float] = {}
    for spelt, strategy, name, problem, arguments in cases:
        for key, p, a in ((name, problem, arguments), ("burgers", soft_burgers(), burgers)):
            if key not in plain:
                plain[key] = float(np.median([error(p, w.Constant(), s, **a) for s in seeds]))
        there = float(np.median([error(problem, strategy, s, **arguments) for s in seeds]))
        untuned = type(strategy)()
        here = float(np.median([error(soft_burgers(), untuned, s, **burgers) for s in seeds]))
        print(
            f"| {spelt} | {name} | {plain[name]:.1e} | {there:.1e} | {plain['burgers']:.1e} | {here:.1e} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
