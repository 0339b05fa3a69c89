"""Flows of the archetypes: eigenfunctions, closed forms, groups, and what is conserved."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful import problems
from lawful.spectral import Flow, Periodic, Sine, advection, flow, heat, nodes, schrodinger, wave

CIRCLE, BAR = Periodic(2.0), Sine(1.5)
SPACES = [
    pytest.param((15,), CIRCLE, id="circle, odd"),
    pytest.param((16,), CIRCLE, id="circle, even"),
    pytest.param((15,), BAR, id="bar"),
    pytest.param((12, 15), CIRCLE, id="torus"),
    pytest.param((15, 11), BAR, id="membrane"),
    pytest.param((12, 11), (CIRCLE, BAR), id="annulus"),
    pytest.param((11, 12), (BAR, CIRCLE), id="annulus, turned"),
    pytest.param((6, 7, 5), (CIRCLE, BAR, CIRCLE), id="three dimensions"),
]
over_spaces = pytest.mark.parametrize(("shape", "on"), SPACES)
FLOWS: dict[str, Callable[[np.ndarray, Any], Flow]] = {
    "heat": lambda u, on: heat(u, alpha=0.3, on=on),
    "schrodinger": lambda u, on: schrodinger(u, D=0.7, on=on),
}


def noise(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def eigenfunction(shape: tuple[int, ...], on: Any, mode: int) -> tuple[np.ndarray, float]:
    """A product of waves of one wavenumber each, and its |k|^2."""
    axes = on if isinstance(on, tuple) else (on,) * len(shape)
    value, total = np.ones(shape), 0.0
    for axis, x in zip(axes, nodes(*shape, on=on), strict=True):
        k = mode * math.pi / axis.length * (2 if axis.periodic else 1)
        value = value * (np.cos(k * x + 0.4) if axis.periodic else np.sin(k * x))
        total += k**2
    return value, total


@over_spaces
@pytest.mark.parametrize("mode", [1, 2])
def test_eigenfunctions_are_multiplied(shape: tuple[int, ...], on: Any, mode: int) -> None:
    u0, k2 = eigenfunction(shape, on, mode)
    t = 0.03
    assert np.abs(heat(u0, alpha=0.3, on=on)(t) - math.exp(-0.3 * k2 * t) * u0).max() <= 1e-13
    assert np.abs(schrodinger(u0, D=0.7, on=on)(t) - np.exp(-0.7j * k2 * t) * u0).max() <= 1e-13
    vibration = wave(u0, 2 * u0, c=1.3, on=on)
    omega = 1.3 * math.sqrt(k2)
    expected = math.cos(omega * t) + 2 * math.sin(omega * t) / omega
    assert np.abs(vibration(t) - expected * u0).max() <= 1e-13
    velocity = 2 * math.cos(omega * t) - omega * math.sin(omega * t)
    assert np.abs(vibration.rate(t) - velocity * u0).max() <= 1e-12


@over_spaces
@pytest.mark.parametrize("name", FLOWS)
def test_flows_compose(name: str, shape: tuple[int, ...], on: Any) -> None:
    """S(t) S(s) = S(t + s), from any values at the nodes."""
    u = FLOWS[name](noise(shape), on)
    assert np.abs(FLOWS[name](np.asarray(u(0.02)), on)(0.05) - u(0.07)).max() <= 1e-13
    assert np.abs(u(0.0) - noise(shape)).max() <= 1e-14


@over_spaces
def test_a_wave_turns_back(shape: tuple[int, ...], on: Any) -> None:
    u0, v0 = noise(shape), noise(shape, 1)
    u = wave(u0, v0, c=1.3, on=on)
    back = wave(u(0.4), u.rate(0.4), c=1.3, on=on)
    assert np.abs(back(-0.4) - u0).max() <= 1e-12
    assert np.abs(back.rate(-0.4) - v0).max() <= 1e-10


def test_a_moving_mean_moves_on() -> None:
    u = wave(np.zeros((8, 6)), np.full((8, 6), 3.0), c=1.0, on=CIRCLE)
    assert np.abs(u(2.5) - 7.5).max() <= 1e-14
    assert np.abs(u.rate(2.5) - 3.0).max() <= 1e-14


@over_spaces
def test_probability_is_conserved_and_time_reversed(shape: tuple[int, ...], on: Any) -> None:
    psi0 = noise(shape) + 1j * noise(shape, 1)
    psi = schrodinger(psi0, on=on)
    before = np.sum(np.abs(psi0) ** 2)
    assert abs(np.sum(np.abs(psi(3.0)) ** 2) / before - 1) <= 1e-13
    assert np.abs(schrodinger(np.asarray(psi(3.0)), on=on)(-3.0) - psi0).max() <= 1e-12


def test_heat_on_a_circle_keeps_its_mass_and_forgets_the_rest() -> None:
    u0 = noise((16, 15))
    u = heat(u0, alpha=0.3, on=CIRCLE)
    assert abs(float(u(0.1).mean()) - u0.mean()) <= 1e-15
    assert np.abs(u(100.0) - u0.mean()).max() <= 1e-14


@pytest.mark.parametrize("count", [15, 16])
@pytest.mark.parametrize("t", [0.3, -1.7])
def test_advection_between_the_nodes_is_exact(count: int, t: float) -> None:
    (x,) = nodes(count, on=CIRCLE)

    def start(x: np.ndarray) -> np.ndarray:
        return sum(np.cos(math.pi * m * x + m) / m for m in range(1, 8)) + 0.5

    assert np.abs(advection(start(x), c=0.7, on=CIRCLE)(t) - start(x - 0.7 * t)).max() <= 1e-13


def test_advection_in_a_plane_and_back() -> None:
    x, y = nodes(14, 12, on=(CIRCLE, Periodic(3.0)))

    def start(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.sin(2 * math.pi * x + math.pi * 2 / 3 * y) + np.cos(math.pi * 8 / 3 * y - 1)

    for kind in (1.0, 1.0 + 2.0j):
        u = advection(kind * start(x, y), c=(0.7, -0.4), on=(CIRCLE, Periodic(3.0)))
        moved = kind * start(x - 0.35, y + 0.2)
        assert np.abs(u(0.5) - moved).max() <= 1e-13
        assert (
            np.abs(advection(moved, c=(0.7, -0.4), on=(CIRCLE, Periodic(3.0)))(-0.5) - u(0.0)).max() <= 1e-13
        )


def test_the_shortest_wave_stands() -> None:
    """cos(k (x - c t)) on nodes where sin(k x) = 0: real, symmetric, and the same for both directions."""
    u0 = (-1.0) ** np.arange(16)
    k = 8 * math.pi
    for c in (0.7, -0.7):
        u = advection(u0, c=c, on=CIRCLE)
        assert np.abs(u(0.05) - math.cos(k * 0.7 * 0.05) * u0).max() <= 1e-14
    rounds = advection(noise((16,)), c=0.5, on=CIRCLE)
    assert np.abs(rounds(4.0) - noise((16,))).max() <= 1e-12
    complex_ones = advection(u0 + 0j, c=0.7, on=CIRCLE)(0.05)
    assert np.abs(complex_ones - math.cos(k * 0.7 * 0.05) * u0).max() <= 1e-14


@pytest.mark.parametrize("name", FLOWS)
def test_a_bar_is_half_of_an_odd_circle(name: str) -> None:
    values = noise((11,))
    odd = np.concatenate([[0.0], values, [0.0], -values[::-1]])
    bar, circle = FLOWS[name](values, Sine(1.5)), FLOWS[name](odd, Periodic(3.0))
    assert np.abs(bar(0.01) - circle(0.01)[1:12]).max() <= 1e-14


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("heat", lambda x, u: heat(u["u"], alpha=0.4, on=Sine(1.0))),
        ("advection", lambda x, u: advection(u["u"], c=1.0, on=Periodic(2 * math.pi))),
        ("schrodinger_box", lambda x, u: schrodinger(u["u"] + 1j * u["v"], on=Sine(1.0))),
    ],
)
def test_the_catalogue_agrees(name: str, make: Callable[..., Flow]) -> None:
    problem = vars(problems)[name]()
    on = Periodic(2 * math.pi) if name == "advection" else Sine(1.0)
    (x,) = nodes(31, on=on)
    fields = tuple(problem.fields)
    u = make(x, problem.reference.evaluate({"x": x, "t": 0 * x}, fields).values)
    for t in (0.1, 0.5):
        truth = problem.reference.evaluate({"x": x, "t": 0 * x + t}, fields).values
        found = u(t)
        assert np.abs(found.real - truth["u"]).max() <= 1e-13
        assert np.abs(found.imag - truth.get("v", 0)).max() <= 1e-13


@pytest.mark.parametrize("name", FLOWS)
def test_a_row_of_times_is_a_row_of_fields(name: str) -> None:
    u, t = FLOWS[name](noise((12, 11)), (CIRCLE, BAR)), np.array([0.0, 0.01, 0.3])
    assert u(t).shape == (3, 12, 11)
    for i, s in enumerate(t):
        assert np.abs(u(t)[i] - u(s)).max() <= 1e-15
        assert np.abs(u.rate(t)[i] - u.rate(s)).max() <= 1e-11
    assert u(t[:0]).shape == (0, 12, 11)


def test_the_rate_is_the_law() -> None:
    u0, k2 = eigenfunction((12, 15), CIRCLE, 2)
    u = heat(u0, alpha=0.3, on=CIRCLE)
    assert np.abs(u.rate(0.02) + 0.3 * k2 * u(0.02)).max() <= 1e-12


@over_spaces
def test_single_precision_stays_single(shape: tuple[int, ...], on: Any) -> None:
    for make in FLOWS.values():
        single, double = make(noise(shape).astype(np.float32), on), make(noise(shape), on)
        assert single(0.3).dtype in (np.float32, np.complex64)
        assert double(0.3).dtype in (np.float64, np.complex128)
        # phases of some thousands, which single precision would miss by 1e-4
        assert np.abs(single(30.0) - double(30.0)).max() <= 3e-6


def test_nothing_is_compiled_twice() -> None:
    """Other times, parameters and starts take the compiled function that is there."""
    heat(noise((9, 8)), alpha=0.3, on=CIRCLE)(0.1)
    compiled = [f._cache_size() for f in (flow._forward, flow._factors, flow._spectrum, flow._backward)]
    for seed, (alpha, t) in enumerate([(0.3, 0.2), (0.4, 1.0), (1, 2), (np.float64(0.1), np.float64(3))]):
        heat(noise((9, 8), seed), alpha=alpha, on=Periodic(2.0))(t)
    assert compiled == [
        f._cache_size() for f in (flow._forward, flow._factors, flow._spectrum, flow._backward)
    ]


def test_flows_are_differentiable() -> None:
    u0, k2 = eigenfunction((15,), BAR, 2)

    def energy(alpha: Any) -> Any:
        return jnp.sum(heat(u0, alpha=alpha, on=BAR)(0.1) ** 2)

    expected = -0.2 * k2 * float(energy(0.3))
    assert abs(float(jax.grad(energy)(0.3)) / expected - 1) <= 1e-12
