"""From the character of a problem to a method. A new rule is one entry of `RULES`."""

from .._names import listed
from ..counsel import MANY_DIMENSIONS
from . import sources
from ._base import Ask, Recommendation, Rule, Situation
from .sources import Source

MANY_SOLVES = 50
"""Solves from which one network over all parameters costs less than a network each."""
FITTED, SPARSE = 4, 2
"""Unknowns from which a law counts as a list of candidate terms; observations from which data carry a solution."""
SMOOTH_DIMENSIONS = 3
"""Up to so many coordinates random features reach."""


def recommendations(situation: Situation) -> tuple[Recommendation, ...]:
    """Those of all rules that apply, in the order of the table; the first is the one to follow."""
    return tuple(rule.recommends(situation) for rule in RULES if rule.applies(situation))


CLASSICAL = Ask({"method": "classical"})
LINEAR = Ask({"method": "linear"})
NETWORK = Ask({"method": "pinn", "budget": 60.0})
INVERSE = Ask()


def _unobserved(s: Situation) -> Recommendation:
    wanted = listed(s.character.unknowns) or "the fields without a law"
    return Recommendation(
        "unobserved",
        None,
        "Give data first: nothing is observed, and something unknown is to be found.",
        (f"Without data any value of {wanted} has its solution.",),
        Ask(
            before=(
                'conditions["data"] = lw.Data(t=times, u=observed, noise=0.02)  # and make the problem anew',
            )
        ),
    )


def _many_solves(s: Situation) -> Recommendation:
    p = s.parameters[0]
    return Recommendation(
        "many solves",
        "pinn",
        f"Train one network over the parameters: make {listed(s.parameters[:2])} a coordinate.",
        (
            f"It is to be solved {s.solves:,} times. A surrogate is trained once and then evaluated in "
            "milliseconds; a law reads a coordinate and a parameter by the same name, so it stays as it is.",
            "Check it with a classical solve at a few values of the parameters.",
        ),
        Ask(
            {"method": "pinn", "budget": 600.0},
            (
                f"domain = lw.Box({p}=({p}_least, {p}_most)) * domain  # and take {p} out of params",
                '# walls by name: on="x", since on="walls" would include the ends of the new coordinate',
            ),
        ),
        (sources.LU, sources.RAISSI),
    )


def _trajectories(s: Situation) -> Recommendation:
    c = s.character
    many = (
        f"{len(c.unknowns)} unknown coefficients"
        if not c.free_fields
        else "a function of time that is unknown"
    )
    return Recommendation(
        "trajectories",
        "pinn",
        "Find the dynamics by a network beside the law's candidate terms, as an inverse problem.",
        (
            f"An ordinary differential equation with {many} and {c.observations} observations.",
            "Densely and quietly observed, a sparse regression of the derivatives is cheaper; where no terms are "
            "known at all, a neural differential equation is the tool, which lawful does not have.",
        ),
        INVERSE,
        (sources.BRUNTON, sources.CHEN_NODE),
    )


def _inverse_ordinary(s: Situation) -> Recommendation:
    c = s.character
    return Recommendation(
        "ordinary, inverse",
        "pinn",
        "Solve it as an inverse problem by a network: fields and unknowns at once, with intervals.",
        (
            f"An ordinary differential equation with {listed(c.unknowns)} unknown and {c.observations} observations.",
            "The estimate is that of least squares on the solution (measured on a decay: mean error 1.00 times its). "
            "Where each solve takes milliseconds, least squares around a classical solver is as good, and faster.",
        ),
        INVERSE,
        (sources.RAISSI,),
    )


def _inverse_field(s: Situation) -> Recommendation:
    c = s.character
    wanted = listed(c.unknowns) if c.unknowns else f"{c.free_fields} field(s) without a law"
    return Recommendation(
        "field, inverse",
        "pinn",
        "Solve it as an inverse problem by a network, which fits law and data at once.",
        (
            f"{wanted} unknown, {c.observations} observations at {c.places} places, {c.dimensions} coordinates.",
            "A classical solver would be run anew for each trial value, and takes no scattered data by itself.",
        ),
        INVERSE,
        (sources.RAISSI,),
    )


def _sparse_data(s: Situation) -> Recommendation:
    c = s.character
    return Recommendation(
        "sparse data",
        "pinn",
        "Train a network: it fits law and data at once.",
        (
            f"{c.observations} observations at {c.places} places beside the law; a classical solver has no place for "
            "them but starts and walls.",
        ),
        NETWORK,
        (sources.RAISSI,),
    )


def _many_dimensions(s: Situation) -> Recommendation:
    c = s.character
    return Recommendation(
        "many dimensions",
        "pinn",
        "Train a network.",
        (
            f"{c.dimensions} coordinates: a grid of 50 points each has {50.0**c.dimensions:.0e} nodes; points drawn "
            "at random do not multiply.",
        ),
        NETWORK,
        (sources.HAN,),
    )


