"""One optimizer after another."""

import equinox as eqx

from ._base import AbstractOptimizer
from .keeping import AbstractKeeping, BestHeldOut


class Chain(eqx.Module):
    """Phases in order, each with its own `steps`: `Chain(Adam(2000), SSBroyden())`.

    `keeping` tells which iterate each phase hands on: `BestHeldOut()` or `LastIterate()`.
    """

    phases: tuple[AbstractOptimizer, ...]
    keeping: AbstractKeeping = BestHeldOut()

    def __init__(self, *phases: AbstractOptimizer, keeping: AbstractKeeping = BestHeldOut()):
        if not phases:
            raise ValueError("Chain() is empty; give it optimizers, such as Chain(Adam(2000), SSBroyden()).")
        for phase in phases:
            if not isinstance(phase, AbstractOptimizer):
                raise TypeError(f"Chain takes optimizers such as Adam(2000), got {phase!r}.")
        if not isinstance(keeping, AbstractKeeping):
            raise TypeError(f"keeping must be BestHeldOut() or LastIterate(), got {keeping!r}.")
        self.phases, self.keeping = phases, keeping


def keeping_of(optimizer: AbstractOptimizer | Chain) -> AbstractKeeping:
    """Which iterate a run with this optimizer returns."""
    return optimizer.keeping if isinstance(optimizer, Chain) else BestHeldOut()


def phases_of(optimizer: AbstractOptimizer | Chain) -> tuple[AbstractOptimizer, ...]:
    """The phases of a chain, or the one optimizer; raises `TypeError` for anything else."""
    if isinstance(optimizer, Chain):
        return optimizer.phases
    if not isinstance(optimizer, AbstractOptimizer):
        raise TypeError(f"optimizer must be one of lawful.optim such as SSBroyden(), got {optimizer!r}.")
    return (optimizer,)
