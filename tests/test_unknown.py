"""Unknown scalars keep their bounds, whatever the free number."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.unknown import Unknown

FREE = jnp.asarray([-40.0, -3.0, -0.1, 0.0, 0.7, 5.0, 40.0])
CASES = [
    Unknown(0.2),
    Unknown(-3.0),
    Unknown(0.2, lower=0),
    Unknown(1e-8, lower=0),
    Unknown(1e6, lower=0),
    Unknown(-5.0, lower=-5.5),
    Unknown(2.0, upper=3.0),
    Unknown(0.5, lower=0, upper=1),
    Unknown(0.999, lower=0, upper=1),
    Unknown(12.0, lower=-10, upper=1e3),
]


def spelt(u: Unknown) -> str:
    return f"{u.lower} < {u.initial} < {u.upper}"


@pytest.mark.parametrize("unknown", CASES, ids=spelt)
def test_the_free_number_of_the_start_gives_the_start(unknown: Unknown) -> None:
    assert float(unknown.value(unknown.free())) == pytest.approx(unknown.initial, rel=1e-12)


@pytest.mark.parametrize("unknown", CASES, ids=spelt)
def test_values_keep_their_bounds_and_rise_with_or_against_the_free_number(unknown: Unknown) -> None:
    values = np.asarray(unknown.value(FREE))
    assert (values >= (-math.inf if unknown.lower is None else unknown.lower)).all()
    assert (values <= (math.inf if unknown.upper is None else unknown.upper)).all()
    steps = np.diff(values)
    assert (steps >= 0).all() or (steps <= 0).all()


@pytest.mark.parametrize("unknown", CASES, ids=spelt)
def test_the_start_can_move(unknown: Unknown) -> None:
    """The slope of the value by the free number is not zero there, so that a gradient sees it."""
    slope = float(jax.grad(unknown.value)(unknown.free()))
    assert np.isfinite(slope)
    assert abs(slope) > 1e-9


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Unknown(math.nan), r"initial must be a finite number, got nan"),
        (lambda: Unknown("big"), r"initial must be a finite number, got 'big'"),
        (lambda: Unknown(None), r"initial must be a finite number, got None"),
        (lambda: Unknown(True), r"initial must be a finite number, got True"),
        (lambda: Unknown(1.0, lower=-math.inf), r"lower must be a finite number, got -inf"),
        (lambda: Unknown(1.0, upper="two"), r"upper must be a finite number, got 'two'"),
        (lambda: Unknown(-1.0, lower=0), r"the start -1 must lie strictly between lower=0 and upper=None"),
        (lambda: Unknown(0.0, lower=0), r"must lie strictly between lower=0"),
        (
            lambda: Unknown(2.0, lower=0, upper=1),
            r"the start 2 must lie strictly between lower=0 and upper=1",
        ),
        (lambda: Unknown(1.0, lower=2, upper=0), r"must lie strictly between lower=2 and upper=0"),
    ],
)
def test_a_mistake_gets_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