def _irregular(s: Situation) -> Recommendation:
    why = "The domain is no box: grids do not fit it, finite elements and networks do."
    if s.classical:
        return _classical("irregular domain", s, (why,), (sources.GROSSMANN,))
    return Recommendation(
        "irregular domain", "pinn", "Train a network.", (why, _none(s)), NETWORK, (sources.RAISSI,)
    )


def _ordinary(s: Situation) -> Recommendation:
    why = "An ordinary differential equation with everything known: step methods solve it in milliseconds."
    if s.classical:
        return _classical("ordinary", s, (why,))
    if s.character.affine:
        return _linear_recommendation("ordinary", (why, _none(s)))
    return Recommendation("ordinary", "pinn", "Train a network.", (why, _none(s)), NETWORK)


def _not_smooth(s: Situation) -> Recommendation:
    why = (
        "Its solution jumps or bends: a conservative or monotone scheme finds the right one, networks and random "
        "features do not."
    )
    if s.classical:
        return _classical("not smooth", s, (why,), (sources.FUKS,))
    return Recommendation(
        "not smooth",
        "pinn",
        "Train a network, on a law to which a small viscosity is added.",
        (why, _none(s)),
        NETWORK,
        (sources.FUKS,),
    )


def _smooth_affine(s: Situation) -> Recommendation:
    c = s.character
    return _linear_recommendation(
        "affine",
        (
            f"Laws and conditions are affine in the fields, {c.dimensions} coordinates, and nothing asks for a fine "
            "resolution: random features and one QR, no training loop (measured on heat: 2.5e-13 in 0.6 s).",
        ),
    )


def _grid(s: Situation) -> Recommendation:
    c = s.character
    why = f"A box of {c.dimensions} coordinates and everything known: a grid resolves it, with an error estimate."
    if s.classical:
        return _classical("grid", s, (why,), (sources.GROSSMANN,))
    says = (
        "Train a network."
        if not c.affine
        else "Try random features; a network follows where they do not reach."
    )
    ask = Ask({"budget": 60.0}) if c.affine else NETWORK
    return Recommendation(
        "grid", "linear" if c.affine else "pinn", says, (why, _none(s)), ask, measurable=True
    )


def _classical(
    rule: str, s: Situation, reasons: tuple[str, ...], found: tuple[Source, ...] = ()
) -> Recommendation:
    reasons = (*reasons, f"What solves it here: {s.classical}.")
    return Recommendation(
        rule, "classical", "Take the classical solver.", reasons, CLASSICAL, found, measurable=True
    )


def _linear_recommendation(rule: str, reasons: tuple[str, ...]) -> Recommendation:
    return Recommendation(
        rule, "linear", "Solve over random features by QR.", reasons, LINEAR, (sources.DONG,), measurable=True
    )


def _none(s: Situation) -> str:
    return "No classical solver of lawful takes it." + (f" {s.refusal}" if s.refusal else "")


def _found(s: Situation) -> bool:
    return s.character.inverse and s.character.observations > 0


def _is_ordinary(s: Situation) -> bool:
    return s.character.kind == "ordinary"


RULES = (
    Rule("unobserved", lambda s: s.character.inverse and not s.character.observations, _unobserved),
    Rule(
        "many solves",
        lambda s: s.solves >= MANY_SOLVES and bool(s.parameters) and not s.character.inverse,
        _many_solves,
    ),
    Rule(
        "trajectories",
        lambda s: (
            _found(s)
            and _is_ordinary(s)
            and (s.character.free_fields > 0 or len(s.character.unknowns) >= FITTED)
        ),
        _trajectories,
    ),
    Rule("ordinary, inverse", lambda s: _found(s) and _is_ordinary(s), _inverse_ordinary),
    Rule("field, inverse", lambda s: _found(s) and not _is_ordinary(s), _inverse_field),
    Rule(
        "sparse data", lambda s: not s.character.inverse and s.character.observations >= SPARSE, _sparse_data
    ),
    Rule("many dimensions", lambda s: s.character.dimensions > MANY_DIMENSIONS, _many_dimensions),
    Rule("irregular domain", lambda s: not s.character.regular, _irregular),
    Rule("ordinary", _is_ordinary, _ordinary),
    Rule("not smooth", lambda s: bool(s.character.steepening) or s.character.scales.jump, _not_smooth),
    Rule(
        "affine",
        lambda s: s.character.affine and s.smooth and s.character.dimensions <= SMOOTH_DIMENSIONS,
        _smooth_affine,
    ),
    Rule("grid", lambda s: True, _grid),
)
"""In the order in which they are asked."""
