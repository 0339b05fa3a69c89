"""Tables and their splits, against what others published of them."""

import os
from pathlib import Path

import numpy as np
import pytest

from lawful import datasets
from lawful.datasets import california


@pytest.fixture
def folder() -> Path:
    found = Path(os.environ.get("LAWFUL_DATA", "")) / "california_housing"
    if not (os.environ.get("LAWFUL_DATA") and found.is_dir()):
        pytest.skip("LAWFUL_DATA is not set, or holds no california_housing")
    return found


@pytest.mark.usefixtures("folder")
def test_california_is_what_was_published() -> None:
    table = datasets.california_housing()
    assert table.features.shape == (20640, 8)
    assert table.target.mean() == pytest.approx(2.06856, abs=5e-6)
    assert table.target.std() == pytest.approx(1.15393, abs=2e-5)
    np.testing.assert_allclose(table.features[0, [0, 2]], [8.3252, 880 / 126], rtol=1e-12)


def test_the_splits_are_the_published_ones(folder: Path) -> None:
    splits = datasets.california_housing().splits
    with np.load(folder / "split_gorishniy2021.npz", allow_pickle=False) as published:
        for ours, theirs in zip(splits["gorishniy"], ("train", "val", "test"), strict=True):
            np.testing.assert_array_equal(ours, published[theirs])
    parts = splits["dynpmnn"]
    assert [part.size % 64 for part in parts] == [0, 0, 0]
    assert np.unique(np.concatenate(parts)).size == sum(part.size for part in parts)
    assert parts.train.size / 20640 == pytest.approx(0.7, abs=0.01)


@pytest.mark.usefixtures("folder")
def test_other_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    features, target = datasets.california_housing().features, datasets.california_housing().target
    monkeypatch.setattr(california, "_read", lambda: (features, target + 1e-9))
    with pytest.raises(ValueError, match=r"have the checksum .* not .* of the published ones"):
        datasets.california_housing()


def test_no_data_and_no_network_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sklearn.datasets

    def fails(**_: object) -> None:
        raise OSError("no route")

    monkeypatch.setenv("LAWFUL_DATA", str(tmp_path))
    monkeypatch.setattr(sklearn.datasets, "fetch_california_housing", fails)
    california._read.cache_clear()
    with pytest.raises(OSError, match=r"could not be fetched \(no route\); put cal_housing\.csv\.gz"):
        datasets.california_housing()


@pytest.mark.parametrize(
    ("name", "rows", "columns", "classes"),
    [
        ("diabetes", 442, 10, None),
        ("breast_cancer", 569, 30, 2),
        ("wine", 178, 13, 3),
        ("digits", 1797, 64, 10),
    ],
)
def test_classic_tables(name: str, rows: int, columns: int, classes: int | None) -> None:
    table = getattr(datasets, name)()
    assert table.features.shape == (rows, columns)
    assert len(table.names) == columns
    assert classes is None or np.unique(table.target).size == classes
