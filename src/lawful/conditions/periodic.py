"""Periodicity between opposite walls."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._names import did_you_mean, listed
from ..calculus import Index, Scope, spell, unit, zero
from ..domain import AbstractDomain, Box
from ._base import AbstractCondition, Batch, Bound, term_name


class Periodic(AbstractCondition):
    """The fields, and their derivatives below the order of the law, agree on the two ends of `on`.

    The network that `solve` chooses to train meets it exactly, by a periodic embedding; so does
    `lw.nn.Periodic`. With other networks, random features among them, it is a term of the loss.
    """

    on: str

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        if not isinstance(domain, Box):
            raise ValueError(
                f"condition {name!r}: Periodic joins opposite walls of a Box, and this domain is none; "
                "use Boundary conditions."
            )
        if self.on not in domain.space:
            raise ValueError(
                f"condition {name!r}: on={self.on!r} is no coordinate of space of this box."
                f"{did_you_mean(self.on, domain.space)} Known here: {listed(domain.space)}."
            )
        axis = domain.coordinates.index(self.on)
        upper = domain.upper[axis]
        matches: list[tuple[str, str, Index]] = []
        for field, coordinates in scope.fields.items():
            if self.on not in coordinates:
                continue
            at, n = coordinates.index(self.on), len(coordinates)
            for times in range(max(1, order.get(self.on, 1))):
                index = unit(at, n, times) if times else zero(n)
                handle = spell(index, coordinates)
                matches.append((term_name(name, field + (f"_{handle}" if handle else "")), field, index))
        needs = {f: frozenset(i for _, g, i in matches if g == f) for f in {f for _, f, _ in matches}}

        def residual(values: Any, points: Any, parameters: Any, extra: Any) -> dict[str, Any]:
            low, high = values
            return {term: low[field][index] - high[field][index] for term, field, index in matches}

        def batch(points: np.ndarray) -> Batch:
            across = points.copy()
            across[:, axis] = upper
            return {"points": np.stack([points, across], axis=1)}

        terms = tuple(term for term, _, _ in matches)
        faces = domain.faces(self.on)
        region = domain.part(f"{self.on}.lower")
        return Bound(
            name, terms, needs, residual, region, batch, faces=faces, sides=domain.sides(self.on), joins=True
        )
