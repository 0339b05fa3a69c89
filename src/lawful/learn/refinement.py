"""Whether a model is the solution of the equations it claims to solve."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refinement:
    """The error of a model as it was trained, and of the same weights at `factor` times the steps.

    `rmse` and `rmse_refined` for regressors; for classifiers the rate of errors. `moved` is the root mean square by
    which outputs change, over their deviation. `rmse_refined` and `moved` are None for a model that claims no equation.
    """

    rmse: float
    rmse_refined: float | None
    moved: float | None
    factor: int

    @property
    def change(self) -> float | None:
        """The error refined over the error as trained, less one."""
        return None if self.rmse_refined is None or self.rmse == 0 else self.rmse_refined / self.rmse - 1

    def __str__(self) -> str:
        if self.rmse_refined is None:
            return f"error {self.rmse:.4g}; the model claims no equation, so there is nothing to refine"
        return (
            f"error {self.rmse:.4g}; the same weights at {self.factor} times the steps {self.rmse_refined:.4g}"
            + (f" ({self.change:+.1%})" if self.change is not None else "")
            + f"; outputs move by {self.moved:.2g} of their deviation"
        )
