"""House values in California's blocks of the 1990 census."""

import functools
import gzip
import hashlib
import os
from pathlib import Path

import numpy as np

from .table import Split, Table

NAMES = tuple("MedInc HouseAge AveRooms AveBedrms Population AveOccup Latitude Longitude".split())
CHECKSUM = "f8ce03213e1c375e51c57d02cb41558c30b643325347f1cc0b26ce713ce3a0b7"
"""SHA-256 of features and target as little-endian doubles, whatever file they came from."""


def california_housing() -> Table:
    """20,640 blocks with 8 features, and the median value of their houses in 100,000 $ (Pace and Barry, Statistics
    and Probability Letters 33 (1997) 291).

    Read from `$LAWFUL_DATA/california_housing/cal_housing.csv.gz` where that is, else from scikit-learn's cache or
    its download. Splits: `dynpmnn` (arXiv 2605.08176; parts cut to whole batches of 64) and `gorishniy` (arXiv
    2106.11959). Raises `ValueError` where the data are not the published ones, `OSError` where there are none.
    """
    features, target = _read()
    found = hashlib.sha256(features.astype("<f8").tobytes() + target.astype("<f8").tobytes()).hexdigest()
    if found != CHECKSUM:
        raise ValueError(
            f"the California housing data have the checksum {found[:12]}..., not {CHECKSUM[:12]}... of the published "
            "ones; delete the file and let it be fetched again."
        )
    return Table(
        features, target, NAMES, {"dynpmnn": _dynpmnn(len(target)), "gorishniy": _gorishniy(len(target))}
    )


@functools.cache
def _read() -> tuple[np.ndarray, np.ndarray]:
    folder = os.environ.get("LAWFUL_DATA")
    path = Path(folder or ".") / "california_housing" / "cal_housing.csv.gz"
    if folder and path.is_file():
        with gzip.open(path, "rt", encoding="ascii") as lines:
            longitude, latitude, age, rooms, bedrooms, people, households, income, value = np.loadtxt(
                lines, delimiter=",", skiprows=1
            ).T
        per_household = (rooms / households, bedrooms / households, people, people / households)
        return np.stack([income, age, *per_household, latitude, longitude], 1), value / 100_000.0
    from sklearn.datasets import fetch_california_housing

    try:
        features, target = fetch_california_housing(return_X_y=True)
    except OSError as error:
        raise OSError(
            f"the California housing data could not be fetched ({error}); put cal_housing.csv.gz into the folder "
            "california_housing of the one that LAWFUL_DATA names, or try again with a network."
        ) from error
    return np.ascontiguousarray(features, float), np.asarray(target, float)


def _dynpmnn(rows: int) -> Split:
    drawn = np.random.RandomState(42).rand(rows)
    parts = (drawn <= 0.7, (drawn > 0.7) & (drawn <= 0.9), drawn > 0.9)
    found = [np.flatnonzero(part) for part in parts]
    return Split(*(part[: part.size // 64 * 64] for part in found))


def _gorishniy(rows: int) -> Split:
    from sklearn.model_selection import train_test_split

    rest, test = train_test_split(np.arange(rows), test_size=0.2, random_state=0)
    train, validation = train_test_split(rest, test_size=0.2, random_state=1)
    return Split(np.asarray(train), np.asarray(validation), np.asarray(test))
