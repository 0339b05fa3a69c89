"""Estimators as a new user meets them."""

import os
import pickletools
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import train_test_split
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator

import lawful as lw
from lawful import datasets, learn
from lawful.nn import continuous as depth
from lawful.nn import schemes
from lawful.nn.continuous import UnstableStepWarning

SMALL: dict[str, Any] = {
    "DynPMNNRegressor": learn.DynPMNNRegressor((8,), scheme=schemes.SemiImplicit(), steps=2, epochs=60),
    "DynPMNNClassifier": learn.DynPMNNClassifier((8,), scheme=schemes.SemiImplicit(), steps=2, epochs=60),
    "NeuralODERegressor": learn.NeuralODERegressor(4, hidden=8, steps=2, epochs=60),
    "CfCRegressor": learn.CfCRegressor(4, backbone=8, epochs=60),
    "MLPRegressor": learn.MLPRegressor((8,), epochs=60),
}
# Training in random batches with a held-out part: a row of weight 2 is not two rows, one of which may be held out.
NOT_MET = {
    f"check_sample_weight_equivalence_on_{kind}_data": "batches and the held-out part are drawn by rows"
    for kind in ("dense", "sparse")
}
QUICK = {
    "check_no_attributes_set_in_init", "check_parameters_default_constructible", "check_estimators_unfitted",
    "check_get_params_invariance", "check_set_params", "check_do_not_raise_errors_in_init_or_set_param",
    "check_estimator_tags_renamed", "check_mixin_order", "check_fit1d", "check_fit2d_1sample",
    "check_estimators_nan_inf", "check_estimator_sparse_tag", "check_complex_data", "check_n_features_in_after_fitting",
    "check_estimators_empty_data_messages",
    "check_dtype_object", "check_n_features_in", "check_dict_unchanged", "check_estimator_repr",
}  # fmt: skip


def rows(count: int = 64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, 2))
    return x, np.sin(2 * x[:, 0]) + 0.5 * x[:, 1] * x[:, 0]


@pytest.mark.slow
@pytest.mark.skipif("LAWFUL_ALL_CHECKS" not in os.environ, reason="a minute each; set LAWFUL_ALL_CHECKS=1")
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.usefixtures("unchecked")
def test_scikit_learns_checks(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_estimator(SMALL[name], expected_failed_checks=NOT_MET, on_skip=None)


@pytest.mark.parametrize("name", ["MLPRegressor", "DynPMNNClassifier"])
def test_scikit_learns_checks_that_hardly_train(name: str) -> None:
    estimator, met = clone(SMALL[name]).set_params(epochs=2), set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, check in estimator_checks_generator(estimator):
            called: Any = check
            if called.func.__name__ in QUICK:
                check(clone(estimator))
                met.add(called.func.__name__)
    assert len(met) >= 12


def test_a_regressor_beats_the_line_where_there_is_one() -> None:
    """Targets that no linear function fits: R^2 of the line is about 0.1."""
    x, y = rows(400)
    found = learn.DynPMNNRegressor((16,), steps=8, epochs=100, learning_rate=0.01).fit(x[:300], y[:300])
    assert found.score(x[300:], y[300:]) > 0.9
    check = found.refinement(x[300:], y[300:])
    assert check.change == pytest.approx(0.0, abs=0.05)
    assert "at 8 times the steps" in str(check)


@pytest.mark.parametrize(("name", "least"), [("wine", 0.93), ("breast_cancer", 0.93)])
def test_a_classifier_on_a_table_of_its_own(name: str, least: float) -> None:
    table = getattr(datasets, name)()
    x, held, y, labels = train_test_split(table.features, table.target, random_state=0, stratify=table.target)
    found = learn.DynPMNNClassifier((8,), steps=8, epochs=40, learning_rate=0.01, batch_size=32).fit(x, y)
    assert found.score(held, labels) >= least
    np.testing.assert_allclose(found.predict_proba(held).sum(1), 1.0, rtol=1e-12)


def test_weights_that_two_steps_of_length_five_taught_are_no_solution() -> None:
    """The published shape: warned of by name, and quite another function when its equation is solved."""
    x, y = rows(200)
    made = learn.DynPMNNRegressor(
        (8,), scheme=schemes.SemiImplicit(), horizon=10.0, steps=2, train_horizon=False, epochs=60
    )
    coarse = made.fit(x, y).refinement(x, y)
    fine = learn.DynPMNNRegressor((8,), steps=8, epochs=60).fit(x, y).refinement(x, y)
    assert coarse.moved is not None
    assert fine.moved is not None
    assert coarse.moved > 0.15
    assert coarse.moved > 5 * fine.moved
    with pytest.warns(UnstableStepWarning, match="longer than the stable step of FitzHughNagumo"):
        clone(made).set_params(scheme=schemes.ExplicitEuler(), epochs=1).fit(x, y)


def test_dynamics_are_trained_with_the_weights() -> None:
    x, y = rows(200)
    found = learn.DynPMNNRegressor((8,), steps=8, epochs=60, learning_rate=0.01).fit(x, y)
    (layer,) = found.map_.layers
    for name, start in {"a": 0.7, "b": 0.8, "eps": 0.08}.items():
        assert np.abs(np.asarray(layer.parameters[name]) - start).max() > 1e-3
    assert np.ptp(np.asarray(layer.horizon)) > 1e-3
    fixed = clone(found).set_params(train_dynamics=False, train_horizon=False).fit(x, y)
    np.testing.assert_allclose(fixed.map_.layers[0].parameters["a"], 0.7, rtol=1e-6)
    assert fixed.n_params_ == found.n_params_ - 4 * 8
    assert found.score(x, y) > fixed.score(x, y)


def test_the_seed_decides_and_saving_keeps_everything(tmp_path: Path) -> None:
    x, y = rows()
    found = clone(SMALL["DynPMNNRegressor"]).fit(x, y)
    again, other = (clone(found).set_params(random_state=s).fit(x, y) for s in (0, 1))
    np.testing.assert_array_equal(found.predict(x), again.predict(x))
    assert np.abs(found.predict(x) - other.predict(x)).max() > 1e-6
    found.save(tmp_path / "model")
    back = learn.load(tmp_path / "model")
    np.testing.assert_array_equal(back.predict(x), found.predict(x))
    np.testing.assert_array_equal(back.refined(4).predict(x), found.refined(4).predict(x))
    assert back.history_ == found.history_
    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".json", ".safetensors"}
    for path in (tmp_path / "model").iterdir():
        with pytest.raises(ValueError):  # noqa: PT011  no file is a pickle
            list(pickletools.genops(path.read_bytes()))


