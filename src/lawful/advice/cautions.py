"""Classes of laws for which networks are known to fail: what tells them, what helps, and who found it.

A new caution is one function and one entry of `CAUTIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .._names import listed
from ..character import Character, Motion
from . import sources
from .sources import Source

PASSAGES = 1.5
"""Passages of a wave from which plain networks fail: published for c = 10 of sin x on [0, 2 pi] in t = 1."""
OSCILLATIONS = 5.0
WAVES = 5.0
WAVELENGTHS = 2.0
THIN = 0.01
STIFF, RATE_RANGE = 100.0, 1e4
UNSTABLE, CHAOTIC = 4.0, 6.0
"""e-foldings of waves under a law in space, and of neighbours under an ordinary differential equation."""
LONG, LONG_LINEAR = 8.0, 30.0
"""Times, in units of a law's own, from which a rest attracts training; a linear law takes longer."""
HIGH_ORDER = 4


@dataclass(frozen=True)
class Warned:
    """A caution that applies: its name, what was found in the law and why it matters, what helps, the sources."""

    name: str
    says: str
    remedy: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Caution:
    """`says` gives a sentence about a problem to which the caution applies, and None about others."""

    name: str
    says: Callable[[Character], str | None]
    remedy: str
    sources: tuple[Source, ...]


def cautions_for(character: Character) -> tuple[Warned, ...]:
    """All cautions that apply."""
    said = [(caution, caution.says(character)) for caution in CAUTIONS]
    return tuple(Warned(c.name, says, c.remedy, c.sources) for c, says in said if says is not None)


def ill_posed(c: Character) -> str | None:
    if c.kind != "ill-posed":
        return None
    return "Short waves grow without bound under this law with these conditions, so no method can solve it."


def fast_transport(c: Character) -> str | None:
    first = c.time is not None and c.order.get(c.time) == 1
    moves = c.kind in ("first-order", "hyperbolic", "parabolic") and first
    if not (moves and c.scales.periods >= PASSAGES):
        return None
    return (
        f"Waves pass a place {c.scales.periods:.1f} times within the time. Networks fail from about "
        f"{PASSAGES:g} on: they meet the start, and the law only where the wave is lost."
    )


def oscillations(c: Character) -> str | None:
    motion = c.motion or Motion()
    periods = motion.periods if c.kind == "ordinary" else c.scales.periods
    slow_start = c.time is not None and c.order.get(c.time, 0) >= 2
    if periods < OSCILLATIONS or not (c.kind in ("ordinary", "dispersive") or slow_start):
        return None
    return f"The solution goes through about {periods:.0f} periods; networks learn low frequencies first, and few."


def shocks(c: Character) -> str | None:
    if c.steepening != "shocks":
        return None
    return (
        "A first-order law whose speed depends on the fields forms shocks, where no derivative exists: networks meet "
        "it at their training points and not between them (the released networks of arXiv 2601.00473: residual "
        "0.017 there, up to 0.5 elsewhere)."
    )


def kinks(c: Character) -> str | None:
    if c.steepening != "kinks":
        return None
    return (
        "A first-order law, nonlinear in its derivatives, has kinks and many solutions almost everywhere; a small "
        "residual does not pick the viscosity solution."
    )


def jump(c: Character) -> str | None:
    if not c.scales.jump:
        return None
    return "The start jumps; a network, smooth as it is, rounds the jump, and the law carries that error on."


def frequencies(c: Character) -> str | None:
    if c.scales.waves < WAVES:
        return None
    return (
        f"Start or source has waves of {c.scales.waves:.0f} periods across the domain; plain networks learn these "
        "last or never."
    )


def wavelengths(c: Character) -> str | None:
    if c.scales.wavelengths < WAVELENGTHS:
        return None
    return (
        f"A law of Helmholtz's kind with {c.scales.wavelengths:.1f} wavelengths across the domain: near-resonant waves "
        "cost the residual little, so the error is far above it."
    )


def thin_layer(c: Character) -> str | None:
    if c.scales.layer > THIN or c.kind not in ("parabolic", "elliptic"):
        return None
    return (
        f"The terms of the law balance in layers of about {c.scales.layer:.1e} of the domain; points that stay where "
        "they are miss them, and the network with them."
    )


def stiffness(c: Character) -> str | None:
    motion = c.motion or Motion()
    if motion.stiffness < STIFF and motion.rate_range < RATE_RANGE:
        return None
    return (
        f"A stiff system: it relaxes {motion.stiffness:.0e} times faster than its solution varies, and its rates "
        f"differ by a factor of {motion.rate_range:.0e}; slow parts hardly count in the loss."
    )


