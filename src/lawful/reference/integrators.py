"""Marching in time: SciPy's Runge-Kutta and Radau methods, SUNDIALS' backward differentiation formulas."""

import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
from scipy.integrate import DOP853, Radau

from ._base import Unsolved
from .paths import Path, Rate, Step, Steps, path_with_rates, path_with_slopes
from .patience import patient, stay_within
from .sparse import factorised

MARCHING = 2 / 3
"""The share of the seconds of a solution after which marching is given up."""
CUBIC = 10.0
"""Times the tolerance^(2/3), about the error of a method's own cubics, by which a quintic may leave them."""
GROWN = 1e12
"""How many times its expected size a state may reach."""


@dataclass(frozen=True)
class Span:
    """From where to where in time, which may run backward, how exactly, and in steps of what length at most."""

    begin: float
    end: float
    relative: float
    absolute: np.ndarray
    longest: float = np.inf


def march_scipy(
    rate: Rate, jacobian: Callable[[float, np.ndarray], Any] | None, span: Span, start: np.ndarray
) -> Path:
    """Radau IIA of order 5 where a Jacobian is given, else Dormand and Prince of order 8."""
    options: dict[str, Any] = {"rtol": span.relative, "atol": span.absolute, "max_step": span.longest}
    if jacobian:
        method = Radau(rate, span.begin, start, span.end, jac=jacobian, **options)
    else:
        method = DOP853(rate, span.begin, start, span.end, **options)

    def step() -> Step:
        begin, old = method.t, method.y.copy()
        with np.errstate(all="ignore"):
            message = method.step()
        if method.status == "failed":
            return Step(begin, old, old, old, message or "a step failed")
        t, y, h = method.t, method.y.copy(), method.t - begin
        if not jacobian:
            return Step(t, y, np.zeros_like(y), np.zeros_like(y), "")
        dense = method.dense_output()
        first, second = dense(begin + h / 3), dense(begin + 2 * h / 3)
        leaving = (-5.5 * old + 9 * first - 4.5 * second + y) / h
        arriving = (-old + 4.5 * first - 9 * second + 5.5 * y) / h
        return Step(t, y, leaving, arriving, "")

    allowed = (CUBIC if jacobian else np.inf) * span.relative ** (-1 / 3) * span.absolute
    return path_with_rates(rate, _stepped(span, start, np.zeros_like(start), step), allowed)


def march_sundials(equations: Any, first: np.ndarray, span: Span, start: np.ndarray) -> Path:
    """Backward differentiation formulas of orders 1 to 5 for G(t, y, y') = 0, each correction by GMRES with the factors
    of an earlier matrix.

    `equations` offers `residual(t, y, ydot)`, `jacobians(t, y, ydot)` and `matrix(data)`; `first` are the rates at the
    start.
    """
    from sksundae.ida import IDA, IDAJacTimes, IDAPrecond

    linear = _Linearised(equations)

    def residual(t: float, y: np.ndarray, ydot: np.ndarray, out: np.ndarray) -> None:
        out[:] = equations.residual(t, np.array(y), np.array(ydot))

    solver = IDA(
        residual,
        linsolver="gmres",
        precond=IDAPrecond(linear.factorise, linear.solve),
        jactimes=IDAJacTimes(None, linear.times),
        rtol=span.relative,
        atol=span.absolute,
        max_step=span.longest if np.isfinite(span.longest) else 0.0,
    )
    solver.init_step(span.begin, start, first)

    slopes = [first]

    def step() -> Step:
        try:
            with redirect_stdout(StringIO()):  # on which it prints what goes wrong
                found = solver.step(span.end, method="onestep", tstop=span.end)
        except Unsolved as error:
            return Step(span.begin, start, first, first, str(error))
        slopes.append(np.array(found.yp))
        trouble = "" if found.success else str(found.message)
        return Step(float(found.t), np.array(found.y), slopes[-2], slopes[-1], trouble)

    return path_with_slopes(_stepped(span, start, first, step))


class _Linearised:
    """dG/dy + c dG/dy' at a state, and its factors there; arguments are those that SUNDIALS gives."""

    def __init__(self, equations: Any):
        self.equations = equations

    def factorise(self, t: float, y: np.ndarray, ydot: np.ndarray, _: np.ndarray, c: float) -> None:
        still, moving = self.equations.jacobians(t, np.array(y), np.array(ydot))
        self._still, self._moving = self.equations.matrix(still), self.equations.matrix(moving)
        self._solve = factorised(self.equations.matrix(still + c * moving))

    def solve(
        self,
        t: float,
        y: np.ndarray,
        ydot: np.ndarray,
        _: np.ndarray,
        right: np.ndarray,
        out: np.ndarray,
        c: float,
        delta: float,
    ) -> None:
        out[:] = self._solve(np.array(right))

    def times(
        self,
        t: float,
        y: np.ndarray,
        ydot: np.ndarray,
        _: np.ndarray,
        v: np.ndarray,
        out: np.ndarray,
        c: float,
    ) -> None:
        out[:] = self._still @ v + c * (self._moving @ v)


def _stepped(span: Span, start: np.ndarray, first: np.ndarray, step: Callable[[], Step]) -> Steps:
    """Steps until the end, a failure, a state that is not finite, or too long a time. Raises `Unsolved` where not even
    one step was taken."""
    taken = Steps([span.begin], [start], [first], [first])
    began, most = time.process_time(), MARCHING * patient()
    trouble = ""
    while taken.times[-1] != span.end and not trouble:
        stay_within()
        found = step()
        trouble = found.trouble
        if not trouble and not (np.abs(found.y) <= GROWN * span.absolute / span.relative).all():
            trouble = (
                f"it grew beyond {GROWN:.0e} of its size, as where scales are not resolved, a law runs backward, or a "
                "condition stands at the side towards which it moves"
            )
        if not trouble:
            taken.add(found)
            if time.process_time() - began > most:
                trouble = f"it took more than {most:.3g} s, as for scales that are not resolved"
    if trouble:
        trouble = trouble.strip().rstrip(".")
        taken.stopped = (
            f"marching from {span.begin:g} to {span.end:g} stopped at {taken.times[-1]:g}: {trouble}."
        )
    if len(taken.times) < 2:
        raise Unsolved(taken.stopped)
    return taken