def test_saving_labels_and_fields_of_ones_own(tmp_path: Path) -> None:
    x, y = rows()
    labels = np.where(y > 0, "up", "down")
    field = depth.Custom(lambda v, I: {"v": I - v}, start={"v": 0.0})
    found = clone(SMALL["DynPMNNClassifier"]).set_params(field=field, epochs=5).fit(x, labels)
    found.save(tmp_path / "own")
    with pytest.raises(
        ValueError, match=r"field was a Custom, .* give it again, as in load\(path, field=\.\.\.\)"
    ):
        learn.load(tmp_path / "own")
    with pytest.raises(ValueError, match=r"no parameter 'feild'\. Did you mean 'field'\?"):
        learn.load(tmp_path / "own", feild=field)
    back = learn.load(tmp_path / "own", field=field)
    np.testing.assert_array_equal(back.predict(x), found.predict(x))
    assert set(back.predict(x)) <= {"up", "down"}


def test_rows_of_weight_zero_do_not_count() -> None:
    x, y = rows()
    spoilt = np.where(np.arange(64) < 16, 1e6, y)
    weight = (np.arange(64) >= 16).astype(float)
    found = clone(SMALL["MLPRegressor"]).fit(x, spoilt, sample_weight=weight)
    assert np.abs(found.predict(x)).max() < 10


def test_held_out_rows_of_ones_own_stop_the_training() -> None:
    x, _y = rows()
    noise = np.random.default_rng(1).normal(size=64)
    made = clone(SMALL["MLPRegressor"]).set_params(epochs=200, patience=5, learning_rate=0.02)
    found = made.fit(x, noise, validation=(x, np.roll(noise, 7)))
    assert found.n_iter_ < 200
    assert found.history_.best == found.n_iter_ - 6
    assert "has not fallen for 5 epochs" in found.history_.ending


