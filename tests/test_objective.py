"""The waist: chunked and sharded sums equal the plain formula."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh

import lawful as lw
from lawful.objective import AXIS, Objective
from lawful.points import PointSets
from lawful.trial import TrialSpace

COUNTS = {"pde": 300, "walls": 21, "start": 17}


def plain_parts(weights=(1.0, 2.0, 3.0), devices=1):
    """Heat with soft walls, so that there are three terms, over an awkward number of points."""
    problem = lw.Problem(
        lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
        "u",
        {
            "pde": lw.Interior(lambda u: u.t + u * u.x - 0.3 * u.xx),
            "walls": lw.Boundary(lambda u: u, on="x"),
            "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        },
        ansatz={"u": lambda u: u},
    )
    space = TrialSpace(problem, lw.nn.MLP(7, 2), key=jax.random.key(1), dtype=jnp.float64)
    mesh = Mesh(np.asarray(jax.devices()[:devices]), (AXIS,))
    objective = Objective(space, problem.conditions, mesh)
    batches = PointSets(problem, problem.conditions, lw.sampling.Uniform(), COUNTS, seed=3).first()
    return objective, batches, objective.replicate(jnp.asarray(weights))


def plain_residuals(objective, batches, theta):
    """By nested differentiation of the network as a plain function."""
    space = objective.space
    tree = space.tree(theta)

    def u(x):
        return space.values(tree, x[None])["u"][0]

    def parts(x):
        du, ddu = jax.grad(u)(x), jax.hessian(u)(x)
        return u(x), du, ddu

    def law(x):
        value, du, ddu = parts(x)
        return du[1] + value * du[0] - 0.3 * ddu[0, 0]

    at = {name: jnp.asarray(b["points"][:, 0]) for name, b in batches.items()}
    return {
        "pde": jax.vmap(law)(at["pde"]),
        "walls": jax.vmap(u)(at["walls"]),
        "start": jax.vmap(u)(at["start"]) - jnp.sin(jnp.pi * at["start"][:, 0]),
    }


def plain_loss(objective, batches, weights):
    def loss(theta):
        r = plain_residuals(objective, batches, theta)
        return sum(w * jnp.mean(r[t] ** 2) for w, t in zip(weights, objective.terms, strict=True))

    return loss


@pytest.mark.parametrize("devices", [1, 2])
@pytest.mark.parametrize("chunk", [64, 10_000])
def test_value_and_gradient_equal_the_plain_formula(devices, chunk, monkeypatch):
    if len(jax.devices()) < devices:
        pytest.skip("one device only")
    monkeypatch.setattr(Objective, "_chunk", lambda self, name: chunk)
    objective, batches, weights = plain_parts(devices=devices)
    theta = objective.replicate(objective.space.initial)
    value, grad, squares = objective.jitted.value_and_grad(theta, objective.place(batches), weights)
    loss = plain_loss(objective, batches, (1.0, 2.0, 3.0))
    expected, slope = jax.jit(jax.value_and_grad(loss))(objective.space.initial)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(grad, slope, rtol=1e-9, atol=1e-12)
    residuals = plain_residuals(objective, batches, objective.space.initial)
    expected_squares = [jnp.mean(residuals[t] ** 2) for t in objective.terms]
    np.testing.assert_allclose(squares, jnp.stack(expected_squares), rtol=1e-12)


def test_jacobian_gauss_newton_and_traces_agree():
    objective, batches, weights = plain_parts()
    data, theta = objective.place(batches), objective.replicate(objective.space.initial)
    value, grad, squares = objective.jitted.value_and_grad(theta, data, weights)
    rows, r = objective.jitted.jacobian(theta, data, weights)
    hessian, slope, _ = jax.jit(objective.gauss_newton)(theta, data, weights)
    np.testing.assert_allclose(r @ r, value, rtol=1e-12)
    np.testing.assert_allclose(2 * rows.T @ r, grad, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(rows.T @ rows, hessian, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(rows.T @ r, slope, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        weights @ objective.jitted.kernel_traces(theta, data), jnp.sum(rows**2), rtol=1e-10
    )
    gradients = objective.jitted.term_gradients(theta, data)
    np.testing.assert_allclose(weights @ gradients, grad, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(objective.jitted.mean_squares(theta, data), squares, rtol=1e-12)


def test_residuals_come_in_the_order_of_the_points():
    objective, batches, _ = plain_parts(devices=min(2, len(jax.devices())))
    theta = objective.replicate(objective.space.initial)
    found = objective.jitted.residuals(theta, objective.place(batches))
    expected = plain_residuals(objective, batches, objective.space.initial)
    for term, values in expected.items():
        np.testing.assert_allclose(np.asarray(found[term])[: len(values)], values, rtol=1e-9, atol=1e-12)
