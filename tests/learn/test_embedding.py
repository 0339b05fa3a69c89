"""Embeddings of columns: their formulas written out by NumPy, what is trained of them, and the estimators."""

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.base import clone

from lawful import learn
from lawful.learn.embedding import ColumnEmbedding
from lawful.nn import schemes
from lawful.nn.continuous._base import count_parameters, trained

KEY = jax.random.key(3)
ROWS = np.random.default_rng(0).normal(size=(500, 3))
ROWS[:, 2] = np.round(ROWS[:, 2])  # few values, each of many rows: quantiles coincide
POINTS = np.concatenate([ROWS[:40], [[-9.0, 9.0, 9.0]]])
KINDS = {
    "periodic": (learn.PeriodicEmbedding(frequencies=4, width=5), 3 * (4 + 2 * 4 * 5 + 5)),
    "ramps": (learn.PiecewiseLinearEmbedding(bins=7, width=5), 3 * (7 * 5 + 5)),
}
ESTIMATORS: dict[str, Any] = {
    "DynPMNNRegressor": learn.DynPMNNRegressor((4,), scheme=schemes.SemiImplicit(), steps=2),
    "NeuralODERegressor": learn.NeuralODERegressor(4, hidden=4, steps=2),
    "CfCRegressor": learn.CfCRegressor(4, backbone=4),
    "MLPRegressor": learn.MLPRegressor((4,)),
    "NetworkRegressor": learn.NetworkRegressor(),
}


def made(kind: str, dtype: Any = jnp.float64) -> ColumnEmbedding:
    return KINDS[kind][0].build(ROWS, key=KEY, dtype=dtype)


def plain(kind: str, net: Any, i: int, x: float) -> list[float]:
    """The functions of one number of column `i`, by the formulas of the paper."""
    if kind == "periodic":
        c = np.asarray(net.described.frequencies).reshape(3, -1)[i]
        return [*np.cos(2 * np.pi * c * x), *np.sin(2 * np.pi * c * x)]
    edges = np.quantile(ROWS[:, i], np.linspace(0, 1, 8))
    out = []
    for t in range(7):
        low, high = edges[t], edges[t + 1]
        if x < low and t > 0:
            out.append(0.0)
        elif x >= high and (t < 6 or high == low):
            out.append(1.0)
        else:
            out.append((x - low) / (high - low) if high > low else 0.0)
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_an_embedding_is_its_formula(kind: str) -> None:
    net, count = made(kind), KINDS[kind][1]
    found = np.asarray(net(jnp.asarray(POINTS)))
    assert found.shape == (len(POINTS), net.columns) == (len(POINTS), 15)
    assert count_parameters(net) == count
    for row, x in [(0, POINTS[0]), (1, POINTS[1]), (len(POINTS) - 1, POINTS[-1])]:
        for i in range(3):
            numbers = plain(kind, net, i, x[i]) @ np.asarray(net.weight)[i]
            np.testing.assert_allclose(found[row, 5 * i : 5 * i + 5], np.maximum(numbers, 0), atol=1e-12)


