"""The type that a problem states is that of its laws, by the waves e^(i k.x + s t) that they carry.

Linearised about random values, the laws turn a short wave of wavenumber k into a polynomial matrix in s. Parabolic laws
damp it (those that run backward feed it) at a rate that grows as k^2 at least; hyperbolic and dispersive ones carry it,
at speeds that stay or that grow with k; elliptic ones, without time, admit none in any direction.
"""

import inspect
from typing import Any

import numpy as np
import pytest
from scipy.linalg import eig

from lawful import problems
from lawful.calculus import Laplacian
from lawful.cli.catalogue import DERIVED, catalogue
from lawful.problem import Problem
from lawful.structure import Pointwise, Slot, linearity

NAMES = sorted(catalogue())
SHORT = 1e4
"""A wavenumber at which only the highest derivatives count."""
PLACES = 8
Rows = list[tuple[list[Slot], np.ndarray]]
KINDS = ("ODE", "elliptic", "parabolic", "hyperbolic", "dispersive")
STIFF = 1e3
"""Of a stiff equation the fastest rate, times the duration, is above this."""


def made(name: str) -> Problem:
    """As it is stated, with no closure for networks in the place of a law."""
    return vars(problems)[name]().stated


def linearised(problem: Problem) -> Rows:
    """The derivatives of each law by each slot, at places and random values."""
    rows = []
    for bound in problem.conditions.values():
        if bound.governs:
            law = Pointwise(problem, bound, PLACES)
            slopes = law.slopes(np.random.default_rng(8).uniform(0.5, 1.5, (PLACES, len(law.slots))))
            rows += [(law.slots, slopes[term]) for term in bound.terms]
    return rows


def symbols(problem: Problem, rows: Rows, waves: np.ndarray) -> np.ndarray:
    """The matrices A_m of sum_m s^m A_m, one a wavenumber (places, coordinates): (m, places, terms, fields)."""
    coordinates, fields = problem.domain.coordinates, list(problem.fields)
    time = coordinates.index(problem.domain.time) if problem.domain.time else None
    out = np.zeros((3, PLACES, len(rows), len(fields)), complex)
    for row, (slots, slope) in enumerate(rows):
        for column, (field, index) in enumerate(slots):
            if isinstance(index, Laplacian):
                times, factor = 0, -sum(waves[:, axis] ** 2 for axis in index.axes)
            else:
                times = index[time] if time is not None else 0
                orders = [(a, n) for a, n in enumerate(index) if a != time and n]
                factor = np.prod([(1j * waves[:, a]) ** n for a, n in orders], axis=0)
            out[times, :, row, fields.index(field)] += slope[:, column] * factor
    return out


def rates(matrices: np.ndarray) -> np.ndarray:
    """All finite s with det(A_0 + s A_1 + s^2 A_2) = 0, at one place."""
    n = matrices.shape[-1]
    one, none = np.eye(n), np.zeros((n, n))
    sizes = np.abs(matrices).max(axis=(1, 2))
    order = np.flatnonzero(sizes)[-1]
    unit = (sizes[0] / sizes[order]) ** (1 / order)  # so that those sought are about 1, others infinite
    low, middle, high = (matrices[m] * unit**m / sizes[0] for m in range(3))
    left, right = np.block([[none, one], [-low, -middle]]), np.block([[one, none], [none, high]])
    found, weight = eig(left, right, right=False, homogeneous_eigvals=True)
    finite = np.abs(weight) > 1e-5 * np.abs(found)
    return unit * found[finite] / weight[finite]


def directions(problem: Problem) -> np.ndarray:
    """Unit wavenumbers in space."""
    rng = np.random.default_rng(9)
    k = rng.normal(size=(PLACES, len(problem.domain.coordinates)))
    if problem.domain.time:
        k[:, problem.domain.coordinates.index(problem.domain.time)] = 0
    return k / np.maximum(np.linalg.norm(k, axis=1, keepdims=True), 1e-300)


def classified(problem: Problem) -> str:
    """What the highest derivatives say."""
    if problem.domain.coordinates == (problem.domain.time,):
        return "ODE"
    k, rows = directions(problem), linearised(problem)
    if problem.domain.time is None:
        short, shorter = (np.linalg.det(symbols(problem, rows, s * k)[0]) for s in (SHORT, 2 * SHORT))
        phase = short / short[0] / np.abs(short / short[0])
        definite = np.abs(phase - 1).max() < 1e-3 or np.abs(np.abs(phase.real) - 1).max() < 1e-3
        return "elliptic" if definite and np.abs(shorter / short).min() > 3.9 else "neither"
    kinds = set()
    backward = any(b.at_end and b.terms for b in problem.conditions.values())
    pair = [symbols(problem, rows, s * k) for s in (SHORT, 2 * SHORT)]
    for place in range(PLACES):
        short, shorter = (rates(matrices[:, place]) for matrices in pair)
        growth = np.abs(shorter).max() / np.abs(short).max()
        share = short.real / np.abs(short)
        if np.abs(share).max() < 1e-2:
            kinds.add("hyperbolic" if growth < 2.1 else "dispersive")
        elif (share * (1 if backward else -1)).min() > 0.99 and growth > 3.9:
            kinds.add("parabolic")
        else:
            kinds.add("neither")
    return kinds.pop() if len(kinds) == 1 else "mixed"


def is_stiff(problem: Problem) -> bool:
    at = symbols(problem, linearised(problem), np.zeros((PLACES, 1)))
    low, high = (ends[0] for ends in problem.domain.bounds)
    return max(np.abs(rates(at[:, place]).real).max() for place in range(PLACES)) * (high - low) > STIFF


@pytest.mark.parametrize("name", NAMES)
def test_the_type_is_that_of_the_laws(name: str) -> None:
    problem, (kind, *more) = made(name), catalogue()[name].type.split(", ")
    domain = problem.domain
    assert kind in KINDS
    assert classified(problem) == kind
    expected = []
    if kind != "ODE":
        any_number = "dimension" in inspect.signature(vars(problems)[name]).parameters
        space = len([c for c in domain.coordinates if c != domain.time])
        expected.append(
            ("d" if any_number else str(space)) + "-D" + (f" + {domain.time}" if domain.time else "")
        )
    laws = [bound for bound in problem.conditions.values() if bound.governs]
    expected.append("linear" if all(linearity(problem, law).affine for law in laws) else "nonlinear")
    if kind == "ODE" and is_stiff(problem):
        expected.append("stiff")
    assert more == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_list_says_where_the_reference_comes_from(name: str) -> None:
    reference = made(name).reference
    assert catalogue()[name].reference == (reference.method if reference else DERIVED)


@pytest.mark.parametrize(
    ("law", "kind"),
    [
        (lambda u: u.t - u.xx, "parabolic"),
        (lambda u: u.t + u.xx, "neither"),  # heat backward in time
        (lambda u: u.t + u.x, "hyperbolic"),
        (lambda u: u.tt - u.xx, "hyperbolic"),
        (lambda u: u.tt + u.xx, "neither"),  # grows without bound: Laplace from a start
        (lambda u: u.t + u.xxx, "dispersive"),
        (lambda u: u.tt + u.xxxx, "dispersive"),
    ],
)
def test_waves_tell_the_kinds_apart(law: Any, kind: str) -> None:
    import lawful as lw

    free = {"side": lw.Free(on="x"), "start": lw.Free(on="t")}
    problem = Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", {"pde": lw.Interior(law)} | free)
    assert classified(problem) == kind
