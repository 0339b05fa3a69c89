"""Taylor propagation against nested differentiation, for every exported architecture and activation."""

import dataclasses
import functools
import inspect
import itertools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from lawful import nn
from lawful.calculus import Index, Laplacian, Nested, Taylor, closure, unit
from lawful.nn import AbstractArchitecture, Frame
from lawful.nn._base import ACTIVATIONS

ARCHITECTURES = sorted(
    name
    for name, thing in vars(nn).items()
    if inspect.isclass(thing) and issubclass(thing, AbstractArchitecture) and not inspect.isabstract(thing)
)
FOURTH_ORDER: tuple[Index, ...] = tuple(i for i in itertools.product(range(5), repeat=2) if sum(i) <= 4)


def small(name: str, **more: Any) -> AbstractArchitecture:
    """The architecture of that name with tiny sizes, whatever fields it has."""
    kind = getattr(nn, name)
    sizes = {"width": 5, "depth": 2, "features": 5, "harmonics": 2, "omega": 3.0, "on": ("x",)}
    fields = {f.name for f in dataclasses.fields(kind)}
    if "base" in fields:
        sizes["base"] = nn.MLP(width=5, depth=2)
    return kind(**{k: v for k, v in {**sizes, **more}.items() if k in fields})


def built(architecture: AbstractArchitecture, dimension: int, dtype: str) -> Any:
    """A network of two outputs, all of its arrays moved away from zeros and symmetries."""
    names = ("x", "y", "z", *(f"x{i}" for i in range(3, dimension)))[:dimension]
    frame = Frame(names, tuple(-0.5 - 0.1 * i for i in range(dimension)), (1.0,) * dimension)
    network = architecture.build(frame, 2, key=jax.random.key(0), dtype=jnp.dtype(dtype))
    rng = np.random.default_rng(1)
    return jax.tree.map(lambda x: x + jnp.asarray(0.2 * rng.standard_normal(x.shape), x.dtype), network)


def points(count: int, dimension: int, dtype: str) -> jax.Array:
    return jnp.asarray(np.random.default_rng(2).uniform(-0.4, 0.9, (count, dimension)), dtype)


def probe(engine: Any, indices: tuple[Index, ...], network: Any, at: jax.Array) -> tuple[dict, Any]:
    """All derivatives, and the gradient by the network's arrays of a fixed combination of them.

    Not compiled: nested differentiation compiles for longer than it runs here.
    """

    def combined(network: Any) -> tuple[jax.Array, dict]:
        rows = engine(network, at, indices)
        mixed = sum(jnp.sum(row * row) / (1 + jnp.max(row * row)) for row in rows.values())
        return jnp.asarray(mixed), rows

    slope, rows = eqx.filter_grad(combined, has_aux=True)(network)
    return rows, slope


def assert_close(a: Any, b: Any, tolerance: float) -> None:
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= tolerance * max(1.0, np.abs(b).max())


def assert_engines_agree(network: Any, at: jax.Array, indices: tuple[Index, ...]) -> None:
    """Values and derivatives, then the gradients by the parameters."""
    rows, slope = probe(Taylor(), indices, network, at)
    oracle, oracle_slope = probe(Nested(), indices, network, at)
    assert set(rows) == set(oracle) == set(closure(indices))
    for index, row in oracle.items():
        assert_close(rows[index], row, 1e-12)
    for a, b in zip(jax.tree.leaves(slope), jax.tree.leaves(oracle_slope), strict=True):
        assert_close(a, b, 1e-12)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_derivatives_to_fourth_order_agree_with_nested(name: str) -> None:
    network, at = built(small(name), 2, "float64"), points(3, 2, "float64")
    rows, oracle = Taylor()(network, at, FOURTH_ORDER), Nested()(network, at, FOURTH_ORDER)
    assert set(rows) == set(oracle) == set(FOURTH_ORDER)
    for index, row in oracle.items():
        assert_close(rows[index], row, 1e-12)
    assert_close(rows[0, 0], jax.vmap(network)(at), 1e-12)
    assert_close(rows[0, 0], network(at), 1e-12)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_parameter_gradients_agree_with_nested(name: str) -> None:
    network, at = built(small(name), 2, "float64"), points(3, 2, "float64")
    assert_engines_agree(network, at, ((2, 1),))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_single_precision_stays_single_and_close(name: str) -> None:
    network, at = built(small(name), 2, "float32"), points(3, 2, "float32")
    rows, oracle = Taylor()(network, at, ((2, 0), (0, 1))), Nested()(network, at, ((2, 0), (0, 1)))
    for index, row in oracle.items():
        assert_close(rows[index], row, 1e-4)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_agrees_with_nested_to_fourth_order(activation: str) -> None:
    architecture = nn.MLP(width=4, depth=2, activation=activation)
    network, at = built(architecture, 1, "float64"), points(3, 1, "float64")
    rows, oracle = Taylor()(network, at, ((4,),)), Nested()(network, at, ((4,),))
    for index, row in oracle.items():
        assert_close(rows[index], row, 1e-12)
    assert_engines_agree(network, at, ((2,),))