@pytest.mark.parametrize("scaling", [learn.Standard(), learn.Robust(), learn.Quantiles(20)])
def test_scalings_give_standard_numbers(scaling: Any) -> None:
    x = np.random.default_rng(0).normal(size=(4000, 2)) * [[3.0, 0.01]] + [[5.0, -1.0]]
    z = scaling.apply(x, scaling.fit(x))
    np.testing.assert_allclose(z.mean(0), 0.0, atol=0.05)
    np.testing.assert_allclose(z.std(0), 1.0, atol=0.2)
    order = np.argsort(x[:, 0])
    assert (np.diff(z[order, 0]) >= -1e-12).all()
    far = scaling.apply(np.full((1, 2), 1e9), scaling.fit(x))
    assert np.isfinite(far).all()
    assert isinstance(scaling, learn.Standard) or np.abs(far).max() < 4


def test_a_constant_column_and_tied_values_are_taken() -> None:
    x = np.stack([np.ones(50), np.arange(50) % 2], 1).astype(float)
    for scaling in (learn.Standard(), learn.Robust(), learn.Quantiles()):
        assert np.isfinite(scaling.apply(x, scaling.fit(x))).all()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"epochs": 0}, r"epochs must be a whole number of at least 1, got 0"),
        ({"learning_rate": -1.0}, r"learning_rate must be a number above 0, got -1\.0"),
        ({"validation_fraction": 1.0}, r"validation_fraction must lie between 0 and 1, got 1\.0"),
        ({"batch_size": 0}, r"batch_size must be a whole number of at least 1, or None"),
        ({"averaging": 1.0}, r"averaging must be 0, for none, or below 1, as in averaging=0\.99; got 1\.0"),
        ({"weight_decay": -0.1}, r"weight_decay must be 0 or above"),
        ({"random_state": -3}, r"random_state must be a whole number of at least 0 and below .*; got -3"),
        ({"widths": (0,)}, r"each of widths must be a whole number of at least 1, got 0"),
        ({"activation": "relu6"}, r"activation 'relu6' is not known"),
        ({"widths": 64}, r"widths must be a tuple of whole numbers, such as \(64, 64\); got 64"),
        (
            {"scaling": "standard"},
            r"scaling must be one of lawful\.learn, such as Standard\(\), or None; got 'standard'",
        ),
        ({"learning_rate": "adaptive"}, r"learning_rate must be a number above 0, got 'adaptive'"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_wrong_parameter_is_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clone(SMALL["MLPRegressor"]).set_params(**choices).fit(*rows())


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.full((5, 2), np.nan), np.ones(5), "Input X contains NaN"),
        (np.ones((1, 2)), np.ones(1), "minimum of 2 is required"),
        (np.array([["a", "b"]] * 4), np.ones(4), "could not convert string to float"),
        (np.ones((5, 2)), np.ones(4), "inconsistent numbers of samples"),
        (np.ones(5), np.ones(5), "Expected 2D array"),
    ],
)
def test_wrong_rows_are_refused_as_scikit_learn_does(x: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lw.learn.MLPRegressor(epochs=1).fit(x, y)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((4, 3)), np.ones(4), r"validation has 3 columns, and the training rows have 2"),
        (np.ones((4, 2)), np.full(4, np.nan), r"Input validation y contains NaN"),
        (np.ones((4, 2)), np.ones((4, 2)), r"y should be a 1d array"),
        (np.ones((4, 2)), np.ones(5), r"inconsistent numbers of samples"),
        (np.ones((4, 2)), np.array(["a"] * 4), r"validation y needs numbers as targets, got .*'a'"),
    ],
)
def test_held_out_rows_that_do_not_fit_are_refused(x: np.ndarray, y: np.ndarray, message: str) -> None:
    x_train, y_train = rows()
    with pytest.raises(ValueError, match=message):
        clone(SMALL["MLPRegressor"]).fit(x_train, y_train, validation=(x, y))


def test_labels_are_no_targets_of_a_regressor() -> None:
    x, y = rows()
    with pytest.raises(
        ValueError, match=r"MLPRegressor needs numbers as targets, got .*; labels are for a classifier"
    ):
        clone(SMALL["MLPRegressor"]).fit(x, np.where(y > 0, "a", "b"))


def test_a_column_of_targets_has_the_error_of_a_row_of_them() -> None:
    x, y = rows()
    fitted = clone(SMALL["MLPRegressor"]).set_params(batch_size=np.int64(16)).fit(x, y)
    with pytest.warns(DataConversionWarning):
        assert fitted.refinement(x, y[:, None]).rmse == pytest.approx(fitted.refinement(x, y).rmse)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fitted.refinement(x, y[:5])
    with pytest.raises(
        FileNotFoundError, match=r"nowhere holds no estimator; give the folder that its save\(\) wrote"
    ):
        learn.load("nowhere")
