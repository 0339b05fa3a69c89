"""What is worked out of a problem once: a mesh that fits its solution, functions that are compiled for its laws."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from .problem import Problem

P = ParamSpec("P")
Found = TypeVar("Found")


def once(work: Callable[Concatenate[Problem, P], Found]) -> Callable[Concatenate[Problem, P], Found]:
    """`work`, done once a problem and, if it has any, other arguments; what raises is tried again.

    What it finds is kept by the problem itself, so that both are freed together however they refer to each other; a
    dictionary of weak keys would hold on to every problem to which one of its values leads back.
    """

    @wraps(work)
    def done(problem: Problem, *args: P.args, **kwargs: P.kwargs) -> Found:
        key = (work, args, *sorted(kwargs.items()))
        if key not in problem.kept:
            problem.kept[key] = work(problem, *args, **kwargs)
        return problem.kept[key]

    return done
