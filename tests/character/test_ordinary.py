"""Ordinary differential equations solved for their highest derivatives, and what the pilot integration tells."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful import problems
from lawful.character import Motion, classify
from lawful.character.first_order import FirstOrder
from lawful.character.ordinary import motion_of


def ode(law, fields="u", end=1.0, **starts):
    conditions = {"ode": lw.Interior(law)}
    conditions |= {name: lw.Initial(start) for name, start in starts.items()}
    return lw.Problem(lw.Time(t=(0, end)), fields, conditions)


def pendulum(end=20.0, angle=1.0):
    return ode(
        lambda u: 3 * u.tt + 3 * jnp.sin(u), end=end, start=lambda u: u - angle, rate=lambda u: u.t - 0.5
    )


def lorenz(rho, end=20.0):
    def law(u, v, w):
        return {"u": u.t - 10 * (v - u), "v": v.t - u * (rho - w) + v, "w": w.t - u * v + 8 / 3 * w}

    return ode(law, "u v w", end, start=lambda u, v, w: {"u": u - 1.0, "v": v - 1.0, "w": w - 1.0})


def robertson(end=1e4):
    def law(a, b, c):
        slow, fast, middle = 0.04 * a, 3e7 * b**2, 1e4 * b * c
        return {"a": a.t + slow - middle, "b": b.t - slow + middle + fast, "c": c.t - fast}

    return ode(law, "a b c", end, start=lambda a, b, c: {"a": a - 1.0, "b": b, "c": c})


def van_der_pol(mu, end):
    return ode(
        lambda u: u.tt - mu * (1 - u**2) * u.t + u, end=end, start=lambda u: u - 2.0, rate=lambda u: u.t
    )


def logistic(end):
    return ode(lambda u: u.t - u * (1 - u**2), end=end, start=lambda u: u - 0.1)


def nonlinear(problem) -> Motion:
    """The motion of a law that is not linear and does not ask for time."""
    motion = motion_of(problem, linear=False, autonomous=True)
    assert motion is not None
    return motion


def test_the_rate_and_the_start_of_a_second_order_law():
    system = FirstOrder(pendulum())
    y = np.array([0.3, -0.7])
    assert np.asarray(system.rate(0.0, y)) == pytest.approx([-0.7, -math.sin(0.3)])
    assert np.asarray(system.jacobian(0.0, y)) == pytest.approx(np.array([[0, 1], [-math.cos(0.3), 0]]))
    assert system.start() == pytest.approx([1.0, 0.5])


def test_laws_may_be_implicit_in_their_derivatives_and_have_algebraic_fields():
    """exp(u') = 1 + v with v = u^2: u' = log(1 + u^2)."""
    problem = ode(lambda u, v: {"a": jnp.exp(u.t) - 1 - v, "b": v - u**2}, "u v", start=lambda u: u - 1.0)
    system = FirstOrder(problem)
    y = np.array([1.5])
    assert np.asarray(system.rate(0.0, y)) == pytest.approx([math.log(1 + 1.5**2)])
    assert np.asarray(system.jacobian(0.0, y)) == pytest.approx(np.array([[2 * 1.5 / (1 + 1.5**2)]]))


@pytest.mark.parametrize("k", [2.5, 1000.0])
def test_stiffness_of_a_decay_is_its_rate_times_the_time(k):
    motion = classify(problems.decay(k=k)).motion
    assert motion.followed
    assert motion.stiffness == pytest.approx(2 * k)
    assert motion.periods == 0
    assert motion.chaos == 0


def test_periods_of_an_oscillator():
    motion = classify(problems.oscillator(omega=7.0, zeta=0.0)).motion
    assert motion.periods == pytest.approx(7 * 5 / (2 * math.pi))
    assert motion.reach == pytest.approx(7 * 5)
    assert motion.stiffness == pytest.approx(0, abs=1e-6)


def test_stiff_systems():
    motion = nonlinear(robertson())
    assert motion.stiffness > 1e6
    assert motion.rate_range > 1e4
    assert nonlinear(van_der_pol(1000.0, 2000.0)).stiffness > 1e5


@pytest.mark.parametrize("problem", [van_der_pol(1.0, 20.0), pendulum(), logistic(10.0)])
def test_mild_systems(problem):
    motion = nonlinear(problem)
    assert motion.stiffness < 100
    assert motion.rest
    assert motion.chaos == 0  # neither a line nor a plane has room for it


def test_chaos_is_told_from_order():
    chaotic, settling = nonlinear(lorenz(28.0)), nonlinear(lorenz(10.0))
    assert chaotic.chaos > 8
    assert chaotic.stiffness < 100
    assert settling.chaos < 1


def test_no_rest():
    assert not nonlinear(ode(lambda u: u.t - 1 - u**2, start=lambda u: u)).rest
    forced = classify(ode(lambda u, t: u.t + u - t, start=lambda u: u - 1))
    assert not forced.autonomous
    assert not forced.motion.rest


def test_where_the_integration_cannot_get_through_states_are_sampled():
    """u' = u^2 from 1 is infinite at t = 1."""
    assert not nonlinear(ode(lambda u: u.t - u**2, end=2.0, start=lambda u: u - 1)).followed


def test_without_as_many_laws_as_fields_nothing_is_integrated():
    conditions = {
        "ode": lw.Interior(lambda u, k: u.t + k * u),
        "start": lw.Initial(lambda u: u - 1),
        "seen": lw.Data(t=[0.1, 0.2], u=[0.9, 0.8]),
    }
    assert classify(lw.Problem(lw.Time(t=(0, 1)), "u k", conditions)).motion is None
