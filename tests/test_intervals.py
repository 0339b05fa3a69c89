"""Intervals of parameters found from data: against the closed form, and each field with its own noise."""

import numpy as np
import pytest

import lawful as lw

TIMES = np.linspace(0.1, 2.0, 20)
RATE = 1.3
SMALL = {"network": lw.nn.MLP(width=8, depth=2), "points": 128}


def problem(data: lw.Data, fields: str = "u v") -> lw.Problem:
    laws = {"u": lambda u, k: u.t + k * u, "v": lambda v, k: v.t + k * v}
    starts = {"u": lambda u: u - 1, "v": lambda v: v - 1000}
    conditions = {f"law_{f}": lw.Interior(laws[f]) for f in fields.split()}
    conditions |= {f"start_{f}": lw.Initial(starts[f]) for f in fields.split()}
    return lw.Problem(lw.Time(t=(0, 2)), fields, conditions | {"data": data}, {"k": lw.Unknown(1.0, lower=0)})


def observed(noise_u: float, noise_v: float) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    u = np.exp(-RATE * TIMES)
    return {
        "u": u + noise_u * rng.standard_normal(20),
        "v": 1000 * u + noise_v * rng.standard_normal(20),
    }


def width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]


def deviation(k: float, noise: float) -> float:
    """The standard error of k from all observations of exp(-k t)."""
    return 1 / float(np.sqrt(np.sum((TIMES * np.exp(-k * TIMES) / noise) ** 2)))


def test_the_interval_is_that_of_the_closed_form() -> None:
    """For u = exp(-k t) the information is sum (t exp(-k t) / noise)^2, the network being no freedom."""
    noise = 0.01
    solution = lw.solve(problem(lw.Data(t=TIMES, u=observed(noise, 1.0)["u"], noise=noise), "u"), **SMALL)
    k = solution.params["k"]
    assert width(solution.intervals["k"]) == pytest.approx(2 * 1.96 * deviation(k, noise), rel=0.02)
    low, high = solution.intervals["k"]
    assert low < RATE < high


@pytest.mark.parametrize("unit", [1e3, 1e-3])
def test_the_unit_of_a_field_changes_nothing(unit: float) -> None:
    conditions = {
        "law": lw.Interior(lambda u, k: u.t + k * u),
        "start": lw.Initial(lambda u: u - unit),
        "data": lw.Data(t=TIMES, u=unit * observed(0.01, 1.0)["u"], noise=0.01 * unit),
    }
    problem = lw.Problem(lw.Time(t=(0, 2)), "u", conditions, {"k": lw.Unknown(1.0, lower=0)})
    solution = lw.solve(problem, **SMALL)
    low, high = solution.intervals["k"]
    assert low < RATE < high
    assert high - low == pytest.approx(2 * 1.96 * deviation(solution.params["k"], 0.01), rel=0.08)


def test_each_field_has_a_noise_of_its_own() -> None:
    """u to 1 %, v to 0.1 % of its start: without being told, the interval is about that of known noise,
    and far below the one of a noise common to both."""
    values = observed(0.01, 1.0)
    known = lw.solve(problem(lw.Data(t=TIMES, **values, noise={"u": 0.01, "v": 1.0})), **SMALL)
    guessed = lw.solve(problem(lw.Data(t=TIMES, **values)), **SMALL)
    assert width(guessed.intervals["k"]) == pytest.approx(width(known.intervals["k"]), rel=0.5)
    half = lw.solve(problem(lw.Data(t=TIMES, **values, noise={"u": 0.01})), **SMALL)
    assert width(half.intervals["k"]) == pytest.approx(width(known.intervals["k"]), rel=0.5)
