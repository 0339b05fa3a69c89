"""`python -m lawful.studies.neural_chains.worker FOLDER RUN...`: trains some runs of a study, one after another."""

import sys
from pathlib import Path

from .launch import STOPPED
from .runs import Run
from .settings import Settings


def main(arguments: list[str]) -> int:
    """Train the runs named; 130 where Ctrl-C stopped one."""
    out = Path(arguments[0])
    effort = Settings.read(out).effort
    for run in map(Run.named, arguments[1:]):
        if not run.train(out, effort):
            return STOPPED
        print(f"{run.name}: trained", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
