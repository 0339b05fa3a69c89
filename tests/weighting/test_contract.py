"""Contract over the exported weighting strategies."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.objective import Objective, device_mesh
from lawful.points import PointSets
from lawful.trial import TrialSpace
from lawful.weighting import AbstractWeighting

STRATEGIES = [
    kind
    for kind in vars(lw.weighting).values()
    if isinstance(kind, type) and issubclass(kind, AbstractWeighting) and kind is not AbstractWeighting
]


@pytest.fixture(scope="module")
def setting():
    problem = lw.Problem(
        lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
        "u",
        {
            "pde": lw.Interior(lambda u: u.t - 50 * u.xx),
            "walls": lw.Boundary(lambda u: u, on="x"),
            "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        },
        ansatz={"u": lambda u: u},
    )
    space = TrialSpace(problem, lw.nn.MLP(6, 2), key=jax.random.key(0), dtype=jnp.float64)
    objective = Objective(space, problem.conditions, device_mesh(1))
    counts = {"pde": 64, "walls": 16, "start": 16}
    data = objective.place(PointSets(problem, problem.conditions, lw.sampling.Sobol(), counts, 0).first())
    return objective, data, objective.replicate(space.initial)


@pytest.mark.parametrize("kind", STRATEGIES)
def test_weights_are_finite_positive_and_repeatable(kind, setting):
    objective, data, theta = setting
    strategy = kind()
    runs = []
    for _ in range(2):
        memory, weights, pointwise = strategy.update(strategy.init(objective), objective, theta, data, 0)
        assert weights.shape == (3,)
        assert np.isfinite(weights).all()
        assert (weights > 0).all()
        assert all(isinstance(v, np.ndarray) for v in memory.values())
        for name, factor in pointwise.items():
            assert factor.shape == data[name]["weight"].shape
            assert ((factor >= 0) & (factor <= 1)).all()
        runs.append(weights)
    np.testing.assert_array_equal(*runs)


def test_initial_normalisation_makes_every_term_equal(setting):
    objective, data, theta = setting
    strategy = lw.weighting.InitialNormalisation()
    _, weights, _ = strategy.update(strategy.init(objective), objective, theta, data, 0)
    shares = weights * np.asarray(objective.jitted.mean_squares(theta, data))
    np.testing.assert_allclose(shares, shares[0], rtol=1e-9)


def test_tangent_kernel_makes_every_trace_equal(setting):
    objective, data, theta = setting
    strategy = lw.weighting.TangentKernel()
    _, weights, _ = strategy.update(strategy.init(objective), objective, theta, data, 0)
    shares = weights * np.asarray(objective.jitted.kernel_traces(theta, data))
    np.testing.assert_allclose(shares, shares[0], rtol=1e-9)


def test_gradient_norm_makes_every_gradient_equal(setting):
    objective, data, theta = setting
    strategy = lw.weighting.GradientNorm()
    _, weights, _ = strategy.update(strategy.init(objective), objective, theta, data, 0)
    norms = np.linalg.norm(np.asarray(objective.jitted.term_gradients(theta, data)), axis=1)
    np.testing.assert_allclose(weights * norms, (weights * norms)[0], rtol=1e-9)


def test_causal_weights_fall_with_time(setting):
    objective, data, theta = setting
    strategy = lw.weighting.Causal()
    _, _, pointwise = strategy.update(strategy.init(objective), objective, theta, data, 0)
    times = np.asarray(data["pde"]["points"])[:, 0, 1]
    factors = pointwise["pde"][np.argsort(times)]
    assert (np.diff(factors) <= 1e-12).all()
    assert factors[-1] < factors[0]


def test_constant_names_are_checked(setting, unchecked):
    with pytest.raises(ValueError, match="no term or condition"):
        lw.weighting.Constant(weights={"pda": 2.0}).init(setting[0])
    with pytest.raises(ValueError, match="above 0"):
        lw.weighting.Constant(weights=-1.0)
