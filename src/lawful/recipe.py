"""How a problem is to be solved: all choices of a run, those made for the user with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, SupportsIndex

import numpy as np

from ._names import listed
from ._numbers import check_whole, plain
from .description import describe, restore
from .domain import AbstractDomain, Box
from .nn import MLP, AbstractArchitecture, AbstractRegulariser, Periodic
from .optim import LBFGS, AbstractOptimizer, Adam, Chain, SSBroyden
from .problem import Problem
from .sampling import AbstractSampler, ResidualAdaptive, Sobol
from .sizes import Sizes, nearest_power_of_ten, term_sizes
from .structure import linearity
from .weighting import AbstractWeighting, Constant

DATA_SHARE = 1e-3
"""Weight of data against laws: so small that the laws act as constraints, and noise is not fitted."""

SIDE_WEIGHT = 100.0
"""Weight of starts and walls against laws; at 1 the network settles on another solution (Allen-Cahn)."""

RESIDUAL_BAND = 10.0
"""Laws and conditions count as they are written while their sizes lie within this factor of 1; others are
weighed as if they lay at its ends, so that units do not matter and no law is bent without need."""

CHORDS = 2048
"""Straight lines between points by which a domain is seen to be convex or not."""

SSBROYDEN_LIMIT = 5000
"""Parameters beyond which a dense inverse Hessian costs more than it saves (measured)."""


@dataclass(frozen=True)
class Recipe:
    """All choices of a run.

    `units` holds, by field, what 1 means at a network's output. `reasons` explains, choice by choice, those that
    lawful made; `auto` lets it change the method where the first one does not reach, `own_points` says
    that the user chose their number, `reference` which reference judges, and `regulariser` is a term beside
    those of the problem.
    """

    method: str
    network: Any
    optimizer: AbstractOptimizer | Chain
    sampling: AbstractSampler
    weighting: AbstractWeighting
    points: Mapping[str, int]
    units: Mapping[str, float]
    dtype: str
    seed: int
    budget: float | None
    steps: int | None
    reasons: Mapping[str, str] = field(default_factory=dict)
    auto: bool = False
    own_points: bool = False
    reference: str = "auto"
    regulariser: AbstractRegulariser | None = None

    def described(self) -> dict[str, Any]:
        """As plain data, for run.json."""
        return {
            "method": self.method,
            "network": describe(self.network),
            "optimizer": describe(self.optimizer),
            "sampling": describe(self.sampling),
            "weighting": describe(self.weighting),
            "regulariser": describe(self.regulariser),
            "points": dict(self.points),
            "units": dict(self.units),
            "dtype": self.dtype,
            "seed": self.seed,
            "budget": self.budget,
            "steps": self.steps,
            "reasons": dict(self.reasons),
            "auto": self.auto,
            "own_points": self.own_points,
            "reference": self.reference,
        }

    @classmethod
    def from_described(cls, data: Mapping[str, Any], given: Mapping[str, Any]) -> "Recipe":
        """The recipe of a run folder; `given` replaces what no file can hold."""
        parts = {
            name: given[name] if given.get(name) is not None else restore(data.get(name))
            for name in ("network", "optimizer", "sampling", "weighting", "regulariser")
        }
        plain = {
            k: data[k]
            for k in (
                "method",
                "points",
                "units",
                "dtype",
                "seed",
                "budget",
                "steps",
                "auto",
                "own_points",
                "reasons",
            )
        }
        return cls(**parts, **plain, reference=data.get("reference", "auto"))


def is_affine(problem: Problem) -> bool:
    """Whether all laws and conditions are affine in the fields, and nothing else is to be found."""
    if problem.unknowns or any(b.observes for b in problem.conditions.values()):
        return False
    return all(linearity(problem, b).affine for b in problem.conditions.values() if b.terms)


def is_convex(domain: AbstractDomain) -> bool:
    """Whether no straight line between points of the domain leaves it, as seen by some of them."""
    if isinstance(domain, Box):
        return True
    region = domain.interior()
    ends = region.place(np.random.default_rng(6).random((2 * CHORDS, region.dimension)))
    shares = np.linspace(0, 1, 17)[1:-1, None, None]
    between = shares * ends[None, :CHORDS] + (1 - shares) * ends[None, CHORDS:]
    return bool(domain.contains(between.reshape(-1, ends.shape[1])).all())


def default_network(problem: Problem) -> tuple[AbstractArchitecture, str]:
    """A small tanh network, periodic where the problem is."""
    dimension = len(problem.domain.coordinates)
    joined = dict.fromkeys(face[0] for b in problem.conditions.values() if b.joins for face in b.faces)
    # an antiderivative grows along its coordinate wherever the mean of the field is not zero
    growing = {problem.fields[field][axis] for field, axis in problem.potentials.items()}
    around = tuple(c for c in joined if c not in growing)
    if dimension == 1:
        width, depth = (16, 2) if len(problem.fields) == 1 else (20, 3)
        base, why = MLP(width=width, depth=depth), f"one coordinate: {depth} x {width} tanh"
    elif dimension > 3:
        base, why = MLP(width=30, depth=2), f"{dimension} coordinates: 2 x 30 tanh"
    else:
        width = 20 if len(problem.fields) == 1 else 24
        depth = 3 if around else 4  # the periodic embedding is a layer of its own
        base = MLP(width=width, depth=depth)
        why = f"a smooth solution in {dimension} coordinates: {depth} x {width} tanh"
    if around:
        return Periodic(
            on=around, harmonics=5, base=base
        ), f"{why}, periodic in {', '.join(around)} by its inputs"
    return base, why


def default_points(
    problem: Problem, wanted: SupportsIndex | Mapping[str, SupportsIndex] | None
) -> dict[str, int]:
    """Points by condition; raises `ValueError` for counts that make no sense."""
    dimension = len(problem.domain.coordinates)
    inside = {1: 512, 2: 4096, 3: 8192}.get(dimension, 4096)
    sides = {1: 1, 2: 256, 3: 1024}.get(dimension, 2048)
    if wanted is not None and not isinstance(wanted, Mapping):
        wanted = {n: wanted for n, b in problem.conditions.items() if b.governs}
    counts = {}
    for name, bound in problem.conditions.items():
        if bound.fixed is not None:
            counts[name] = len(bound.fixed["points"])
        elif bound.region is not None:
            own = inside if bound.governs else sides
            own = 1 if bound.region.dimension == 0 else own
            counts[name] = (wanted or {}).get(name, own)
    for name, count in (wanted or {}).items():
        if name not in problem.conditions:
            raise ValueError(f"points names {name!r}, which is no condition; they are {', '.join(counts)}.")
        check_whole("points", count)
    return plain(counts)


def default_units(sizes: Sizes) -> tuple[dict[str, float], str | None]:
    """What 1 means at a network's output: the power of ten nearest to the size of the field."""
    units = {field: nearest_power_of_ten(size) for field, size in sizes.items()}
    told = [f"{field} in {unit:g}" for field, unit in units.items() if unit != 1]
    return units, listed(told) + ", after the sizes that conditions and laws tell" if told else None


