"""The runs of the study: networks of width 20 that differ in w, in depth and in their random numbers."""

from dataclasses import dataclass
from typing import Any

from ...nn import AbstractArchitecture, Attraction, Equilibrium, Relaxation
from ...optim import SSBroyden
from ...problem import Problem
from ...sampling import ResidualAdaptive
from ..neural_chains.cases import CASES
from ..runs import AbstractSolved
from .settings import Effort, Settings

WIDTH = 20
EVERY = 200
"""Steps between new points: often enough for short runs to follow the steep layer."""
FEED_FORWARD = "1"
"""The control: with w = 1 a relaxation network is the MLP."""
FIXED = ("0.1", "0.3", "0.5", "0.8", FEED_FORWARD)
TRAINED, PER_LAYER, EQUILIBRIUM = "trained", "per_layer", "equilibrium"
GRID = (*FIXED, TRAINED, PER_LAYER)
DEPTHS = (2, 4, 8, 16)
EQUILIBRIUM_CONTROL = 2
"""The depth at which w = 1 has about as many parameters as the equilibrium."""
WEIGHTS = ("1e-6", "1e-3")
ATTRACTED, ATTRACTED_DEPTH = "0.5", 4
"""The setting at which the attraction is put on, with each of `WEIGHTS`."""
MARK = "+"
INFINITE = "infinite"


@dataclass(frozen=True)
class Run(AbstractSolved):
    """One network; its folder is runs/SETTING-DEPTH-SEED.

    `setting` is a w, `trained`, `per_layer` or `equilibrium`, or a w with the weight of an attraction behind a `+`;
    `depth` counts hidden layers, None where they are without end.
    """

    setting: str
    depth: int | None
    seed: int

    @property
    def name(self) -> str:
        setting = self.setting.replace("-", "_")  # of 1e-3
        return f"{setting}-{self.depth or INFINITE}-{self.seed}"

    @classmethod
    def named(cls, name: str) -> "Run":
        """The run of that name."""
        setting, depth, seed = name.split("-")
        return cls(setting.replace("1e_", "1e-"), None if depth == INFINITE else int(depth), int(seed))

    def problem(self) -> Problem:
        return CASES["viscous"].own()

    def network(self) -> AbstractArchitecture:
        """The architecture; trained w begin at 0.5."""
        if self.depth is None:
            return Equilibrium(WIDTH)
        if self.setting == TRAINED:
            return Relaxation(WIDTH, self.depth, trained=True)
        if self.setting == PER_LAYER:
            return Relaxation(WIDTH, self.depth, w=(0.5,) * (self.depth - 1), trained=True)
        return Relaxation(WIDTH, self.depth, w=float(self.setting.split(MARK)[0]))

    def choices(self, effort: Effort) -> dict[str, Any]:
        """One optimizer at every depth, although lawful itself takes another one beyond 5,000 parameters."""
        _, _, weight = self.setting.partition(MARK)
        return {
            "method": "pinn",
            "network": self.network(),
            "optimizer": SSBroyden(),
            "regulariser": Attraction(float(weight)) if weight else None,
            "sampling": ResidualAdaptive(every=EVERY),
            "points": effort.points,
            "steps": effort.steps,
            "seed": self.seed,
        }


def planned(settings: Settings) -> list[Run]:
    """All runs; the seeds of one setting stand together, since they share what is compiled.

    With one layer after the first, trained for all layers and trained per layer are one, and the former is taken.
    """
    kinds: list[tuple[str, int | None]] = [
        (w, depth) for depth in settings.depths for w in settings.w if not (w == PER_LAYER and depth == 2)
    ]
    if (ATTRACTED, ATTRACTED_DEPTH) in kinds:
        kinds += [(f"{ATTRACTED}{MARK}{weight}", ATTRACTED_DEPTH) for weight in WEIGHTS]
    if EQUILIBRIUM_CONTROL in settings.depths:
        kinds.append((EQUILIBRIUM, None))
    return [Run(setting, depth, seed) for setting, depth in kinds for seed in range(settings.seeds)]
