"""Runs of one recipe with other seeds in step: their blocks of steps are one program, spread over the devices."""

import itertools
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Spec
from jaxtyping import Array

from ._outcome import Outcome
from .blocks import Programs, block_of
from .interrupt import Interruptible
from .objective import Objective
from .optim import AbstractOptimizer
from .training import Trained, Training

AXIS = "seeds"


def takes_at_once() -> bool:
    """Whether a device takes its runs at once."""
    return jax.default_backend() != "cpu"


class Together:
    """Runs that keep their own points, weights, counters and files, and take their steps in one compiled program.

    Each device has its share of the runs. An accelerator takes it at once, by vmap; a core takes one after another
    within the program, which vmap would make 1.1 to 1.7 times slower (measured, 128 to 2048 points). All runs are of
    one objective, but for the arrays that are not trained, and know one `stop`; progress is that of
    the first one.
    """

    def __init__(self, runs: Sequence[Training]):
        self.runs = runs
        self.programs = Programs("block")
        self.mesh = Mesh(np.asarray(jax.local_devices()[: len(runs)]), (AXIS,))
        self.cores = self.mesh.size
        self.slots = -(-len(runs) // self.cores)
        self.at_once = takes_at_once()

    def run(self, thetas: Sequence[Array]) -> list[Trained]:
        """Train all from these parameters."""
        first, ended = self.runs[0], "Stopped."
        outcomes: dict[int, Outcome] = {}
        first.progress.start(f"{first.points.problem.name}, {len(self.runs)} seeds", first.objective.terms)
        try:
            with Interruptible(first.stop):
                for run, theta in zip(self.runs, thetas, strict=True):
                    run.prepare(theta, None)
                while going := self._going(outcomes):
                    for _, same in itertools.groupby(sorted(going, key=self._kind), self._kind):
                        self._advance(list(same))
            ended = "All have ended."
        finally:
            first.progress.stop(ended)
        return [run.trained(outcomes[at]) for at, run in enumerate(self.runs)]

    def _going(self, outcomes: dict[int, Outcome]) -> list[int]:
        """Those that have not ended; of those that have, how is noted."""
        for at, run in enumerate(self.runs):
            if at not in outcomes and (outcome := run.outcome()) is not None:
                outcomes[at] = outcome
        return [at for at in range(len(self.runs)) if at not in outcomes]

    def _kind(self, at: int) -> int:
        """Runs of the same phase take steps of the same method."""
        return self.runs[at].at.phase

    def _advance(self, going: list[int]) -> None:
        """One block of steps of these runs, and for each what is due after it."""
        began = time.perf_counter()
        asked = [(self.runs[at].objective.frozen, *self.runs[at].asked()) for at in going]
        places = [(i % self.cores) * self.slots + i // self.cores for i in range(len(going))]
        idle = (*asked[0][:-1], jnp.zeros_like(asked[0][-1]))
        rows = [idle] * (self.cores * self.slots)
        for place, own in zip(places, asked, strict=True):
            rows[place] = own
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *rows)
        placed = jax.device_put(stacked, NamedSharding(self.mesh, Spec(AXIS)))
        run = self.runs[going[0]]
        (states, taken), compiling, running = self.programs.call(
            ("block", run.at.phase), self._blocks(run.optimizer, run.objective), *placed
        )
        counts = np.asarray(taken)
        for place, at in zip(places, going, strict=True):
            run = self.runs[at]
            own = jax.tree.map(lambda leaf, place=place: leaf[place], states)
            run.spent(compiling / len(going), running / len(going))
            run.receive(run.objective.replicate(own), int(counts[place]), time.perf_counter() - began)

    def _blocks(self, optimizer: AbstractOptimizer, objective: Objective) -> Callable[..., Any]:
        """The blocks of all slots, a share on each device."""

        one = objective.of_frozen(partial(block_of, optimizer))

        def share(*slots: Any) -> Any:
            if self.slots == 1:
                out = one(*jax.tree.map(lambda leaf: leaf[0], slots))
                return jax.tree.map(lambda leaf: leaf[None], out)
            return jax.vmap(one)(*slots) if self.at_once else jax.lax.map(lambda slot: one(*slot), slots)

        spec = Spec(AXIS)
        return jax.shard_map(share, mesh=self.mesh, in_specs=spec, out_specs=spec, check_vma=False)