def test_ramps_add_up_to_the_line_everywhere() -> None:
    """x = b_0 + sum_t (b_(t+1) - b_t) r_t(x), outside of the training rows too."""
    net = learn.PiecewiseLinearEmbedding(bins=7).build(ROWS[:, :2], key=KEY, dtype=jnp.float64)
    x = np.linspace(-8, 8, 200)[:, None] * np.ones((1, 2))
    described: Any = net.described
    edges = np.asarray(described.edges.value)
    line = edges[None, :, 0] + np.einsum("ipt,it->pi", *described(jnp.asarray(x)), np.diff(edges, axis=1))
    np.testing.assert_allclose(line, x, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_moves_its_own_numbers_only(kind: str) -> None:
    net = eqx.tree_at(lambda n: n.bias, made(kind), jnp.full(15, 9.0))  # no number is cut off
    moved = POINTS + 0.3 * np.eye(3)[1]
    change = np.abs(net(jnp.asarray(moved)) - net(jnp.asarray(POINTS))).max(0)
    assert (change[5:10] > 1e-3).all()
    np.testing.assert_array_equal(change[[*range(5), *range(10, 15)]], 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_fresh_embeddings_hand_on_numbers_of_about_one(kind: str) -> None:
    rows = np.random.default_rng(1).normal(size=(500, 20))
    wide = {"periodic": learn.PeriodicEmbedding(32, 40), "ramps": learn.PiecewiseLinearEmbedding(32, 40)}
    net = wide[kind].build(rows, key=KEY, dtype=jnp.float64)
    assert float(jnp.mean(net(jnp.asarray(rows)) ** 2)) == pytest.approx(1.0, rel=0.15)


def test_gradients_reach_the_frequencies_and_pass_by_the_edges() -> None:
    moving, rest = trained(made("ramps"))
    assert len(jax.tree.leaves(moving)) == 2
    moving, rest = trained(made("periodic"))

    def value(moving: Any) -> Any:
        return jnp.sum(jnp.sin(eqx.combine(moving, rest)(jnp.asarray(POINTS[:40]))))

    value = jax.jit(value)
    slope = jax.jit(jax.grad(value))(moving).described.frequencies
    for j in (0, 5, 11):
        nudge = 1e-6 * np.eye(12)[j]
        up, down = (
            value(eqx.tree_at(lambda m: m.described.frequencies, moving, replace_fn=lambda c, d=d: c + d))
            for d in (nudge, -nudge)
        )
        assert float(slope[j]) == pytest.approx(float(up - down) / 2e-6, rel=1e-5)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_puts_one_in_front(name: str) -> None:
    """Without training: the embedding is counted, and hands on as many columns as the network takes."""
    kind, _ = KINDS["ramps"]
    made = clone(ESTIMATORS[name]).set_params(embedding=kind)
    assert made.get_params()["embedding"] == kind
    net = made._fresh(ROWS, 1, 0)
    assert count_parameters(net) == count_parameters(net.embedding) + count_parameters(net.body)
    assert jax.eval_shape(net, jax.ShapeDtypeStruct((6, 3), jnp.float32)).shape == (6, 1)
    assert net.continuous == net.body.continuous == (name != "MLPRegressor")


def test_an_embedding_is_trained_refined_and_kept(tmp_path: Path) -> None:
    x, y = ROWS[:64], np.sin(4 * ROWS[:64, 0])
    made = learn.DynPMNNRegressor((4,), scheme=schemes.SemiImplicit(), steps=2, epochs=2, averaging=0.9)
    found = made.set_params(embedding=KINDS["periodic"][0]).fit(x, y)
    before, after = (net.embedding.described.frequencies for net in (made._fresh(x, 1, 0), found.map_))
    assert np.abs(np.asarray(before - after)).min() > 1e-6
    found.save(tmp_path / "model")
    back = learn.load(tmp_path / "model")
    assert (back.embedding, back.n_params_) == (found.embedding, found.n_params_)
    np.testing.assert_array_equal(back.predict(x), found.predict(x))
    assert np.abs(back.refined(4).predict(x) - found.predict(x)).max() > 1e-9


def test_a_target_that_turns_quickly() -> None:
    """sin(9 x) along one column: eight tanh neurons find a part of it, with an embedding nearly all."""
    x, y = ROWS[:, :2], np.sin(9 * ROWS[:, 0])
    kind = learn.PeriodicEmbedding(8, 4, scale=1.0)
    made = learn.MLPRegressor((8,), activation="tanh", epochs=80, learning_rate=0.01, embedding=kind)
    found = made.fit(x[:400], y[:400])
    bare = clone(made).set_params(embedding=None).fit(x[:400], y[:400])
    assert found.score(x[400:], y[400:]) > 0.9
    assert bare.score(x[400:], y[400:]) < 0.6


@pytest.mark.parametrize(
    ("kind", "choices", "message"),
    [
        (
            learn.PeriodicEmbedding,
            {"frequencies": 0},
            "frequencies must be a whole number of at least 1, got 0",
        ),
        (learn.PeriodicEmbedding, {"width": 1.5}, r"width must be a whole number of at least 1, got 1\.5"),
        (learn.PeriodicEmbedding, {"scale": -1.0}, r"scale must be a finite number above 0, got -1\.0"),
        (learn.PiecewiseLinearEmbedding, {"bins": 0}, "bins must be a whole number of at least 1, got 0"),
        (learn.PiecewiseLinearEmbedding, {"width": 0}, "width must be a whole number of at least 1, got 0"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_wrong_size_is_refused(kind: Any, choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind(**choices)


def test_what_is_no_embedding_is_named(unchecked: None) -> None:
    with pytest.raises(ValueError, match=r"embedding must be one of lawful\.learn, .* got 'periodic'"):
        learn.MLPRegressor((4,), embedding="periodic").fit(np.zeros((20, 2)), np.arange(20.0))