def default_weighting(problem: Problem, sizes: Sizes) -> tuple[AbstractWeighting, str]:
    """Starts and walls heavy, since the law carries their errors through the domain; data so light
    that the laws act as constraints. All count in units of what `sizes` lets expect of a residual."""
    data = {n: b for n, b in problem.conditions.items() if b.observes and b.fixed is not None}
    weights: dict[str, float] = {}
    for bound in problem.conditions.values():
        if bound.terms and not bound.observes:
            share = SIDE_WEIGHT if bound.imposes else 1.0
            for term, size in term_sizes(problem, bound, sizes).items():
                known = size if np.isfinite(size) and size > 0 else 1.0
                weights[term] = share / (known if data else _beyond_band(known)) ** 2
    share, whence = _share_of_data(problem)
    for bound in data.values():
        assert bound.fixed is not None
        for term, seen in zip(bound.terms, bound.needs, strict=True):
            exact = not problem.unknowns and not bound.noise[term]
            deviation = bound.fixed[f"deviation.{seen}"]
            weights[term] = (
                (SIDE_WEIGHT if exact else share) * float((deviation**2).mean()) / sizes[seen] ** 2
            )
    why = f"starts and walls that are not met exactly weigh {SIDE_WEIGHT:g}, laws 1"
    if data:
        why += f"; {whence}"
    if data or set(weights.values()) - {1.0, SIDE_WEIGHT}:
        why += "; all in units of the sizes to expect"
    return (Constant(weights=weights) if set(weights.values()) - {1.0} else Constant()), why


def _share_of_data(problem: Problem) -> tuple[float, str]:
    noisy = problem.unknowns or any(any(b.noise.values()) for b in problem.conditions.values())
    if not noisy:
        return SIDE_WEIGHT, f"data without noise {SIDE_WEIGHT:g}, as starts and walls"
    if any(len(c) < len(problem.domain.coordinates) for c in problem.fields.values()):
        # a coefficient that varies can meet the laws whatever the fields are
        return 1.0, "data as much as laws, which an unknown coefficient could meet without them"
    return DATA_SHARE, "data little, so that the laws act as constraints"


def _beyond_band(size: float) -> float:
    return max(size / RESIDUAL_BAND, min(1.0, size * RESIDUAL_BAND))


def default_optimizer(size: int, dtype: str) -> tuple[AbstractOptimizer | Chain, str]:
    """Quasi-Newton for small networks in float64, first-order steps otherwise."""
    if dtype != "float64":
        return Adam(steps=20_000), "Adam, since quasi-Newton methods stall in float32"
    if size > SSBROYDEN_LIMIT:
        return Chain(Adam(steps=5000), LBFGS()), f"Adam then L-BFGS for {size:,} parameters"
    return SSBroyden(), f"SSBroyden, {size:,} parameters in float64"


def default_sampling(problem: Problem) -> tuple[AbstractSampler, str]:
    """Residual-adaptive points, but for ordinary differential equations, where even ones suffice; drawn ten times as
    often where a law is closed, lest a shock settles where no point is."""
    if len(problem.domain.coordinates) == 1:
        return Sobol(), "Sobol points"
    every = 50 if any(b.stated for b in problem.conditions.values()) else 500
    return (
        ResidualAdaptive(every=every),
        f"half of the points drawn anew every {every} steps where the residual is large",
    )
