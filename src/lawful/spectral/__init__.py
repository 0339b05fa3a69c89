"""Archetypes solved by one Fourier multiplier: exact in time, no steps, no training."""

from .. import _runtime as _runtime
from .advection import advection as advection
from .axis import AbstractAxis as AbstractAxis
from .axis import Periodic as Periodic
from .axis import Sine as Sine
from .flow import AbstractMultiplier as AbstractMultiplier
from .flow import Flow as Flow
from .heat import heat as heat
from .poisson import helmholtz as helmholtz
from .poisson import poisson as poisson
from .poisson import screened_poisson as screened_poisson
from .schrodinger import schrodinger as schrodinger
from .transform import Mode as Mode
from .transform import Transform as Transform
from .transform import nodes as nodes
from .wave import wave as wave
