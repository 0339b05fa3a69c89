"""What each weighting promises beyond the contract: memory, smoothing, names, causality, refusals."""

from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.objective import Objective, device_mesh
from lawful.points import PointSets
from lawful.trial import TrialSpace
from lawful.weighting import Causal, Constant, GradientNorm, InitialNormalisation, TangentKernel
from lawful.weighting._base import LARGEST_RATIO, inverse, normalised

CONDITIONS = {
    "pde": lw.Interior(lambda u, v: {"real": u.t - 5 * u.xx, "imag": v.t + u}),
    "walls": lw.Boundary(lambda u, v: {"u": u, "v": v}, on="x"),
    "start": lw.Initial(lambda u, v, x: {"u": u - jnp.sin(jnp.pi * x), "v": v - 1}),
}
TERMS = ("pde.real", "pde.imag", "walls.u", "walls.v", "start.u", "start.v")
COUNTS = {"pde": 70, "walls": 9, "start": 9}


def soft(u: Any) -> Any:
    return u


@pytest.fixture(scope="module")
def setting() -> SimpleNamespace:
    """Two fields with all conditions soft; 70 points on two devices or in chunks of 64 are padded."""
    problem = lw.Problem(
        lw.Box(x=(0, 1)) * lw.Time(t=(0, 2)), "u v", CONDITIONS, ansatz={"u": soft, "v": lambda v: v}
    )
    space = TrialSpace(problem, lw.nn.MLP(5, 1), key=jax.random.key(0), dtype=jnp.float64)
    objective = Objective(space, problem.conditions, device_mesh(1))
    data = objective.place(PointSets(problem, problem.conditions, lw.sampling.Uniform(), COUNTS, 0).first())
    return SimpleNamespace(objective=objective, data=data, theta=objective.replicate(space.initial))


def update(
    strategy: Any, setting: SimpleNamespace, *, memory: Any = None, scale: float = 1.0, step: int = 0
) -> Any:
    memory = strategy.init(setting.objective) if memory is None else memory
    return strategy.update(memory, setting.objective, scale * setting.theta, setting.data, step)


@pytest.mark.parametrize("strategy", [InitialNormalisation(), GradientNorm(), TangentKernel()])
def test_weights_of_terms_have_geometric_mean_one(strategy: Any, setting: SimpleNamespace) -> None:
    _, weights, points = update(strategy, setting)
    assert np.exp(np.log(weights).mean()) == pytest.approx(1)
    assert np.ptp(weights) > 0.1
    assert points == {}


@pytest.mark.parametrize("sizes", [[1.0, 2.0, 4.0], [1e-6, 1e6]])
def test_balanced_terms_get_equal_shares_whatever_their_units(sizes: list[float]) -> None:
    s = np.asarray(sizes)
    s = np.maximum(s, s.max() / LARGEST_RATIO)
    np.testing.assert_allclose(inverse(s) * s, s.sum())
    np.testing.assert_allclose(normalised(inverse(1e3 * s)), normalised(inverse(s)))


@pytest.mark.parametrize(
    ("sizes", "weights"),
    [
        ([0.0, 0.0], [1.0, 1.0]),
        ([np.nan, np.inf], [1.0, 1.0]),
        ([0.0, 1.0], [LARGEST_RATIO**0.5, LARGEST_RATIO**-0.5]),
        ([np.nan, 1.0, 1.0], [1.0, 1.0, 1.0]),
        ([1e-30, 1.0], [LARGEST_RATIO**0.5, LARGEST_RATIO**-0.5]),
    ],
)
def test_terms_that_vanish_or_blow_up_are_guarded(sizes: list[float], weights: list[float]) -> None:
    np.testing.assert_allclose(normalised(inverse(np.asarray(sizes))), weights, rtol=1e-6)


def test_initial_normalisation_keeps_its_first_weights(setting: SimpleNamespace) -> None:
    memory, first, _ = update(InitialNormalisation(), setting)
    _, later, _ = update(InitialNormalisation(), setting, memory=memory, scale=3.0, step=100)
    np.testing.assert_array_equal(first, later)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 0.9])
