"""Contract over the exported sampling rules, and what each is known for."""

import numpy as np
import pytest
from scipy.stats import qmc

import lawful as lw
from lawful.sampling import AbstractSampler, ResidualAdaptive

RULES = [
    kind
    for kind in vars(lw.sampling).values()
    if isinstance(kind, type) and issubclass(kind, AbstractSampler) and kind is not AbstractSampler
]


@pytest.mark.parametrize("dimension", [0, 1, 2, 5])
@pytest.mark.parametrize("kind", RULES)
def test_points_lie_in_the_unit_cube_and_repeat_by_seed(kind, dimension):
    draws = [kind().draw(100, dimension, np.random.default_rng(7)) for _ in range(2)]
    assert draws[0].shape[1] == dimension
    assert 1 <= len(draws[0]) <= 100
    assert ((draws[0] >= 0) & (draws[0] <= 1)).all()
    np.testing.assert_array_equal(*draws)


def test_even_points_have_less_discrepancy_than_independent_ones():
    uniform, sobol, latin = (
        qmc.discrepancy(kind().draw(256, 2, np.random.default_rng(0)))
        for kind in (lw.sampling.Uniform, lw.sampling.Sobol, lw.sampling.LatinHypercube)
    )
    assert sobol < 0.1 * uniform
    assert latin < uniform


def test_adaptive_points_gather_where_the_residual_is_large():
    rng = np.random.default_rng(0)
    rule = ResidualAdaptive(fraction=0.5)
    candidates = rule.draw(4096, 2, rng)
    residual = np.exp(-(((candidates[:, 0] - 0.3) / 0.02) ** 2))
    points = rule.refine(candidates, residual, 1000, rng)
    near = np.abs(points[:, 0] - 0.3) < 0.06
    assert 0.5 <= near.mean() <= 0.65
    assert ((points >= 0) & (points <= 1)).all()


def test_adaptive_points_survive_a_residual_of_zero_or_nan():
    rng = np.random.default_rng(0)
    candidates = rng.random((64, 2))
    for residual in (np.zeros(64), np.full(64, np.nan)):
        assert ResidualAdaptive().refine(candidates, residual, 32, rng).shape == (32, 2)
