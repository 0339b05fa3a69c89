"""All facts about a problem, from its statement alone."""

from ..calculus import order
from ..domain import Box
from ..problem import Problem
from ..structure import linearity
from .facts import Character
from .identifiable import confounded, faint
from .ordinary import motion_of
from .scales import scales_of, steepening_of
from .states import Governing, laws
from .symbol import kind_of


def classify(problem: Problem) -> Character:
    """What kind of problem it is: kind, orders, linearity, scales, unknowns and data; closures aside.

    Laws are linearised at sampled places about states of the size that the problem lets expect, coefficients frozen;
    ordinary differential equations are followed from their start by a pilot integration. Unknown
    parameters stand at their starting values. Takes about a second, most of it compilation.
    """
    problem = problem.stated
    governing = laws(problem)
    bounds = list(problem.conditions.values())
    time = problem.domain.time
    linear = all(linearity(problem, b).affine for b in governing)
    affine = linear and all(linearity(problem, b).affine for b in bounds if b.terms and not b.governs)
    highest = max((order(i) for b in governing for indices in b.needs.values() for i in indices), default=0)
    asked = {name for b in governing if b.plan is not None for name in b.plan.arguments}
    equations = sum(len(b.terms) for b in governing)
    data = [b for b in bounds if b.observes and b.fixed is not None]
    counts = [len(b.fixed["points"]) for b in data if b.fixed is not None]
    facts = {
        "linear": linear,
        "affine": affine,
        "order": problem.orders(),
        "highest": highest,
        "coordinates": problem.domain.coordinates,
        "time": time,
        "fields": len(problem.fields),
        "equations": equations,
        "autonomous": time not in asked,
        "regular": isinstance(problem.domain, Box),
        "periodic": tuple(dict.fromkeys(face[0] for b in bounds if b.joins for face in b.faces)),
        "unknowns": tuple(problem.unknowns),
        "free_fields": max(0, len(problem.fields) - equations),
        "observations": sum(n * len(b.terms) for n, b in zip(counts, data, strict=True)),
        "places": sum(counts),
    }
    if not governing:
        return Character(kind="unclassified", **facts)
    sampled = Governing(problem)
    rows = sampled.rows(sampled.state)
    kind = kind_of(problem, rows, highest)
    ordinary = kind == "ordinary" and time is not None
    mixed = confounded(problem, sampled.state)
    return Character(
        kind=kind,
        confounded=mixed,
        faint=faint(problem, mixed) if ordinary and data else (),
        steepening=steepening_of(problem, sampled, rows, highest),
        scales=scales_of(problem, sampled, rows, kind),
        motion=motion_of(problem, linear, time not in asked) if ordinary else None,
        **facts,
    )
