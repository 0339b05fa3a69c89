"""Which iterate a run returns, and a further phase begins with."""

import abc

import equinox as eqx


class AbstractKeeping(eqx.Module):
    """Compares iterates by their held-out residuals, mean squares under the weights of now."""

    @abc.abstractmethod
    def takes(self, now: float, kept: float) -> bool:
        """Whether the iterate of now takes the place of the one kept."""


class BestHeldOut(AbstractKeeping):
    """The iterate with the lowest residual on points where no step was taken, the default."""

    def takes(self, now: float, kept: float) -> bool:
        return now < kept


class LastIterate(AbstractKeeping):
    """The last one, as most published training loops return it; where the law holds at the points of training only,
    that is the worse choice."""

    def takes(self, now: float, kept: float) -> bool:
        return True
