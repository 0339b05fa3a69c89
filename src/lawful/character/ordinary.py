"""What an ordinary differential equation does from its start: stiffness, periods, chaos, rest."""

import functools
import math

import numpy as np

from ..problem import Problem
from .facts import Motion
from .first_order import SAMPLES, FirstOrder, follow, newton
from .states import laws

NUDGE, TIGHT = 1e-7, 1e-9
"""How far neighbours start from one another, relative to the size of the fields, and how well they are followed."""


def motion_of(problem: Problem, linear: bool, autonomous: bool) -> Motion | None:
    """What the equation does; None where the laws do not determine the highest derivatives."""
    terms = sum(len(bound.terms) for bound in laws(problem))
    system = FirstOrder(problem)
    if terms != len(problem.fields) or not system.size:
        return None
    lower, upper = (end[0] for end in problem.domain.bounds)
    start = system.start()
    path = follow(system, start, 1e-6) if start is not None else None
    followed = path is not None
    if path is None:
        states = np.random.default_rng(4).uniform(-1, 1, (SAMPLES, system.size)) * system.scales
        states = states if start is None else start + 0.1 * states
    else:
        states = path
    times = np.linspace(lower, upper, len(states))
    jacobians = np.stack([system.jacobian(t, y) for t, y in zip(times, states, strict=True)])
    if not np.isfinite(jacobians).all():
        return None
    eigenvalues = np.linalg.eigvals(jacobians)
    duration = upper - lower
    sizes = np.abs(eigenvalues)
    least = np.where(sizes > 1e-10 * sizes.max(initial=0.0), sizes, np.inf).min(axis=1)
    ratios = sizes.max(axis=1)[np.isfinite(least)] / least[np.isfinite(least)]
    return Motion(
        stiffness=float(max((-eigenvalues.real).max(initial=0.0), 0.0) * duration / _turns(states, followed)),
        rate_range=float(np.median(ratios)) if len(ratios) else 1.0,
        periods=float(np.abs(eigenvalues.imag).max(axis=1).mean() * duration / (2 * math.pi)),
        reach=float(sizes.max(axis=1).mean() * duration),
        chaos=_parting(system, start) if followed and _may_be_chaotic(system, linear, autonomous) else 0.0,
        rest=autonomous and _rests(system, states),
        followed=followed,
    )


def _turns(states: np.ndarray, followed: bool) -> float:
    """How often the solution crosses its own range: the total variation over the range, at least 1."""
    if not followed:
        return 1.0
    ranges = np.ptp(states, axis=0)
    variation = np.abs(np.diff(states, axis=0)).sum(axis=0)
    return max(1.0, float((variation / np.where(ranges > 0, ranges, np.inf)).max()))


def _may_be_chaotic(system: FirstOrder, linear: bool, autonomous: bool) -> bool:
    """Three dimensions of phase space are needed, time counted where the law asks for it, and a law not linear."""
    return not linear and system.size + (not autonomous) >= 3


def _parting(system: FirstOrder, start: np.ndarray | None) -> float:
    """e-foldings between two neighbours, at the end of the time."""
    assert start is not None
    own, other = (
        follow(system, start + shift * system.scales, TIGHT)
        for shift in (0.0, NUDGE / math.sqrt(system.size))
    )
    if own is None or other is None:
        return 0.0
    gap = np.linalg.norm((own - other) / system.scales, axis=1)
    return max(0.0, math.log(max(float(gap[-SAMPLES // 5 :].max()), 1e-300) / NUDGE))


def _rests(system: FirstOrder, states: np.ndarray) -> bool:
    """Whether Newton's method finds a steady state, away from the start, from states on the way."""
    lower, _ = system.problem.domain.bounds
    rate = functools.partial(system.rate, lower[0])
    slope = functools.partial(system.jacobian, lower[0])
    span = np.abs(states).max(axis=0) + system.scales
    for guess in (states[-1], states.mean(axis=0), np.zeros(system.size), states[0]):
        found = newton(rate, slope, guess)
        if found is not None and (np.abs(found) <= 3 * span).all():
            away = np.abs(found - states[0]) > 1e-3 * span
            if away.any():
                return True
    return False
