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
    RUNNING = "running"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]

    @property
    def failed(self) -> bool:
        return self is Outcome.NON_FINITE


_SENTENCES = {
    Outcome.COMPLETED: "All steps were taken.",
    Outcome.CONVERGED: "The optimizer met its own criterion: no step lowers the loss further.",
    Outcome.BUDGET: "The time budget was used up; raise budget= to train on.",
    Outcome.INTERRUPTED: "Stopped on request; the best iterate so far is kept, `lawful resume` continues.",
    Outcome.STALLED: "The line search found no lower value, which is the rounding floor or a law that jumps; "
    "use float64, or a first-order optimizer such as Adam.",
    Outcome.NON_FINITE: "A value became infinite or NaN; look at the term named here for a division by zero, "
    "a root or a logarithm out of range, or lower the learning rate.",
    Outcome.RUNNING: "The run has not ended, or was killed; `lawful resume` continues from its last checkpoint.",
}
