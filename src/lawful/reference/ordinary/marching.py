"""Step by step through time: a mesh that follows the solution, and the solution on a finer one."""

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._names import listed
from .._base import AbstractNumerical, Unsolved
from ..abrupt import Passage
from ..patience import stay_within
from .collocation import Collocation

TOLERANCE = 1e-4
"""Of what the polynomial of a step leaves out, relative to the largest value so far, on the coarsest mesh."""
FIRST, SMALLEST = 1e-3, 1e-13
"""The first step, and the smallest one, as a share of the whole time."""
MOST_STEPS = 20_000
SAFETY, SHRINK, GROW = 0.8, 0.2, 4.0
HUGE = 1e100
EPS = float(np.finfo(float).eps)
TRIES, MOST_TRIED = 3, 100_000
"""How often the effect of errors of rounding is tried, since they may cancel, and on how many steps at most."""


@dataclass(frozen=True)
class Piecewise(AbstractNumerical):
    """Polynomials from time to time: `first` is what they begin with, `starts` (steps, fields) are the values where
    steps begin, `stages` (steps, fields, orders, stages) the derivatives at the stages of a step."""

    collocation: Collocation
    first: np.ndarray
    edges: np.ndarray
    starts: np.ndarray
    stages: np.ndarray

    @functools.cached_property
    def slopes(self) -> np.ndarray:
        """By step and field, the first derivatives at the stages times the step; of algebraic fields the values."""
        first = np.asarray([m > 0 for m in self.collocation.laws.orders])
        fields, steps = np.arange(len(first)), np.diff(self.edges)[:, None, None]
        return self.stages[:, fields, first.astype(int)] * np.where(first[:, None], steps, 1.0)

    @property
    def nudged(self) -> "Sequence[Piecewise]":
        """With steps that each begin up to a unit in the last place beside where they did: a motion may amplify such
        errors by any factor, and levels share them."""
        return self._nudged

    @functools.cached_property
    def _nudged(self) -> "list[Piecewise]":
        steps, rng, out = len(self.edges) - 1, np.random.default_rng(0), []
        tries = TRIES if steps <= MOST_STEPS else 1
        for _ in range(tries if steps <= MOST_TRIED else 0):
            nudges = rng.uniform(-1.0, 1.0, (steps, *self.first.shape))
            with contextlib.suppress(Unsolved):
                out.append(march(self.collocation, self.first, self.edges, nudges))
        return out

    @property
    def seen(self) -> tuple[np.ndarray, np.ndarray]:
        """The times of all stages, and all derivatives at each (times, fields, orders)."""
        steps, fields, orders, _ = self.stages.shape
        nodes = self.collocation.radau.nodes
        times = self.edges[:-1, None] + np.diff(self.edges)[:, None] * nodes
        return times.ravel(), np.moveaxis(self.stages, 3, 1).reshape(steps * len(nodes), fields, orders)

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        t = points[:, 0]
        forward = self.edges[-1] > self.edges[0]
        sorted_edges = self.edges if forward else -self.edges
        at = np.searchsorted(sorted_edges, t if forward else -t, side="right") - 1
        at = np.clip(at, 0, len(self.edges) - 2)
        theta = (t - self.edges[at]) / (self.edges[at + 1] - self.edges[at])
        radau, orders = self.collocation.radau, self.collocation.laws.orders
        integrals, interpolation = radau.integrals(theta), radau.interpolation(theta)
        out = {}
        for i, field in enumerate(self.collocation.laws.fields):
            inside = self.slopes[at, i]
            if orders[i]:
                out[field] = self.starts[at, i] + np.einsum("ps,ps->p", integrals, inside)
            else:
                out[field] = np.einsum("ps,ps->p", interpolation, inside)
        return out


def follow(collocation: Collocation, start: np.ndarray, parts: Sequence[Passage]) -> np.ndarray:
    """The edges of steps that leave out no more than `TOLERANCE` each, and meet the ends of the parts of the time.

    Raises `Unsolved` where steps become too small, as where the solution grows beyond bounds, or too many.
    """
    begin, end = collocation.laws.begin, collocation.laws.end
    span = end - begin
    t, U, h = begin, start, FIRST * span
    w = _guess(collocation, U)
    scale = np.where(collocation.laws.below, np.abs(U), 0.0)
    edges = [begin]
    stops = sorted({x for p in parts for x in (p.begin, p.end)} - {begin}, key=lambda x: abs(x - begin))
    while len(edges) <= MOST_STEPS:
        stay_within()
        own = next((p for p in parts if p.begin <= (t + stops[0]) / 2 <= p.end), None)
        h = np.sign(span) * min(abs(h), own.longest if own else np.inf)
        last = (t + 1.01 * h - stops[0]) * np.sign(span) >= 0
        h = stops[0] - t if last else h
        step = collocation.step(t, h, U, w, scale)
        error, stages = float(step.error), np.asarray(step.U)
        finite = np.isfinite(error) and np.isfinite(stages).all() and np.abs(stages).max() < HUGE
        if not (bool(step.converged) and finite):
            h = h / 4
        elif error > TOLERANCE and own:  # over a jump, between two parts, nothing is smooth
            h = h * max(SHRINK, SAFETY * (TOLERANCE / error) ** (1 / collocation.radau.stages))
        else:
            edges.append(stops.pop(0) if last else t + h)
            if not stops:
                return np.array(edges)
            t, U = edges[-1], stages[:, :, -1]
            scale = np.maximum(scale, np.abs(stages).max(axis=2))
            w = _guess(collocation, U)
            h = h * min(GROW, SAFETY * (TOLERANCE / max(error, 1e-300)) ** (1 / collocation.radau.stages))
            continue
        if abs(h) <= SMALLEST * max(abs(span), abs(t)):
            laws = listed(collocation.laws.terms)
            if len(edges) == 1:
                raise Unsolved(
                    f"No step can be taken from t = {t:.6g}: the start contradicts {laws}, or is not enough."
                )
            raise Unsolved(
                f"The solution cannot be followed beyond t = {t:.6g}: it grows without bound there, its slope does, or "
                f"{laws} stopped fixing it."
            )
    raise Unsolved(f"{MOST_STEPS:,} steps took the solution to t = {t:.6g} only; ask for a shorter time.")


def march(
    collocation: Collocation, start: np.ndarray, edges: np.ndarray, nudges: np.ndarray | None = None
) -> Piecewise:
    """The solution on a mesh; with `nudges` (steps, fields, orders), each step begins so many units in the last place
    beside where it would. Raises `Unsolved` where Newton's method fails in a step."""
    laws = collocation.laws
    U, w = start, _guess(collocation, start)
    scale = np.where(laws.below, np.abs(U), 0.0)
    starts, seen = [], []
    for number, (t, h) in enumerate(zip(edges[:-1], np.diff(edges), strict=True)):
        if nudges is not None:
            U = U * (1 + EPS * nudges[number])
        step = collocation.step(t, h, U, w, scale)
        stages = np.asarray(step.U)
        if not bool(step.converged) or not np.isfinite(stages).all():
            raise Unsolved(f"Newton's method failed in the step from t = {t:.6g}.")
        starts.append(U[:, 0])
        seen.append(stages)
        U = stages[:, :, -1]
        scale = np.maximum(scale, np.abs(stages).max(axis=2))
        w = _guess(collocation, U)
    return Piecewise(collocation, start, edges, np.array(starts), np.array(seen))


def _guess(collocation: Collocation, U: np.ndarray) -> np.ndarray:
    """The highest derivatives of now, at all stages."""
    return np.repeat(U[collocation.laws.highest][:, None], collocation.radau.stages, axis=1)