def test_gradient_norm_is_a_moving_average(smoothing: float, setting: SimpleNamespace) -> None:
    strategy = GradientNorm(smoothing=smoothing)
    memory, _, _ = update(strategy, setting)
    later, weights, _ = update(strategy, setting, memory=memory, scale=2.0, step=100)
    alone, _, _ = update(strategy, setting, scale=2.0)
    expected = smoothing * memory["average"] + (1 - smoothing) * alone["average"]
    np.testing.assert_allclose(later["average"], expected)
    np.testing.assert_allclose(weights, normalised(expected))


@pytest.mark.parametrize(
    ("given", "weights"),
    [
        (3.0, [3, 3, 3, 3, 3, 3]),
        ({}, [1, 1, 1, 1, 1, 1]),
        ({"walls": 7.0}, [1, 1, 7, 7, 1, 1]),
        ({"pde.imag": 2.0, "pde": 5.0, "start.u": 0.5}, [5, 2, 1, 1, 0.5, 1]),
    ],
)
def test_constant_weights_by_term_or_condition(
    given: Any, weights: list[float], setting: SimpleNamespace
) -> None:
    assert setting.objective.terms == TERMS
    np.testing.assert_array_equal(update(Constant(given), setting)[1], weights)


def test_a_weight_of_a_condition_that_is_met_exactly_is_accepted(setting: SimpleNamespace) -> None:
    """It is left out of training, but its name is right."""
    rest = {n: b for n, b in setting.objective.conditions.items() if n != "walls"}
    objective = Objective(setting.objective.space, rest, setting.objective.mesh)
    strategy = Constant({"walls": 10.0, "walls.u": 2.0, "start": 3.0})
    _, weights, _ = strategy.update(strategy.init(objective), objective, setting.theta, setting.data, 0)
    np.testing.assert_array_equal(weights, [1, 1, 3, 3])


def expected_shares(setting: SimpleNamespace, tolerance: float, slices: int) -> np.ndarray:
    """Equation 3.8 of arXiv 2203.07404, slice by slice, at the points that are no padding."""
    residuals = {
        t: np.asarray(r) for t, r in setting.objective.residuals(setting.theta, setting.data).items()
    }
    size = sum(residuals[t] ** 2 for t in TERMS[:2])[: COUNTS["pde"]]
    start = sum(residuals[t] ** 2 for t in TERMS[4:])[: COUNTS["start"]].mean()
    times = np.asarray(setting.data["pde"]["points"])[: COUNTS["pde"], 0, 1]
    at = (times / 2 * slices).astype(int)
    losses = [size[at == k].mean() if (at == k).any() else 0.0 for k in range(slices)]
    return np.array([np.exp(-tolerance * (start + sum(losses[:k]))) for k in at])


@pytest.mark.parametrize("slices", [4, 32])
def test_causal_weights_follow_their_formula(slices: int, setting: SimpleNamespace) -> None:
    _, weights, points = update(Causal(tolerance=0.05, slices=slices), setting)
    assert set(points) == {"pde"}
    assert points["pde"].shape == setting.data["pde"]["weight"].shape
    np.testing.assert_allclose(
        points["pde"][: COUNTS["pde"]], expected_shares(setting, 0.05, slices), atol=2e-12
    )
    np.testing.assert_array_equal(weights, 1)


def test_causal_weights_never_vanish_and_do_not_depend_on_those_before(setting: SimpleNamespace) -> None:
    """A weight of zero would look like padding at the next update."""
    strategy = Causal(tolerance=1e6)
    memory, _, points = update(strategy, setting)
    assert points["pde"].min() > 0
    data = {n: dict(columns) for n, columns in setting.data.items()}
    data["pde"]["weight"] = data["pde"]["weight"] * points["pde"]
    _, _, again = strategy.update(memory, setting.objective, setting.theta, data, 100)
    np.testing.assert_array_equal(again["pde"], points["pde"])


