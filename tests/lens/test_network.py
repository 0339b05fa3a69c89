"""Networks from arrays, files and solutions: the same function, or one sentence."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import save_file

import lawful as lw
from lawful._outcome import Outcome
from lawful.calculus.jet import Activation
from lawful.description import describe
from lawful.judge import Verdict
from lawful.lens import ACTIVATIONS, Network, from_arrays, read
from lawful.nn import _base
from lawful.source import NetworkSource
from lawful.trial import TrialSpace

Drawn = Callable[..., Network]
AT = np.random.default_rng(1).uniform(0, 1, (5, 2))


def arrays(network: Network) -> dict[str, np.ndarray]:
    pairs = enumerate(zip(network.weights, network.biases, strict=True))
    return {k: v for i, (w, b) in pairs for k, v in ((f"W{i}", w), (f"b{i}", b))}


def test_the_output_is_that_of_the_formula(drawn: Drawn) -> None:
    n = drawn((2, 3, 3, 1))
    z = np.tanh(np.tanh(AT @ n.weights[0] + n.biases[0]) @ n.weights[1] + n.biases[1])
    np.testing.assert_allclose(n(AT), z @ n.weights[2] + n.biases[2], rtol=1e-14)
    np.testing.assert_array_equal(n.states(AT)[2], z)
    np.testing.assert_allclose(n(AT[0]), n(AT)[:1], rtol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_and_jacobians_are_derivatives(drawn: Drawn, name: str) -> None:
    """By central differences of complex-free step 1e-6: the slope of f, and the chain of layer Jacobians."""
    n = drawn((2, 4, 4, 3), activation=name)
    states, h = n.states(AT), 1e-6
    chain = np.eye(2)[None]
    for layer in range(3):
        chain = n.jacobians(layer, states[layer]) @ chain
    for axis in range(2):
        step = h * np.eye(2)[axis]
        np.testing.assert_allclose(chain[:, :, axis], (n(AT + step) - n(AT - step)) / (2 * h), atol=1e-8)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) & set(_base.ACTIVATIONS)))
def test_activations_are_those_that_lawful_trains_with(name: str) -> None:
    trained: Activation = _base.ACTIVATIONS[name]
    z = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(ACTIVATIONS[name].value(z, np), trained(jnp.asarray(z)), atol=1e-14)
    np.testing.assert_allclose(
        ACTIVATIONS[name].value(jnp.asarray(z), jnp), trained(jnp.asarray(z)), atol=1e-14
    )


def test_every_activation_of_lawful_is_known() -> None:
    assert set(_base.ACTIVATIONS) <= set(ACTIVATIONS)


def test_files_hold_the_network(drawn: Drawn, tmp_path: Path) -> None:
    n = drawn((2, 4, 4, 1))
    np.savez(tmp_path / "a.npz", **arrays(n))
    save_file({k: np.ascontiguousarray(v) for k, v in arrays(n).items()}, tmp_path / "a.safetensors")
    for file in ("a.npz", "a.safetensors"):
        again = read(tmp_path / file, "tanh")
        np.testing.assert_array_equal(again(AT), n(AT))
        assert again.name == "a"


@pytest.mark.parametrize(
    "architecture", [lw.nn.MLP(4, 2, "gelu"), lw.nn.Siren(4, 2), lw.nn.RandomFeatures(6)]
)
def test_the_network_of_a_solution_is_the_function_that_was_trained(architecture: Any) -> None:
    """Inputs in the problem's units, outputs in those of the field: the scaling is in the layers."""
    problem = lw.Problem(
        domain=lw.Box(x=(3, 12)) * lw.Time(t=(0, 50)),
        fields="u",
        conditions={
            "pde": lw.Interior(lambda u: u.t + u.x),
            "sides": lw.Free(on="x"),
            "start": lw.Initial(lambda u: u - 1),
        },
    )
    space = TrialSpace(problem, architecture, key=jax.random.key(0), dtype="float64", units={"u": 100.0})
    theta = np.asarray(space.initial) + 0.1
    solution = lw.Solution(
        problem,
        NetworkSource(space, theta),
        facts={"method": "pinn", "recipe": {"network": describe(architecture)}},
        verdict=Verdict("supported", ()),
        outcome=Outcome.COMPLETED,
        params={},
        intervals={},
        history=[],
    )
    seen = lw.lens.from_solution(solution, name="seen")
    networks = eqx.combine(
        space.tree(jnp.asarray(theta))[0], space._rest, is_leaf=lambda x: isinstance(x, _base.Frozen)
    )
    places = AT * [9, 50] + [3, 0]
    np.testing.assert_allclose(seen(places), networks[0](jnp.asarray(places)), rtol=1e-10, atol=1e-10)
    with pytest.raises(ValueError, match="there is no field 'v'; the fields are u"):
        lw.lens.from_solution(solution, field="v")


W, B = [np.ones((2, 3)), np.ones((3, 1))], [np.ones(3), np.ones(1)]


@pytest.mark.parametrize(
    ("weights", "biases", "activation", "kind", "message"),
    [
        (
            [w.T for w in W],
            B,
            "tanh",
            ValueError,
            "3x2, 1x3, look like transposed weights, as torch stores them; give",
        ),
        (W, B, "tahn", ValueError, "activation 'tahn' is not known. Did you mean 'tanh'?"),
        (
            [W[0], W[0]],
            B,
            "tanh",
            ValueError,
            "W1 of n has the shape (2, 3), but W0 has 3 outputs; expected (3, ...)",
        ),
        (
            W,
            [B[0], B[0]],
            "tanh",
            ValueError,
            "b1 of n has the shape (3,), but W1 has 1 outputs; expected (1,)",
        ),
        (W, B[:1], "tanh", ValueError, "n has 2 weights and 1 biases"),
        (
            [W[0] * np.nan, W[1]],
            B,
            "tanh",
            ValueError,
            "W0 of n has 6 values that are not finite, of 6; the run",
        ),
        ([np.array(["a"]), W[1]], B, "tanh", TypeError, "W0 of n holds <U1, no numbers"),
        ([np.array([None]), W[1]], B, "tanh", TypeError, "W0 of n holds object, no numbers"),
        ([[[1, 2], [3]], W[1]], B, "tanh", ValueError, "W0 of n has rows of unequal length"),
        ([W[0] * 1j, W[1]], B, "tanh", TypeError, "W0 of n is complex"),
        (
            [np.ones(3), W[1]],
            B,
            "tanh",
            ValueError,
            "W0 of n has the shape (3,); expected a matrix (inputs, outputs)",
        ),
        ([], [], "tanh", ValueError, "n has no weights"),
    ],
)
def test_wrong_arrays_are_refused(
    weights: Any, biases: Any, activation: str, kind: Any, message: str
) -> None:
    with pytest.raises(kind, match=re.escape(message)):
        from_arrays(weights, biases, activation, name="n")


def test_wrong_places_are_refused(drawn: Drawn) -> None:
    with pytest.raises(
        ValueError, match=re.escape("takes 2 inputs, so places have the shape (points, 2); got (1, 3)")
    ):
        drawn((2, 3, 1))([[1, 2, 3]])
