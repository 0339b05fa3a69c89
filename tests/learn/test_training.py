"""The training loop: the running mean of the iterates."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.learn.regression import squared
from lawful.learn.training import _OPTIMIZER, Padded, Settings, _epoch, _pace
from lawful.nn import continuous as depth
from lawful.nn.continuous._base import trained


@pytest.mark.parametrize("averaging", [0.0, 0.9])
def test_the_mean_is_that_of_the_iterates(averaging: float) -> None:
    """Each iterate seen by itself, one batch a call, and averaged by NumPy."""
    rng = np.random.default_rng(0)
    data = Padded(*(jnp.asarray(rng.normal(size=s)) for s in ((48, 3), (48, 1))), jnp.ones(48))
    moving, rest = trained(depth.FeedForward((4,)).build(3, 1, key=jax.random.key(0), dtype=jnp.float64))
    settings = Settings(3, 0.01, 0.1, 16, 3, 0, averaging)
    memory, mean, plain, count = _OPTIMIZER.init(moving), moving, None, 0
    one: Any = (moving, moving, memory)
    for epoch in range(3):
        order = jnp.asarray(rng.permutation(48))
        pace = _pace(epoch, settings, 3)
        moving, mean, memory, _ = _epoch(moving, mean, rest, memory, data, order, pace, 16, squared)
        for i in range(3):
            step = jax.tree.map(lambda a, i=i: a[i : i + 1], pace)
            *one, _ = _epoch(
                one[0], one[1], rest, one[2], data, order[16 * i : 16 * i + 16], step, 16, squared
            )
            w = np.asarray(one[0].readout.weight)
            kept = min(averaging, count / (count + 1))
            plain, count = (w if plain is None else kept * plain + (1 - kept) * w), count + 1
    np.testing.assert_allclose(moving.readout.weight, one[0].readout.weight, rtol=1e-12)
    np.testing.assert_allclose(mean.readout.weight, plain, rtol=1e-6)
    assert np.allclose(mean.readout.weight, moving.readout.weight, rtol=1e-9) == (averaging == 0)
