"""`python -m lawful.studies.california.worker FOLDER RUN...`: trains some runs of the study, one after another."""

import sys

from ..launch import work
from .runs import Run
from .settings import Settings

if __name__ == "__main__":
    sys.exit(work(sys.argv[1:], Run.named, Settings.read))
