"""Contracts of all exported architectures, and what distinguishes each."""

import dataclasses
import inspect
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful import nn
from lawful.calculus import Nested
from lawful.nn import AbstractArchitecture, Frame, Frozen
from lawful.nn._base import ACTIVATIONS

ARCHITECTURES = sorted(
    name
    for name, thing in vars(nn).items()
    if inspect.isclass(thing) and issubclass(thing, AbstractArchitecture) and not inspect.isabstract(thing)
)
UNIT = Frame(("x", "t"), (-1.0, -1.0), (1.0, 1.0))
WIDE = Frame(("x", "t"), (2.0, 0.0), (12.0, 0.5))
AT = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, (6, 2)))


def small(name: str) -> AbstractArchitecture:
    kind = getattr(nn, name)
    sizes: dict[str, Any] = {"width": 6, "depth": 2, "features": 8, "harmonics": 2, "on": ("x",)}
    fields = {f.name for f in dataclasses.fields(kind)}
    if "base" in fields:
        sizes["base"] = nn.MLP(width=6, depth=2)
    return kind(**{k: v for k, v in sizes.items() if k in fields})


def network(name: str, frame: Frame = UNIT, seed: int = 0, outputs: int = 3, dtype: Any = jnp.float64) -> Any:
    """Built, and moved from where a read-out may start at zero."""
    made = small(name).build(frame, outputs, key=jax.random.key(seed), dtype=dtype)

    def moved(x: Any) -> Any:
        return x if isinstance(x, Frozen) else x + jnp.asarray(0.1, x.dtype)

    return jax.tree.map(moved, made, is_leaf=lambda x: isinstance(x, Frozen))


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_shapes_and_precision(name: str, dtype: Any) -> None:
    made = network(name, dtype=dtype)
    assert made(AT[0].astype(dtype)).shape == (3,)
    many = made(AT.astype(dtype))
    assert many.shape == (6, 3)
    assert many.dtype == dtype
    assert np.isfinite(np.asarray(many)).all()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_points_do_not_see_each_other(name: str) -> None:
    made = network(name)
    np.testing.assert_allclose(made(AT), jax.vmap(made)(AT), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_key_decides_the_weights(name: str) -> None:
    first, again, other = (network(name, seed=s)(AT) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(np.asarray(first - other)).max() > 1e-3


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name != "Unscaled"])
def test_inputs_are_scaled_from_the_domain(name: str) -> None:
    """The same weights on another box give the same function of the relative place."""
    lower, upper = np.asarray(WIDE.lower), np.asarray(WIDE.upper)
    there = lower + (upper - lower) * (np.asarray(AT) + 1) / 2
    np.testing.assert_allclose(
        network(name, WIDE)(jnp.asarray(there)), network(name)(AT), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_perceptron_starts_neither_flat_nor_saturated(seed: int) -> None:
    """Glorot weights keep the size of the signal: rms of the output of order one."""
    made = nn.MLP(width=64, depth=4).build(UNIT, 8, key=jax.random.key(seed), dtype=jnp.float64)
    assert 0.05 < float(jnp.sqrt(jnp.mean(made(AT) ** 2))) < 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_siren_starts_with_standard_signals(seed: int) -> None:
    """Sitzmann et al., section 3.2: pre-activations keep unit variance, outputs that of the last sum."""
    made = nn.Siren(width=256, depth=4).build(UNIT, 64, key=jax.random.key(seed), dtype=jnp.float64)
    assert 0.7 < float(jnp.std(made(AT))) < 1.3


@pytest.mark.parametrize(("on", "axis"), [(("x",), 0), (("t",), 1), (("x", "t"), 0), (("x", "t"), 1)])
def test_periodic_inputs_match_in_all_derivatives(on: tuple[str, ...], axis: int) -> None:
    made = nn.Periodic(on=on, harmonics=3, base=nn.MLP(6, 2)).build(
        WIDE, 1, key=jax.random.key(0), dtype=jnp.float64
    )
    ends = [jnp.asarray([[4.0, 0.2]]).at[0, axis].set(end[axis]) for end in (WIDE.lower, WIDE.upper)]
    low, high = (Nested()(made, at, ((2, 0), (0, 1), (1, 1))) for at in ends)
    for index, values in low.items():
        np.testing.assert_allclose(values, high[index], rtol=1e-10, atol=1e-11)


def test_a_gated_perceptron_stays_between_its_encoders() -> None:
    """With saturated gates z is one encoder or the other, never outside [-1, 1]."""
    made = nn.ModifiedMLP(width=6, depth=2).build(UNIT, 1, key=jax.random.key(0), dtype=jnp.float64)
    bound = float(jnp.abs(made.weights[-1]).sum()) * 3
    assert float(jnp.abs(made(100 * AT)).max()) <= bound


def test_random_features_are_linear_in_what_is_trained() -> None:
    made = nn.RandomFeatures(features=8).build(UNIT, 1, key=jax.random.key(0), dtype=jnp.float64)
    assert not made(AT).any()
    leaves = jax.tree.leaves(made, is_leaf=lambda x: isinstance(x, Frozen))
    assert [x.shape for x in leaves if not isinstance(x, Frozen)] == [(8, 1)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        *[
            (lambda k=kind, f=field: k(**{f: 0}), rf"{field} must be a whole number of at least 1, got 0")
            for kind in (nn.MLP, nn.ModifiedMLP, nn.Siren)
            for field in ("width", "depth")
        ],
        (lambda: nn.MLP(width=True), r"width must be a whole number of at least 1, got True"),
        (lambda: nn.MLP(width=2.5), r"width must be a whole number"),  # pyright: ignore
        (lambda: nn.FourierFeatures(features=0), r"features must be a whole number"),
        (lambda: nn.FourierFeatures(deviation=0.0), r"deviation must be a finite number above 0, got 0\.0"),
        (lambda: nn.RandomFeatures(features=-1), r"features must be a whole number"),
        (lambda: nn.RandomFeatures(bandwidth=-1.0), r"bandwidth must be a finite number above 0, got -1\.0"),
        (lambda: nn.RandomFeatures(20, (1.0, 2.0)), r"bandwidth must be a finite .* got \(1\.0, 2\.0\)"),  # pyright: ignore
        (lambda: nn.FourierFeatures(deviation="2"), r"deviation must be a finite number above 0, got '2'"),  # pyright: ignore
        (lambda: nn.Relaxation(w="0.5"), r"w must be above 0 and below 2, got '0\.5'"),  # pyright: ignore
        (lambda: nn.Equilibrium(contraction="1"), r"contraction must lie between 0 and 1, got '1'"),  # pyright: ignore
        (lambda: nn.Siren(omega=0.0), r"omega must be a finite number above 0, got 0\.0"),
        (lambda: nn.Periodic(on=("x",), harmonics=0), r"harmonics must be a whole number"),
        (lambda: nn.Periodic(on="x"), r'on must be a tuple of coordinate names such as \("x",\), got \'x\''),
        (lambda: nn.Periodic(on=()), r"on must be a tuple"),
        (
            lambda: nn.Periodic(on=("z",)).build(UNIT, 1, key=jax.random.key(0), dtype=jnp.float64),
            r"'z' is no input here; the inputs are x, t",
        ),
        (lambda: nn.MLP(activation="tnah"), r"activation 'tnah' is not known; choose one of tanh, sin"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_wrong_size_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_the_activations_that_are_promised() -> None:
    assert {"tanh", "sin", "gelu", "relu", "leaky_relu"} <= set(ACTIVATIONS)
