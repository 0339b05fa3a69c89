"""What dynamical layers are compared with: contracts of all, and the identity of each."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.nn import continuous as depth
from lawful.nn import schemes
from lawful.nn.continuous._base import AbstractMap, AbstractModel, trained

X = jnp.asarray(np.random.default_rng(0).normal(size=(6, 4)))
KEY = jax.random.key(1)
MODELS: dict[str, tuple[AbstractModel, int]] = {  # and its number of parameters from 4 columns to 2
    "FeedForward": (depth.FeedForward((5, 3), "tanh"), 4 * 5 + 5 + 5 * 3 + 3 + 3 * 2 + 2),
    "ResNet": (depth.ResNet(5, 3, 2), 25 + 2 * (5 * 3 + 3 + 3 * 5 + 5) + 12),
    "NeuralODE": (depth.NeuralODE(5, 3), 25 + (5 * 3 + 3 + 3 * 5 + 5) + 12),
    "CfC": (depth.CfC(5, 6), (9 * 6 + 6) + 4 * (6 * 5 + 5) + 12),
    "CfC no_gate": (depth.CfC(5, 6, "no_gate"), (9 * 6 + 6) + 4 * (6 * 5 + 5) + 12),
    "CfC pure": (depth.CfC(5, 6, "pure"), (9 * 6 + 6) + (6 * 5 + 5) + 10 + 12),
    "DeepEquilibrium": (depth.DeepEquilibrium(5, tolerance=1e-12, limit=60), 25 + 25 + 12),
    "DynPMNN": (depth.DynPMNN((5, 3)), 25 + 4 * 5 + 18 + 4 * 3 + 8),
}


def made(name: str, dtype: Any = jnp.float64) -> AbstractMap:
    return MODELS[name][0].build(4, 2, key=KEY, dtype=dtype)


@pytest.mark.parametrize("name", MODELS)
def test_the_contract_of_a_model(name: str) -> None:
    model, count = MODELS[name]
    net = made(name, jnp.float32)
    assert net(X.astype(jnp.float32)).dtype == jnp.float32
    assert net(X.astype(jnp.float32)).shape == (6, 2)
    assert depth.count_parameters(net) == count
    again, other = (model.build(4, 2, key=jax.random.key(k), dtype=jnp.float32) for k in (1, 2))
    np.testing.assert_array_equal(jax.tree.leaves(again)[0], jax.tree.leaves(net)[0])
    assert not np.array_equal(jax.tree.leaves(other)[0], jax.tree.leaves(net)[0])
    assert depth.count_parameters(net.refined(4)) == count


@pytest.mark.parametrize("name", ["NeuralODE", "ResNet", "DeepEquilibrium", "CfC", "CfC pure"])
def test_gradients_against_differences(name: str) -> None:
    moving, rest = trained(made(name))
    value = jax.jit(lambda moving: jnp.sum(jnp.sin(eqx.combine(moving, rest)(X))))
    rng = np.random.default_rng(1)
    direction = jax.tree.map(lambda a: jnp.asarray(rng.normal(size=a.shape)), moving)
    slope = jax.jit(jax.grad(value))(moving)
    along = sum(
        jnp.sum(g * d) for g, d in zip(jax.tree.leaves(slope), jax.tree.leaves(direction), strict=True)
    )
    up, down = (
        value(jax.tree.map(lambda a, d, s=s: a + s * 1e-5 * d, moving, direction)) for s in (1.0, -1.0)
    )
    assert float(along) == pytest.approx(float(up - down) / 2e-5, rel=1e-6)


def test_points_do_not_see_each_other() -> None:
    for name in MODELS:
        net = made(name)
        np.testing.assert_allclose(net(X)[2:3], net(X[2:3]), rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_residual_network_is_eulers_method() -> None:
    """One block is one Euler step of length 1 of the neural ODE with the same weights, written out by NumPy."""
    block = depth.ResNet(5, 3, 1).build(4, 2, key=KEY, dtype=jnp.float64)
    euler = depth.NeuralODE(5, 3, scheme=schemes.ExplicitEuler(), steps=1)
    flow = euler.build(4, 2, key=jax.random.key(9), dtype=jnp.float64)
    flow = eqx.tree_at(
        lambda m: (m.lift, m.branch, m.readout), flow, (block.lift, block.branches[0], block.readout)
    )
    np.testing.assert_array_equal(flow(X), block(X))
    z = np.asarray(X) @ block.lift.weight + block.lift.bias[None]
    branch = block.branches[0]
    z = z + np.tanh(z @ branch.first.weight + branch.first.bias[None]) @ branch.second.weight
    np.testing.assert_allclose(block(X), z @ block.readout.weight, rtol=1e-12)
    np.testing.assert_allclose(block.refined(3)(X), flow.refined(3)(X), rtol=1e-13)


def test_a_neural_ode_converges_to_its_flow() -> None:
    net: Any = made("NeuralODE")
    fine = net.refined(32)(X)
    errors = [float(jnp.abs(net.refined(n)(X) - fine).max()) for n in (1, 2)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.3)


def test_a_neural_ode_takes_a_solver_of_diffrax() -> None:
    own: Any = made("NeuralODE").refined(32)
    other = depth.NeuralODE(5, 3, scheme=schemes.Diffrax(rtol=1e-6, atol=1e-8))
    np.testing.assert_allclose(other.build(4, 2, key=KEY, dtype=jnp.float64)(X), own(X), atol=1e-4)


@pytest.mark.parametrize("name", ["CfC", "CfC no_gate", "CfC pure"])
def test_a_closed_form_is_no_flow(name: str) -> None:
    """Twice half the time is not the time: what the cell states is no solution of a differential equation."""
    net: Any = made(name)
    whole, halves, quarters = (np.asarray(net.refined(n)(X)) for n in (1, 2, 4))
    assert np.abs(halves - whole).max() > 1e-3
    assert np.abs(quarters - halves).max() > 1e-3


def test_anderson_solves_linear_equations_as_quickly_as_gmres() -> None:
    """z = A z + b in three dimensions: at most 3 + 2 steps; the bare iteration needs hundreds."""
    a = jnp.asarray([[0.9, 0.1, 0.0], [-0.2, 0.7, 0.1], [0.0, 0.3, 0.5]])
    b = jnp.asarray([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]])
    found = depth.anderson(lambda z: z @ a.T + b, jnp.zeros((2, 3)), tolerance=1e-9, limit=50)
    np.testing.assert_allclose(found.z, np.linalg.solve(np.eye(3) - a, b.T).T, rtol=1e-6)
    assert int(found.steps) <= 8


def test_an_equilibrium_is_relaxation_after_a_long_time() -> None:
    net: Any = made("DeepEquilibrium")
    layer = depth.DynamicalLayer(5, depth.Relaxation(), horizon=60.0, steps=120)
    flow = layer.build(4, key=KEY, dtype=jnp.float64)
    flow = eqx.tree_at(lambda f: (f.wiring.current, f.dynamics["W"]), flow, (net.drive, net.coupling))
    np.testing.assert_allclose(net.hidden(X), flow(X), atol=1e-10)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: depth.CfC(mode="nogate"), r"mode 'nogate' is not known\. Did you mean 'no_gate'\?"),
        (lambda: depth.NeuralODE(horizon=-1.0), r"horizon must be a time above 0, got -1\.0"),
        (lambda: depth.ResNet(blocks=0), r"blocks must be a whole number of at least 1, got 0"),
        (lambda: depth.FeedForward(activation="rleu"), r"activation 'rleu' is not known"),
        (lambda: depth.DeepEquilibrium(tolerance=0.0), r"tolerance must be a finite number above 0"),
        (lambda: made("ResNet").refined(0), r"factor must be a whole number of at least 1, got 0"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_what_is_wrong_is_said(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
