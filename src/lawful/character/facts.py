"""The facts about a problem on which advice rests."""

from dataclasses import dataclass, field

KINDS = (
    "ordinary",
    "elliptic",
    "parabolic",
    "hyperbolic",
    "dispersive",
    "first-order",
    "ill-posed",
    "unclassified",
)
"""Ordinary differential equations in time; what short waves do under the law: nothing real satisfies it, they are
damped, carried at one finite speed, carried the faster the shorter; laws of one field and first order; and
problems in which they grow without bound."""


@dataclass(frozen=True)
class Scales:
    """Numbers without a unit, for laws in space.

    - `periods`: of the fastest oscillation over the time of the problem, for the waves in its start.
    - `growth`: the largest number of e-foldings of a small disturbance over that time.
    - `peclet`: length times the coefficient of a first derivative over that of the second, the largest.
    - `layer`: the width of the thinnest layer over the length of the domain, where a balance of terms makes one.
    - `wavelengths`: across the domain, of the waves that a law without time carries.
    - `waves`: periods across the domain of the shortest wave of note in start and source.
    - `jump`: the start jumps.
    """

    periods: float = 0.0
    growth: float = 0.0
    peclet: float = 0.0
    layer: float = 1.0
    wavelengths: float = 0.0
    waves: float = 0.0
    jump: bool = False


@dataclass(frozen=True)
class Motion:
    """What an ordinary differential equation does, as a pilot integration from its start shows.

    With lambda the eigenvalues of the Jacobian of the right-hand side along the way and T the time:
    - `stiffness`: max(-Re lambda) T, over the number of times that the solution crosses its own range: how
      much faster the law relaxes than the solution varies.
    - `rate_range`: the largest |lambda| over the smallest that is not zero, the median along the way.
    - `periods`: mean of max |Im lambda| T / (2 pi).
    - `reach`: mean of max |lambda| T, the time in units of the law's own.
    - `chaos`: e-foldings by which two neighbours part until the end, 0 where there can be no chaos.
    - `rest`: whether the law has a steady state other than its start.
    - `followed`: whether the integration reached the end; where it did not, states were sampled instead.
    """

    stiffness: float = 0.0
    rate_range: float = 1.0
    periods: float = 0.0
    reach: float = 0.0
    chaos: float = 0.0
    rest: bool = False
    followed: bool = False


@dataclass(frozen=True)
class Character:
    """A problem as its statement shows it.

    - `kind`: one of `KINDS`. `linear`: the laws are affine in the fields; `affine`: the conditions are too.
    - `order`: the highest derivative by coordinate; `highest`: the highest of all, mixed ones counted in full.
    - `coordinates`, `time`: names; `fields`, `equations`: how many.
    - `autonomous`: the laws do not ask for time. `regular`: the domain is a box.
    - `periodic`: coordinates around which the ends are joined.
    - `unknowns`, `free_fields`: parameters, and fields beyond the number of equations, to be found.
    - `observations`: how many values were observed, at `places` places.
    - `confounded`: unknowns whose effect on all laws and conditions others can imitate, or that have none.
    - `faint`: unknowns of an ordinary differential equation whose change, at their starting values, hardly
      shows in what is observed, or shows as that of others does.
    - `steepening`: `shocks` where waves of a first-order law overtake one another, `kinks` where slopes do, or "".
    - `scales`, `motion`: numbers without a unit; `motion` for ordinary differential equations.
    """

    kind: str
    linear: bool
    affine: bool
    order: dict[str, int]
    highest: int
    coordinates: tuple[str, ...]
    time: str | None
    fields: int
    equations: int
    autonomous: bool
    regular: bool
    periodic: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    free_fields: int = 0
    observations: int = 0
    places: int = 0
    confounded: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()
    steepening: str = ""
    scales: Scales = field(default_factory=Scales)
    motion: Motion | None = None

    @property
    def dimensions(self) -> int:
        """The number of coordinates, time included."""
        return len(self.coordinates)

    @property
    def inverse(self) -> bool:
        """Whether something beside the solution is to be found."""
        return bool(self.unknowns) or self.free_fields > 0
