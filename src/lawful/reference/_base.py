"""What a reference offers, and what derives one from the statement of a problem."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import equinox as eqx
import numpy as np

from ..calculus import Index
from ..problem import Problem
from .differences import differentiated, over_all
from .norms import Norm

Arrays = Mapping[str, np.ndarray]


class Unsolved(ValueError):
    """A solver got no solution, said in one sentence: a step that failed, a Newton iteration that stalled."""


class Undetermined(Unsolved):
    """The laws and conditions have more than one solution, or none, so that no other solver needs to be asked."""


@dataclass(frozen=True)
class Judged:
    """A reference at some points: its values by field, an estimate of its own error by field, and the seconds it
    took. `norm` says what the estimate is of: the largest absolute deviation, or the mean of absolute deviations
    over the domain, to be compared with a mean. `order` is the observed order of convergence, where one was
    observed; `doubt` says in one sentence why the values are not to be judged by; `left_out` marks places beside a
    singularity, such as the corner where a lid meets a wall, of which it tells nothing; `remark` what else is to be
    known, such as that the law has other solutions."""

    values: dict[str, np.ndarray]
    errors: dict[str, float]
    wall_s: float
    order: float | None = None
    doubt: str = ""
    norm: Norm = "max"
    left_out: np.ndarray | None = None
    remark: str = ""

    @property
    def told(self) -> np.ndarray | slice:
        """The places of which it tells something."""
        return slice(None) if self.left_out is None else ~self.left_out

    @property
    def error_estimate(self) -> float:
        """The largest estimate of all fields."""
        return max(self.errors.values(), default=0.0)


class AbstractReference(eqx.Module):
    """An independent solution with an error estimate of its own."""

    method: eqx.AbstractVar[str]

    @abc.abstractmethod
    def evaluate(self, points: Arrays, fields: tuple[str, ...]) -> Judged:
        """The values of the fields at places given by flat arrays, one a coordinate."""

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """A derivative of a field at points (n, d) of the problem's coordinates, by differences of its values."""

        def values(at: np.ndarray) -> np.ndarray:
            places = dict(zip(problem.domain.coordinates, at.T.copy(), strict=True))
            return self.evaluate(places, (field,)).values[field]

        return differentiated(values, problem.domain, over_all(problem, field, index))(points)


class AbstractNumerical(abc.ABC):
    """A solution at one resolution. `remark`: what else was found on the way, in one sentence."""

    remark: str = ""

    @property
    def unresolved(self) -> str:
        """Which scales of the solution this resolution does not see, in one sentence; empty where it sees all, or does
        not know."""
        return ""

    @property
    def nudged(self) -> "Sequence[AbstractNumerical]":
        """The solution as other errors of rounding might have left it, in some tries; none where that is not known."""
        return ()

    @abc.abstractmethod
    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        """Every field at points (n, d) of the problem's coordinates, each of shape (n,)."""

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """A derivative of a field at points (n, d): by differences, where a solution knows no better."""
        return by_differences(self, problem, points, field, index)


def by_differences(
    numerical: AbstractNumerical, problem: Problem, points: np.ndarray, field: str, index: Index
) -> np.ndarray:
    """A derivative of a numerical solution from its values alone."""

    def values(at: np.ndarray) -> np.ndarray:
        return numerical.evaluate(at)[field]

    return differentiated(values, problem.domain, over_all(problem, field, index))(points)


class AbstractSolver(eqx.Module):
    """Derives numerical solutions from the statement of a problem, and from nothing else.

    The solutions at level 0, 1, 2, ... are finer by `refinement` each, in space and, by tolerance or step,
    in time, so that their differences tell the error of the finest, in the norm `norm`: "mean" where solutions jump.
    A level costs `refinement` to the power of `growth`, by number of coordinates of space, times the one before.
    No higher order of convergence than `order` is counted on: a first level that was too coarse makes differences
    shrink faster than errors will.
    """

    method: eqx.AbstractVar[str]
    refinement: eqx.AbstractVar[float]
    norm: Norm = "max"
    order: float = 6.2
    growth: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0)

    @abc.abstractmethod
    def refuses(self, problem: Problem) -> str | None:
        """Why it cannot solve this problem, in one sentence; None where it can."""

    @abc.abstractmethod
    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        """The solution at one level of resolution. Raises `Unsolved` where it gets none."""
