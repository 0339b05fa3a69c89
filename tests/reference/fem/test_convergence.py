"""Orders of convergence on manufactured solutions, and whether the ladder's estimate is the error."""

import importlib.util
from pathlib import Path

import jax
import numpy as np
import pytest

from lawful.reference import FiniteElements
from lawful.reference.estimates import estimated
from lawful.reference.norms import largest

spec = importlib.util.spec_from_file_location("manufactured", Path(__file__).with_name("manufactured.py"))
manufactured = importlib.util.module_from_spec(spec)
spec.loader.exec_module(manufactured)

CASES = {
    "square": (manufactured.square, 4, {"u": 2.8}),
    "Robin and Neumann": (manufactured.robin_square, 4, {"u": 2.8}),
    "disk": (manufactured.disk, 4, {"u": 2.8}),
    "ring with Robin": (manufactured.ring, 4, {"u": 2.8}),
    "re-entrant corner": (manufactured.corner, 3, {"u": 2.5}),
    "u^3": (manufactured.cubic, 4, {"u": 2.8}),
    "radiation": (manufactured.radiating, 3, {"u": 2.8}),
    "Kovasznay": (manufactured.kovasznay, 3, {"u": 2.5, "v": 2.5, "p": 1.7}),
    "Kovasznay, outflow": (lambda: manufactured.kovasznay(outflow=True), 3, {"u": 2.5, "v": 2.5, "p": 1.7}),
    "elasticity": (manufactured.elastic, 3, {"u": 2.7, "v": 2.7}),
}


@pytest.mark.parametrize("case", CASES)
def test_order_and_estimate(case):
    make, levels, orders = CASES[case]
    problem, exact = make()
    solver = FiniteElements()
    assert solver.refuses(problem) is None
    region = problem.domain.interior()
    points = region.place(np.random.default_rng(17).random((512, region.dimension)))
    values = [solver.solve(problem, level).evaluate(points) for level in range(levels)]
    truth = {f: np.asarray(jax.vmap(function)(*points.T)) for f, function in exact.items()}
    errors = {f: [np.linalg.norm(v[f] - truth[f]) / np.sqrt(len(points)) for v in values] for f in exact}
    gaps = [{f: largest(b[f] - a[f]) for f in exact} for a, b in zip(values[-3:], values[-2:], strict=False)]
    estimates, _, doubt = estimated(gaps, {f: largest(values[-1][f]) for f in exact}, solver.refinement)
    for field, least in orders.items():
        seen = np.log2(errors[field][0] / errors[field][-1]) / (levels - 1)
        ratio = estimates[field] / largest(values[-1][field] - truth[field])
        print(
            f"{case}: {field} L2 {errors[field][-1]:.1e}, order {seen:.2f}, estimate / true error {ratio:.2f}"
        )
        assert seen >= least
        assert 1 / 3 <= ratio <= 5
    assert not doubt