@pytest.mark.parametrize("dimension", [2, 5, 10])
def test_collapsed_laplacian_agrees_with_nested(dimension: int) -> None:
    network, at = built(nn.MLP(width=4, depth=2), dimension, "float64"), points(3, dimension, "float64")
    laplacian = Laplacian(tuple(range(dimension)), dimension)
    assert_engines_agree(network, at, (laplacian,))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_collapsed_laplacian_is_the_sum_of_second_derivatives(name: str) -> None:
    """Over two of three axes, the third being time, beside other derivatives of the same network."""
    network, at = built(small(name), 3, "float64"), points(3, 3, "float64")
    laplacian = Laplacian((0, 1), 3)
    rows = Taylor()(network, at, (laplacian, unit(0, 3, 2), unit(1, 3, 2), unit(2, 3)))
    assert_close(rows[laplacian], rows[unit(0, 3, 2)] + rows[unit(1, 3, 2)], 1e-12)


@pytest.mark.parametrize("dimension", [2, 5, 10])
def test_the_laplacian_costs_linearly_in_the_dimension(dimension: int) -> None:
    assert len(closure([Laplacian(tuple(range(dimension)), dimension)])) == dimension + 2


def test_forward_over_reverse_goes_through_the_custom_rule() -> None:
    """jacfwd of grad, as in a Gauss-Newton or Hessian product, is the symmetric Hessian of nested AD."""
    network, at = built(nn.MLP(width=3, depth=1), 2, "float64"), points(3, 2, "float64")
    arrays, rest = eqx.partition(network, eqx.is_inexact_array)
    theta, unravel = ravel_pytree(arrays)

    def loss(engine: Any, theta: jax.Array) -> jax.Array:
        rows = engine(eqx.combine(unravel(theta), rest), at, ((2, 0), (0, 1)))
        return jnp.mean((rows[0, 1] + rows[0, 0] * rows[1, 0] - 0.1 * rows[2, 0]) ** 2)

    hessian, oracle = (
        jax.jit(jax.jacfwd(jax.grad(functools.partial(loss, engine))))(theta)
        for engine in (Taylor(), Nested())
    )
    assert_close(hessian, oracle, 1e-11)
    assert_close(hessian, hessian.T, 1e-11)


def test_derivatives_are_the_same_under_jit_and_vmap_of_parameters() -> None:
    """What the optimizers do: one point at a time, many parameter vectors, compiled."""
    network, at = built(nn.MLP(width=3, depth=1), 2, "float64"), points(4, 2, "float64")
    together = Taylor()(network, at, ((2, 1),))[2, 1]
    single = eqx.filter_jit(eqx.filter_vmap(lambda x: Taylor()(network, x[None], ((2, 1),))[2, 1][0]))(at)
    assert_close(single, together, 1e-12)


def test_constant_and_linear_rows_are_broadcast() -> None:
    """The second derivatives of a linear network are zeros of the full shape."""
    network = built(nn.MLP(width=3, depth=1), 2, "float64")
    linear = eqx.tree_at(
        lambda n: (n.weights, n.biases), network, ([network.weights[0]], [network.biases[0]])
    )
    rows = Taylor()(linear, points(4, 2, "float64"), ((2, 0),))
    assert rows[1, 0].shape == rows[2, 0].shape == (4, 3)
    assert not rows[2, 0].any()
    assert np.ptp(np.asarray(rows[1, 0]), axis=0).max() == 0


def test_a_network_that_carries_no_jets_is_refused() -> None:
    with pytest.raises(TypeError, match=r"does not carry jets: use Nested\(\)"):
        Taylor()(lambda z: jnp.ones(3), points(2, 2, "float64"), ((1, 0),))