def test_the_tolerance_is_raised_once_all_times_are_resolved(setting: SimpleNamespace) -> None:
    strategy = Causal(tolerance=(1e-9, 1e-8, 10.0))
    memory = strategy.init(setting.objective)
    stages, last = [], []
    for step in (0, 100, 200, 300, 400):
        memory, _, points = update(strategy, setting, memory=memory, step=step)
        stages.append(int(memory["stage"]))
        last.append(points["pde"].min())
    assert stages == [0, 1, 2, 2, 2]
    assert last[0] > last[2] > 0.99 > last[3] == last[4]


def test_causal_weights_can_be_combined_with_weights_of_terms(setting: SimpleNamespace) -> None:
    strategy = Causal(terms=InitialNormalisation())
    memory, weights, points = update(strategy, setting)
    np.testing.assert_array_equal(weights, update(InitialNormalisation(), setting)[1])
    assert set(memory) == {"stage", "terms.weights"}
    assert set(points) == {"pde"}
    _, later, _ = update(strategy, setting, memory=memory, scale=2.0, step=100)
    np.testing.assert_array_equal(later, weights)


def test_causal_weights_need_time() -> None:
    problem = lw.Problem(
        lw.Box(x=(0, 1)), "u", {"pde": lw.Interior(lambda u: u.xx), "walls": lw.Boundary(lambda u: u)}
    )
    space = TrialSpace(problem, lw.nn.MLP(2, 1), key=jax.random.key(0), dtype=jnp.float64)
    with pytest.raises(ValueError, match=r"Causal weights follow time, and this problem has only x: choose"):
        Causal().init(Objective(space, problem.conditions, device_mesh(1)))


MISTAKES: dict[str, tuple[Any, str]] = {
    **{
        f"{kind.__name__} {every!r}": (lambda k=kind, e=every: k(every=e), r"every must be a number of steps")
        for kind in (GradientNorm, TangentKernel, Causal)
        for every in (0, -1, 2.5, True)
    },
    "smoothing of one": (lambda: GradientNorm(smoothing=1.0), r"smoothing must lie in \[0, 1\), got 1\.0"),
    "negative smoothing": (lambda: GradientNorm(smoothing=-0.1), r"smoothing must lie in"),
    "word for a smoothing": (lambda: GradientNorm(smoothing="0.9"), r"smoothing must lie in .* got '0\.9'"),
    "word for terms": (lambda: Causal(terms="even"), r"terms must be a weighting of terms.* got 'even'"),
    "one slice": (lambda: Causal(slices=1), r"slices must be a whole number of at least 2, got 1"),
    "no tolerance": (lambda: Causal(tolerance=()), r"tolerance must be a number above 0, or a tuple"),
    "tolerance of zero": (lambda: Causal(tolerance=0.0), r"tolerance must be a number above 0.*got 0\.0"),
    "causal twice": (lambda: Causal(terms=Causal()), r"terms must be a weighting of terms"),
    "weight of zero": (
        lambda: Constant({"pde": 0.0}),
        r"weight of pde must be a finite number above 0, got 0",
    ),
    "weight not a number": (lambda: Constant({"pde": "big"}), r"weight of pde must be .* got 'big'"),
    "infinite weight": (lambda: Constant(np.inf), r"weight of all must be a finite number above 0, got inf"),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wals", r"weights name 'wals', which is no term or condition\. Did you mean 'walls'\?"),
        ("pde.rael", r"Did you mean 'pde\.real'\?"),
        ("zzz", r"Known here: pde, pde\.real, pde\.imag, walls"),
    ],
)
def test_a_wrong_name_is_refused_with_the_known_ones(
    name: str, message: str, setting: SimpleNamespace
) -> None:
    with pytest.raises(ValueError, match=message):
        Constant({name: 1.0}).init(setting.objective)
