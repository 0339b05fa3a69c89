"""What a rule sees of a problem, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..character import Character
from .cautions import THIN, WAVES, fast_transport
from .sources import Source


@dataclass(frozen=True)
class Situation:
    """A problem, what solves it classically (None where nothing does, with `refusal`), and how often it is solved.

    `parameters` are those with a known value.
    """

    character: Character
    parameters: tuple[str, ...] = ()
    classical: str | None = None
    refusal: str = ""
    solves: int = 1

    @property
    def smooth(self) -> bool:
        """Whether nothing in the law asks for a fine resolution."""
        s = self.character.scales
        fine = s.jump or s.layer <= THIN or max(s.waves, s.wavelengths, s.periods) >= WAVES
        return not (fine or self.character.steepening or fast_transport(self.character))


@dataclass(frozen=True)
class Ask:
    """What to type: options of `solve`, and lines of Python that must stand before it."""

    options: Mapping[str, str | float] = field(default_factory=dict)
    before: tuple[str, ...] = ()

    @property
    def python(self) -> tuple[str, ...]:
        """The lines to paste."""
        options = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return (*self.before, f"solution = lw.solve(problem{options})")

    def command(self, named: str) -> str | None:
        """The command line, where it can say the same."""
        if self.before:
            return None
        return " ".join(
            [
                "lawful solve",
                named,
                *(f"--{n} {v:g}" if isinstance(v, float) else f"--{n} {v}" for n, v in self.options.items()),
            ]
        )


@dataclass(frozen=True)
class Recommendation:
    """A method of `solve` (None where nothing can be solved yet), in words, with reasons and what to type."""

    rule: str
    method: str | None
    says: str
    reasons: tuple[str, ...]
    ask: Ask
    sources: tuple[Source, ...] = ()
    measurable: bool = False


@dataclass(frozen=True)
class Rule:
    """`applies` decides whether `recommends` has something to say of a situation."""

    name: str
    applies: Callable[[Situation], bool]
    recommends: Callable[[Situation], Recommendation]
