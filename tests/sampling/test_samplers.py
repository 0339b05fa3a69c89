"""Contracts of all exported sampling rules, and what each promises about its points."""

import inspect
from typing import Any

import numpy as np
import pytest
from scipy.stats import qmc

from lawful import sampling
from lawful.sampling import (
    AbstractSampler,
    ByDimension,
    Grid,
    LatinHypercube,
    ResidualAdaptive,
    Sobol,
    Uniform,
)

RULES = sorted(
    name
    for name, thing in vars(sampling).items()
    if inspect.isclass(thing) and issubclass(thing, AbstractSampler) and not inspect.isabstract(thing)
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dimension", [0, 1, 2, 5, 10])
@pytest.mark.parametrize("count", [1, 7, 64])
def test_points_fill_the_unit_cube(name: str, dimension: int, count: int) -> None:
    points = getattr(sampling, name)().draw(count, dimension, rng())
    assert points.ndim == 2
    assert points.shape[1] == dimension
    assert len(points) >= 1
    assert ((points >= 0) & (points <= 1)).all()
    if dimension and name not in ("Grid", "ByDimension"):  # which hold both ends of a line
        assert len(points) == count
        assert len(np.unique(points, axis=0)) == count


@pytest.mark.parametrize("name", RULES)
def test_the_generator_decides_the_points(name: str) -> None:
    rule = getattr(sampling, name)()
    first, again, other = (rule.draw(50, 2, rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert name == "Grid" or not np.array_equal(first, other)


@pytest.mark.parametrize("name", RULES)
def test_moments_are_those_of_the_uniform_distribution(name: str) -> None:
    points = getattr(sampling, name)().draw(4096, 2, rng())
    np.testing.assert_allclose(points.mean(axis=0), 0.5, atol=0.02)
    np.testing.assert_allclose(points.var(axis=0), 1 / 12, atol=0.005)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("dimension", [2, 5])
def test_sobol_and_latin_hypercube_are_more_even_than_independent_points(seed: int, dimension: int) -> None:
    discrepancy = {
        kind: qmc.discrepancy(kind().draw(256, dimension, rng(seed)))
        for kind in (Sobol, LatinHypercube, Uniform)
    }
    assert discrepancy[Sobol] < discrepancy[LatinHypercube] < discrepancy[Uniform]
    assert discrepancy[Sobol] < 0.2 * discrepancy[Uniform]


@pytest.mark.parametrize("count", [5, 100])
def test_a_latin_hypercube_has_one_point_in_each_slab(count: int) -> None:
    points = LatinHypercube().draw(count, 3, rng())
    for column in points.T:
        np.testing.assert_array_equal(np.sort((column * count).astype(int)), np.arange(count))


@pytest.mark.parametrize(
    ("count", "dimension", "each"),
    [(100, 2, 10), (99, 2, 9), (27, 3, 3), (5, 1, 5), (1, 2, 2), (1000, 3, 10)],
)
def test_a_grid_has_the_largest_power_that_fits(count: int, dimension: int, each: int) -> None:
    points = Grid().draw(count, dimension, rng())
    assert len(points) == each**dimension
    for column in points.T:
        np.testing.assert_allclose(np.unique(column), np.linspace(0, 1, each))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_residual_adaptive_points_gather_where_the_residual_is_large(seed: int) -> None:
    rule = ResidualAdaptive()
    pool = rule.draw(4000, 2, rng(seed))
    peak = np.exp(-np.sum((pool - 0.7) ** 2, axis=1) / 0.005)
    points = rule.refine(pool, peak, 1000, rng(seed + 10))
    assert points.shape == (1000, 2)
    assert ((points >= 0) & (points <= 1)).all()
    near = np.linalg.norm(points - 0.7, axis=1) < 0.15
    # the adaptive half, and of the even half the share of the disk
    assert near.mean() == pytest.approx(0.5 * 0.98 + 0.5 * np.pi * 0.15**2, abs=0.05)


def test_the_density_of_adaptive_points_follows_the_residual() -> None:
    """On r = x the density is 2 x, so the mean is 2/3 and P(x < 1/2) is 1/4; squared, 3 x^2."""
    pool = Sobol().draw(4096, 1, rng())
    for exponent, mean in ((1.0, 2 / 3), (2.0, 3 / 4)):
        rule = ResidualAdaptive(fraction=1.0, exponent=exponent)
        points = rule.refine(pool, -pool[:, 0], 8000, rng(1))
        assert points.mean() == pytest.approx(mean, abs=0.01)


@pytest.mark.parametrize(
    "residual", [np.zeros(400), np.full(400, np.nan), np.ones(400)], ids=["0", "nan", "1"]
)
def test_a_residual_that_says_nothing_gives_even_points(residual: np.ndarray) -> None:
    rule = ResidualAdaptive()
    points = rule.refine(rule.draw(400, 2, rng()), residual, 2000, rng(1))
    np.testing.assert_allclose(points.mean(axis=0), 0.5, atol=0.03)


def test_some_bad_residuals_do_not_spoil_the_rest() -> None:
    rule = ResidualAdaptive(fraction=1.0)
    pool = rule.draw(400, 2, rng())
    residual = np.where(pool[:, 0] < 0.5, np.inf, 1.0)
    assert (rule.refine(pool, residual, 500, rng(1))[:, 0] > 0.4).all()


MISTAKES: dict[str, tuple[Any, str]] = {
    **{
        f"{kind.__name__} {every!r}": (
            lambda k=kind, e=every: k(every=e),
            "every must be a number of steps above 0",
        )
        for kind in (Sobol, Uniform, LatinHypercube, ResidualAdaptive)
        for every in (0, -5, 2.5, True)
    },
    "no fraction": (lambda: ResidualAdaptive(fraction=0.0), r"fraction must lie in \(0, 1\], got 0\.0"),
    "large fraction": (lambda: ResidualAdaptive(fraction=1.5), r"fraction must lie in \(0, 1\], got 1\.5"),
    "no pool": (lambda: ResidualAdaptive(pool=0), r"pool must be a whole number of at least 1, got 0"),
    "negative exponent": (
        lambda: ResidualAdaptive(exponent=-1.0),
        r"exponent must be a finite number of at least 0, got -1\.0",
    ),
    "infinite floor": (lambda: ResidualAdaptive(floor=np.inf), r"floor must be a finite number.* got inf"),
    "word for a fraction": (
        lambda: ResidualAdaptive(fraction="1"),
        r"fraction must lie in \(0, 1\], got '1'",
    ),
    "word for a rule": (
        lambda: ByDimension("a"),
        r"line must be one of lawful\.sampling, such as Grid\(\); got 'a'",
    ),
    "class for a rule": (lambda: ByDimension(other=Sobol), r"other must be one of lawful\.sampling"),
    "negative floor": (
        lambda: ResidualAdaptive(floor=-1.0),
        r"floor must be a finite number of at least 0, got -1\.0",
    ),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(make: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_lines_are_equispaced_and_the_rest_random() -> None:
    rule = ByDimension(line=Grid(), other=Uniform())
    line = rule.draw(11, 1, np.random.default_rng(0))
    np.testing.assert_allclose(line[:, 0], np.linspace(0, 1, 11))
    inside = rule.draw(11, 2, np.random.default_rng(0))
    np.testing.assert_array_equal(inside, Uniform().draw(11, 2, np.random.default_rng(0)))


def test_points_by_dimension_move_as_often_as_those_inside() -> None:
    assert ByDimension().every is None
    assert ByDimension(other=ResidualAdaptive(every=250)).every == 250
