"""What a conservation law states beside its residual: what is conserved, its flux, its source."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..calculus import Plan


@dataclass(frozen=True)
class Balance:
    """∂q/∂t + Σ ∂f_c/∂c = s for each of the `conserved` fields q.

    `flux` has one plan a coordinate of space, `source` is None where nothing is produced; their outputs
    carry the names of the fields, or one empty name where a single field is conserved.
    """

    conserved: tuple[str, ...]
    flux: Mapping[str, Plan]
    source: Plan | None = None
