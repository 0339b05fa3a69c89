"""Every problem of the catalogue is solved, with a gate on the error against its reference."""

import pytest

import lawful as lw
from lawful.cli.catalogue import DERIVED, catalogue

GATES: dict[str, tuple[float, dict, tuple[int, ...]]] = {
    # problem: largest relative error of any field, arguments of solve, seeds
    "heat": (1e-9, {}, (0, 1)),
    "decay": (1e-9, {}, (0, 1)),
    "oscillator": (1e-9, {}, (0, 1)),
    "diffusion_reaction": (1e-7, {}, (0, 1)),
    "advection": (1e-9, {}, (0, 1)),
    "wave": (1e-7, {}, (0, 1)),
    "schrodinger_box": (1e-7, {}, (0, 1)),
    "poisson": (1e-9, {}, (0, 1)),
    "burgers": (2e-3, {"steps": 1500}, (0, 1)),
    "eikonal": (1e-2, {"steps": 600}, (0, 1)),
    # the root mean square of the layer that stands for the shock: in the mean it is ten times less
    "burgers_inviscid": (0.1, {"steps": 500}, (0,)),
    "schrodinger_nls": (3e-2, {"steps": 1200}, (0,)),
    "van_der_pol": (1e-3, {"steps": 600}, (0, 1)),
    "beam": (1e-8, {}, (0,)),
    "darcy": (1e-9, {}, (0,)),
    "elasticity": (1e-9, {}, (0,)),
    "helmholtz": (1e-9, {}, (0,)),
}
BENCHMARKED = frozenset(
    "advection_diffusion allen_cahn black_scholes fisher_kpp fokker_planck heat_frequencies heat_nd kdv_two_soliton "
    "klein_gordon kovasznay l_shape sine_gordon taylor_green".split()
)
"""Too slow to be solved in every run of the tests: benchmarks/catalogue.py measures them."""
WITHOUT_REFERENCE = frozenset(name for name, entry in catalogue().items() if entry.reference == DERIVED)
"""Judged by what is derived from them; likewise in benchmarks/catalogue.py."""


def worst(solution: lw.Solution) -> float:
    return max(e["rel_l2"] for e in solution.facts["errors"].values())


def test_every_problem_has_a_gate_or_is_benchmarked():
    assert set(GATES) | BENCHMARKED | WITHOUT_REFERENCE == set(catalogue())
    assert not set(GATES) & BENCHMARKED


def solved(name: str) -> tuple[lw.Solution, ...]:
    """From each seed of its gate; judged by what the problem states, where it states anything."""
    _, arguments, seeds = GATES[name]
    problem = getattr(lw.problems, name)()
    arguments = arguments | {"reference": "auto" if problem.reference is None else "stated"}
    if len(seeds) == 1:
        return (lw.solve(problem, seed=seeds[0], **arguments),)
    return lw.ensemble(problem, seeds=seeds, **arguments).solutions


@pytest.mark.parametrize("name", GATES)
def test_solved_within_its_gate(name):
    gate = GATES[name][0]
    for solution in solved(name):
        reference = solution.facts["reference"]
        assert worst(solution) <= gate
        assert reference["error_estimate"] <= 0.1 * gate * max(1.0, worst(solution))
        assert solution.facts["residual"]["fresh"] is not None
        if worst(solution) <= 1e-2:
            assert solution.verdict.word == "supported"


@pytest.mark.parametrize("dimension", [1, 3, 5])
def test_poisson_in_many_dimensions(dimension):
    gate = {1: 1e-9, 3: 1e-5, 5: 2e-3}[dimension]
    problem, steps = lw.problems.poisson(dimension=dimension), 400 if dimension > 3 else None
    solution = lw.solve(problem, steps=steps, reference="stated")
    assert worst(solution) <= gate


def test_schrodinger_box_conserves_probability():
    solution = lw.solve(lw.problems.schrodinger_box(), reference="stated")
    followed = solution.facts["quantities"]["probability"]
    assert followed["start"] == pytest.approx(1, abs=1e-9)
    assert followed["drift"] <= 1e-7
