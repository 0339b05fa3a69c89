"""How much of the published training is done again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Shares of the published steps and points, `small` for the steps of the Eikonal network, which cost little, and
    the seconds, or else the steps, that lawful's own recipe has for a run.

    `budget` ends every run after so many seconds, the published ones too; None lets these take all their steps.
    """

    steps: float = 1.0
    points: float = 1.0
    small: float = 1.0
    own_s: float | None = 60.0
    own_steps: int | None = None
    budget: float | None = None

    def counted(self, published: int, *, small: bool = False) -> int:
        """So many of the published steps."""
        return max(2, round((self.small if small else self.steps) * published))

    def placed(self, published: int) -> int:
        """So many of the published points."""
        return max(8, round(self.points * published))


FULL = Effort()
QUICK = Effort(steps=0.02, points=0.02, small=0.05, own_s=None, own_steps=500)
"""The shape of all tables and figures, not their numbers."""
