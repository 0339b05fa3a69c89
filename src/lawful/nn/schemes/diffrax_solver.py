"""Any solver of diffrax as a scheme."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp

from ._base import AbstractScheme, State, System


class Diffrax(AbstractScheme):
    """A solver of diffrax, with equal steps or, where tolerances are given, steps of its own choice.

    - `solver`: such as `diffrax.Dopri5()`; `None` takes `diffrax.Tsit5()`.
    - `rtol`, `atol`: relative and absolute tolerance of adaptive steps, both or neither.
    - `max_steps`: where adaptive steps give up, with an error.

    Gradients are those of the steps taken, with binomial checkpoints. With tolerances, finer `steps` change the first
    step only: refine by tolerances there. Raises `ValueError` where one tolerance is given without the other.
    """

    solver: Any = None
    rtol: float | None = eqx.field(default=None, static=True)
    atol: float | None = eqx.field(default=None, static=True)
    max_steps: int = eqx.field(default=4096, static=True)
    reach: float = eqx.field(default=float("inf"), static=True)

    def __check_init__(self) -> None:
        if (self.rtol is None) != (self.atol is None):
            raise ValueError(
                f"Diffrax(rtol={self.rtol!r}, atol={self.atol!r}): give both tolerances for adaptive steps, "
                "as in rtol=1e-4, atol=1e-6, or neither for equal steps."
            )

    @property
    def order(self) -> int:
        return int(self._chosen().order(None))

    def march(self, system: System, state: State, horizon: Any, steps: int, *, checkpoint: bool) -> State:
        return tuple(z[0] for z in self._solved(system, state, horizon, steps, ends_only=True))

    def trajectory(self, system: System, state: State, horizon: Any, steps: int) -> State:
        return self._solved(system, state, horizon, steps, ends_only=False)

    def _chosen(self) -> Any:
        import diffrax

        return diffrax.Tsit5() if self.solver is None else self.solver

    def _solved(self, system: System, state: State, horizon: Any, steps: int, *, ends_only: bool) -> State:
        import diffrax

        # the horizon may differ from neuron to neuron: time runs from 0 to 1, and rates are scaled
        term: Any = diffrax.ODETerm(lambda t, z, args: tuple(horizon * f for f in system.rate(z)))
        dtype = state[0].dtype
        times = jnp.linspace(0, 1, steps + 1, dtype=dtype)
        adaptive = self.rtol is not None and self.atol is not None
        controller: Any = diffrax.StepTo(times)
        if self.rtol is not None and self.atol is not None:
            controller = diffrax.PIDController(rtol=self.rtol, atol=self.atol)
        solution = diffrax.diffeqsolve(
            term,
            self._chosen(),
            t0=times[0],
            t1=times[-1],
            dt0=None,
            y0=state,
            saveat=diffrax.SaveAt(t1=True) if ends_only else diffrax.SaveAt(ts=times),
            stepsize_controller=controller,
            max_steps=self.max_steps if adaptive else steps,
        )
        found: Any = solution.ys
        return found