def chaos(c: Character) -> str | None:
    motion = c.motion or Motion()
    if motion.chaos >= CHAOTIC:
        return (
            f"Neighbouring solutions part by a factor of exp({motion.chaos:.0f}) within the time: chaos. Networks "
            "ignore the order of time, so errors at early times spoil the rest."
        )
    if c.kind == "parabolic" and not c.linear and c.scales.growth >= UNSTABLE:
        return (
            f"Small disturbances grow by up to exp({c.scales.growth:.0f}) within the time, and the law is nonlinear: "
            "training, which ignores the order of time, may settle on another branch."
        )
    return None


def rest(c: Character) -> str | None:
    motion = c.motion or Motion()
    if not motion.rest or motion.reach < (LONG_LINEAR if c.linear else LONG):
        return None
    return (
        f"The law has a steady state, and the time is {motion.reach:.0f} of its own: a network that settles there "
        "early has a small residual nearly everywhere."
    )


def high_order(c: Character) -> str | None:
    if c.highest < HIGH_ORDER:
        return None
    return f"Derivatives of order {c.highest} amplify the network's errors in the loss and its gradients."


def indistinct(c: Character) -> str | None:
    if not c.confounded:
        return None
    if len(c.confounded) == 1:
        return f"The unknown {c.confounded[0]} has no effect on any law or condition at its start."
    return f"Only a combination of {listed(c.confounded)} acts; no data can tell them apart."


def weak_data(c: Character) -> str | None:
    if not c.faint:
        return None
    return (
        f"At the starting values a large change of {listed(c.faint)} shows little in the data, or shows as a change of "
        "the others would, so intervals will be wide."
    )


def few_data(c: Character) -> str | None:
    if not c.inverse:
        return None
    if not c.observations:
        return "Something unknown is to be found, and nothing is observed."
    if c.observations < len(c.unknowns):
        return f"{c.observations} observations cannot determine {len(c.unknowns)} unknowns."
    return None


SHORTER = "solve window after window of time, each from the end of the last"
CAUSAL = "weighting=lw.weighting.Causal()"
FEATURES = "network=lw.nn.FourierFeatures()"

CAUTIONS = (
    Caution(
        "ill-posed",
        ill_posed,
        "look at the signs of the highest derivatives, or prescribe the other end with Final(...)",
        (sources.HADAMARD,),
    ),
    Caution("fast transport", fast_transport, f"{CAUSAL}, or {SHORTER}", (sources.KRISHNAPRIYAN,)),
    Caution("oscillations", oscillations, f"{FEATURES}, or {SHORTER}", (sources.RAHAMAN, sources.MOSELEY)),
    Caution(
        "shocks",
        shocks,
        "take a conservative classical scheme; for a network, state the flux with closure=lw.Potential(5e-4)",
        (sources.FUKS, sources.DE_RYCK),
    ),
    Caution(
        "kinks", kinks, "take a monotone classical scheme, or add a small viscosity", (sources.CRANDALL,)
    ),
    Caution(
        "jump", jump, "smooth the start over a width that you can accept", (sources.FUKS, sources.RAHAMAN)
    ),
    Caution("frequencies", frequencies, FEATURES, (sources.RAHAMAN, sources.WANG_FOURIER)),
    Caution(
        "high wave number",
        wavelengths,
        f"{FEATURES}, and ten points a wavelength at least",
        (sources.WANG_GRADIENTS, sources.MOSELEY),
    ),
    Caution(
        "thin layer",
        thin_layer,
        "keep the residual-adaptive points that are the default in two coordinates and more; reach a small coefficient "
        "from larger ones",
        (sources.ARZANI,),
    ),
    Caution(
        "stiffness",
        stiffness,
        "take an implicit classical solver; for a network, state fast parts as in balance",
        (sources.JI,),
    ),
    Caution("chaos", chaos, f"{CAUSAL}, or {SHORTER}", (sources.WANG_CAUSAL, sources.KRISHNAPRIYAN)),
    Caution("rest", rest, SHORTER, (sources.ROHRHOFER,)),
    Caution(
        "high order",
        high_order,
        'name a derivative as a field of its own, fields="u w" and w - u.xx = 0, to halve the order',
        (sources.BASIR,),
    ),
    Caution(
        "indistinct unknowns", indistinct, "fix all but one of them, or name the combination", (sources.RAUE,)
    ),
    Caution(
        "weak data",
        weak_data,
        "observe other fields or times, or fix what is known from elsewhere",
        (sources.RAUE, sources.GUTENKUNST),
    ),
    Caution("too few data", few_data, 'add conditions["data"] = lw.Data(...)', (sources.RAUE,)),
)
