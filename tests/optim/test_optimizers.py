"""Contract over all exported optimizers, and what each is known for."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful import optim
from lawful.optim import AbstractOptimizer, Chain, Waist, phases_of
from lawful.optim.line_search import wolfe_search

OPTIMIZERS = [
    getattr(optim, name)
    for name in dir(optim)
    if isinstance(getattr(optim, name), type)
    and issubclass(getattr(optim, name), AbstractOptimizer)
    and getattr(optim, name) is not AbstractOptimizer
]


def least_squares(residual):
    """A waist of |r(theta)|^2."""

    def jacobian(theta):
        return jax.jacfwd(residual)(theta), residual(theta)

    def value_and_grad(theta):
        rows, r = jacobian(theta)
        return r @ r, 2 * rows.T @ r, (r @ r)[None]

    def gauss_newton(theta):
        rows, r = jacobian(theta)
        return rows.T @ rows, rows.T @ r, (r @ r)[None]

    return Waist(value_and_grad, gauss_newton, jacobian)


def rosenbrock(theta):
    return jnp.concatenate([10 * (theta[1:] - theta[:-1] ** 2), 1 - theta[:-1]])


def linear(theta):
    rows = np.random.default_rng(0).standard_normal((12, 5))
    return jnp.asarray(rows) @ theta - jnp.arange(12.0)


def run(optimizer, waist, theta, steps):
    state = optimizer.init(waist, theta)
    step = jax.jit(lambda s: optimizer.step(waist, s))
    values = [float(state.value)]
    for _ in range(steps):
        if int(state.status):
            break
        state = step(state)
        values.append(float(state.value))
    return state, values


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_reaches_the_least_squares_solution(kind):
    waist = least_squares(linear)
    optimizer = kind(learning_rate=0.05) if kind is optim.Adam else kind()
    state, _ = run(optimizer, waist, jnp.zeros(5), 3000 if kind is optim.Adam else 200)
    rows, r = waist.jacobian(jnp.zeros(5))
    exact = np.linalg.lstsq(np.asarray(rows), -np.asarray(r), rcond=None)[0]
    np.testing.assert_allclose(state.theta, exact, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [optim.SSBroyden, optim.LBFGS, optim.LevenbergMarquardt])
def test_solves_a_curved_valley_monotonically(kind):
    state, values = run(kind(), least_squares(rosenbrock), jnp.full(6, -0.5), 500)
    np.testing.assert_allclose(state.theta, 1.0, rtol=1e-6)
    assert all(b <= a for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("kind", [optim.SSBroyden, optim.LBFGS])
def test_quasi_newton_converges_superlinearly(kind):
    _, values = run(kind(), least_squares(rosenbrock), jnp.full(4, 0.7), 100)
    falls = [b / a for a, b in itertools.pairwise(values) if a > 1e-18]
    assert min(falls[-3:]) < 5e-2


def test_ssbroyden_inverse_is_symmetric_and_keeps_the_secant_equation():
    waist = least_squares(rosenbrock)
    optimizer = optim.SSBroyden()
    old = optimizer.init(waist, jnp.full(5, 0.3))
    for _ in range(8):
        new = optimizer.step(waist, old)
        h = new.memory.inverse
        np.testing.assert_allclose(h, h.T, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(h @ (new.grad - old.grad), new.theta - old.theta, rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(new.memory.newton, -h @ new.grad, rtol=1e-7, atol=1e-10)
        old = new


def test_line_search_meets_both_wolfe_conditions():
    waist = least_squares(rosenbrock)
    theta = jnp.asarray([-1.2, 1.0, 0.5])
    value, grad, _ = waist.value_and_grad(theta)
    for length in (1e-6, 1e-3, 1.0, 100.0):
        found = wolfe_search(waist, theta, value, grad, -grad, jnp.asarray(length))
        slope = -grad @ grad
        assert found.ok
        assert found.value <= value + 1e-4 * found.length * slope
        assert found.grad @ -grad >= 0.9 * slope


def test_line_search_backs_off_from_values_that_are_not_finite():
    def value_and_grad(theta):
        value = -jnp.log(1 - theta[0]) - theta[0] * 3
        return value, jnp.stack([1 / (1 - theta[0]) - 3]), value[None]

    waist = least_squares(linear)._replace(value_and_grad=value_and_grad)
    theta = jnp.zeros(1)
    value, grad, _ = value_and_grad(theta)
    found = wolfe_search(waist, theta, value, grad, -grad, jnp.asarray(5.0))
    assert found.ok
    assert found.theta[0] < 1


def test_adam_stops_at_a_value_that_is_not_finite_and_keeps_the_last_iterate():
    def value_and_grad(theta):
        value = jnp.where(theta[0] > 0.5, jnp.nan, theta[0])
        return value, -jnp.ones(1), value[None]

    waist = least_squares(linear)._replace(value_and_grad=value_and_grad)
    state, _ = run(optim.Adam(learning_rate=0.2), waist, jnp.zeros(1), 10)
    assert int(state.status) == 3
    assert float(state.theta[0]) <= 0.5


def test_schedules():
    cosine, step = optim.CosineDecay(1e-2, 1e-4, 100), optim.StepDecay((1.0, 0.1), (10,))
    assert float(cosine(0)) == pytest.approx(1e-2)
    assert float(cosine(100)) == pytest.approx(1e-4)
    assert float(step(9)) == pytest.approx(1.0)
    assert float(step(10)) == pytest.approx(0.1)
    assert float(optim.ExponentialDecay(1.0, 0.5, 10)(20)) == pytest.approx(0.25)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_refuses_steps_that_are_no_positive_number(kind, unchecked):
    with pytest.raises(ValueError, match="steps must be a whole number"):
        kind(steps=0)


MISTAKES = {
    "word for a rate": (
        lambda: optim.Adam(learning_rate="1e-3"),
        r"learning_rate must be a finite .* got '1e-3'",
    ),
    "class for a rate": (
        lambda: optim.Adam(learning_rate=optim.CosineDecay),
        r"such as CosineDecay\(\); got <class",
    ),
    "no decay of a moment": (lambda: optim.Adam(b1=1.0), r"b1 must lie in \[0, 1\), got 1\.0"),
    "part of a pair": (
        lambda: optim.LBFGS(memory=2.5),
        r"memory must be a whole number of at least 1, got 2\.5",
    ),
    "word for a damping": (
        lambda: optim.LevenbergMarquardt(damping="1"),
        r"damping must be a finite number above 0",
    ),
    "negative ridge": (
        lambda: optim.LinearLeastSquares(ridge=-1.0),
        r"ridge must be a finite number of at least 0",
    ),
    "cosine of no steps": (
        lambda: optim.CosineDecay(steps=0),
        r"steps must be a whole number of at least 1, got 0",
    ),
    "cosine to a word": (
        lambda: optim.CosineDecay(end="0"),
        r"end must be a finite number of at least 0, got '0'",
    ),
    "decay at no step": (
        lambda: optim.ExponentialDecay(every=0),
        r"every must be a whole number of at least 1, got 0",
    ),
    "negative warm-up": (
        lambda: optim.ExponentialDecay(warmup=-1),
        r"warmup must be a whole number of at least 0",
    ),
    "one rate": (lambda: optim.StepDecay(rates=0.1), r"rates must be a tuple of numbers, got 0\.1"),
    "rate of zero": (
        lambda: optim.StepDecay((0.1, 0.0), (5,)),
        r"each of rates must be a finite number above 0",
    ),
    "part of a step": (
        lambda: optim.StepDecay((1.0, 0.1), (2.5,)),
        r"each of boundaries must be a whole number",
    ),
    "boundaries that fall": (lambda: optim.StepDecay((1.0, 0.1, 0.1), (5, 3)), r"boundaries must increase"),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_chain_and_its_refusals(unchecked):
    chain = Chain(optim.Adam(steps=5), optim.SSBroyden())
    assert [type(p).__name__ for p in phases_of(chain)] == ["Adam", "SSBroyden"]
    with pytest.raises(ValueError, match="empty"):
        Chain()
    with pytest.raises(TypeError, match="Chain takes optimizers"):
        Chain("adam")
    with pytest.raises(TypeError, match="optimizer must be one of"):
        phases_of("adam")
