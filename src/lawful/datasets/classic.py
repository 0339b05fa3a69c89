"""Small tables that come with scikit-learn."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .table import Table


def diabetes() -> Table:
    """442 patients, 10 measurements; the progress of the disease after a year (Efron et al., 2004)."""
    from sklearn.datasets import load_diabetes

    return _table(load_diabetes)


def breast_cancer() -> Table:
    """569 tumours, 30 measurements of their cells; 0 malignant, 1 benign (Wolberg et al., 1995)."""
    from sklearn.datasets import load_breast_cancer

    return _table(load_breast_cancer)


def wine() -> Table:
    """178 wines, 13 measurements; which of three growers (Aeberhard and Forina, 1992)."""
    from sklearn.datasets import load_wine

    return _table(load_wine)


def digits() -> Table:
    """1,797 written digits, 8 x 8 grey values; which digit (Alpaydin and Kaynak, 1998)."""
    from sklearn.datasets import load_digits

    return _table(load_digits)


def _table(load: Callable[[], Any]) -> Table:
    found = load()
    return Table(
        np.asarray(found.data, float), np.asarray(found.target), tuple(map(str, found.feature_names))
    )
