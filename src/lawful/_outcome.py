"""How a run ended: a value with the sentence that names the fix, not an exception deep in a trace."""

import enum


class Outcome(enum.Enum):
    """The end of a training run; `.sentence` says what it means and what to do."""

    COMPLETED = "completed"
    CONVERGED = "converged"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"
    STALLED = "stalled"
    NON_FINITE = "non-finite"

    @property
    def sentence(self) -> str:
        """What it means, and what to do."""
        return _SENTENCES[self]

    @property
    def failed(self) -> bool:
        return self is Outcome.NON_FINITE


_SENTENCES = {
    Outcome.COMPLETED: "All steps were taken.",
    Outcome.CONVERGED: "Further steps gain nothing: residuals stopped falling, or the optimizer met its own criterion.",
    Outcome.BUDGET: "The time budget was used up; a larger one trains on.",
    Outcome.INTERRUPTED: "Stopped on request; the best iterate so far is kept, and a run folder can be resumed.",
    Outcome.STALLED: "The line search found no lower value, which is the rounding floor or a law that jumps; "
    "use float64, or a first-order optimizer such as Adam.",
    Outcome.NON_FINITE: "A value became infinite or NaN; look at the term named for a division by zero, "
    "a root or a logarithm out of range, or lower the learning rate.",
}
