"""The catalogue: one file a problem, each with an independent reference."""

from .advection import advection as advection
from .allen_cahn import allen_cahn as allen_cahn
from .burgers import burgers as burgers
from .burgers_inviscid import burgers_inviscid as burgers_inviscid
from .decay import decay as decay
from .diffusion_reaction import diffusion_reaction as diffusion_reaction
from .eikonal import eikonal as eikonal
from .heat import heat as heat
from .lorenz import lorenz as lorenz
from .oscillator import oscillator as oscillator
from .poisson import poisson as poisson
from .robertson import robertson as robertson
from .schrodinger_box import schrodinger_box as schrodinger_box
from .schrodinger_nls import schrodinger_nls as schrodinger_nls
from .van_der_pol import van_der_pol as van_der_pol
from .wave import wave as wave
