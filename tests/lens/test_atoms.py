"""Atoms: neurons that are copies by construction are one, and merging them changes nothing."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.lens import depth
from lawful.nn import continuous

ROWS = np.random.default_rng(0).normal(size=(30, 2))


@pytest.fixture(scope="module")
def stack() -> Any:
    """Neuron 3 of the first layer is a copy of neuron 0, neuron 4 the negative of neuron 1, neuron 5 without weight."""
    layer = continuous.DynamicalLayer(steps=6, field=continuous.FitzHughNagumo(a=0.5))
    made = continuous.DynPMNN((6, 3), layer).build(2, 1, key=jax.random.key(1), dtype=jnp.float64)
    first, second = made.layers
    wires = first.wiring.current
    weight = wires.weight.at[:, 3].set(wires.weight[:, 0]).at[:, 4].set(-wires.weight[:, 1])
    bias = jnp.asarray([0.3, -0.2, 0.1, 0.3, 0.2, 0.0])
    a = (
        first.dynamics["a"].at[4].set(-first.dynamics["a"][1])
    )  # (v, w, I, a) -> -(v, w, I, a) keeps the equation
    after = second.wiring.current.weight.at[5].set(0.0)
    return eqx.tree_at(
        lambda m: (
            m.layers[0].wiring.current.weight,
            m.layers[0].wiring.current.bias,
            m.layers[0].dynamics["a"],
            m.layers[1].wiring.current.weight,
        ),
        made,
        (weight, bias, a, after),
    )


def test_copies_and_mirror_images_are_one_atom(stack: Any) -> None:
    seen = depth.atoms(stack, ROWS, tolerance=1e-6)
    seen.plot()
    first, second = seen.layers
    assert first.groups.tolist()[5] == -1
    assert first.idle.tolist() == [False] * 5 + [True]
    assert first.groups[0] == first.groups[3]
    assert first.groups[1] == first.groups[4]
    assert (first.distinct, second.distinct) == (3, 3)
    assert first.distance[0, 3] < 1e-14
    assert first.distance[1, 4] < 1e-14
    assert first.signs[1, 4] == -1
    assert first.parameter_distance[0, 3] < 1e-14
    assert first.parameter_distance[1, 4] > 0.1
    assert (first.rank, first.neurons) == (4, 6)
    assert max(first.moved, second.moved) < 1e-12
    assert first.distinct_at(0.99) < 3


def test_merging_what_differs_moves_the_outputs_by_about_the_tolerance(stack: Any) -> None:
    shifted = eqx.tree_at(
        lambda m: m.layers[0].wiring.current.bias, stack, stack.layers[0].wiring.current.bias.at[3].add(0.02)
    )
    fine, coarse = (depth.atoms(shifted, ROWS, tolerance=t).layers[0] for t in (1e-6, 0.05))
    assert (fine.distinct, coarse.distinct) == (4, 3)
    assert fine.moved < 1e-12
    assert 1e-4 < coarse.moved < 0.1


def test_a_network_of_other_kind_has_no_atoms(stack: Any) -> None:
    flow = continuous.NeuralODE(3, 4).build(2, 1, key=jax.random.key(0), dtype=jnp.float64)
    for model, rows, tolerance, message in (
        (flow, ROWS, 0.01, "a NeuralFlow is no stack of layers of neurons that are added up; give a DynPMNN"),
        (stack, ROWS[:1], 0.01, "at least two rows to compare neurons on, got 1"),
        (stack, ROWS, 1.5, r"tolerance must lie between 0 and 1, got 1\.5"),
    ):
        with pytest.raises(ValueError, match=message):
            depth.atoms(model, rows, tolerance=tolerance)
