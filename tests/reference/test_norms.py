"""The norm in which levels are compared: solutions that jump converge in the mean alone."""

import numpy as np
import pytest
import xarray

import lawful as lw
from lawful._outcome import Outcome
from lawful.judge import decide, errors_against, levelled, relative_errors
from lawful.problem import Problem
from lawful.reference import AbstractNumerical, AbstractSolver, Derived, Judged, Norm, patience
from lawful.reference.estimates import estimated
from lawful.solution import reference_dataset


class Step(AbstractNumerical):
    """A jump that is found to within `away`."""

    def __init__(self, away: float):
        self.away = away

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return {"u": np.where(points[:, 0] < 0.5 + self.away, 1.0, 0.0)}


class Pole(AbstractNumerical):
    """1 / sqrt(x), but for the point where it is not finite, at which it grows with the resolution."""

    def __init__(self, level: int):
        self.level = level

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        x = np.maximum(points[:, 0], 0.25 ** (self.level + 8))
        return {"u": 1 / np.sqrt(x) + 0.25**self.level * 1e-3}


class Singular(AbstractSolver):
    method: str = "a pole at an end"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        return Pole(level)


def test_a_singular_place_that_is_asked_for_does_not_hide_the_rest() -> None:
    derived = Derived(lw.problems.poisson(dimension=1), Singular())
    for places in (np.linspace(0.1, 1, 11), np.linspace(0, 1, 11)):
        judged = derived.evaluate({"x": places}, ("u",))
        assert not judged.doubt
        assert judged.norm == ("max" if places[0] else "mean")
        assert judged.errors["u"] < 1e-4


class Pinned(AbstractNumerical):
    """A flow whose pressure is pinned where it is singular: it moves as a whole, by a little."""

    def __init__(self, level: int, moved: float):
        self.level, self.moved = level, moved

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        x = points[:, 0]
        pole = np.where(x == 0, 2.0**self.level, 0.0)
        return {"u": np.sin(x) + 0.1**self.level, "p": np.cos(x) + self.moved * (-1) ** self.level + pole}


class Corner(AbstractSolver):
    moved: float = 0.0
    method: str = "pinned in a corner"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        return Pinned(level, self.moved)


@pytest.mark.parametrize("moved", [2e-5, 2e-2])
def test_a_field_that_moves_as_a_whole_may_do_so_by_a_little(moved: float) -> None:
    problem = Problem(
        domain=lw.Box(x=(0, 1)),
        fields="u p",
        conditions={"pde": lw.Interior(lambda u, p: {"u": u.x, "p": p.x}), "ends": lw.Free(on="x")},
    )
    judged = Derived(problem, Corner(moved=moved)).evaluate({"x": np.linspace(0, 1, 11)}, ("u", "p"))
    if moved == 2e-5:
        assert (judged.doubt, judged.norm) == ("", "mean")
        assert judged.errors["p"] == pytest.approx(2 * moved / 0.3, rel=1e-3)
    else:
        assert "did not bring the solutions for p closer together" in judged.doubt


class Halving(AbstractSolver):
    norm: Norm
    method: str = "a jump, ever nearer"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        return Step(0.2 * 0.5**level)


@pytest.mark.parametrize("norm", ["mean", "max"])
def test_a_jump_is_trusted_in_the_mean_only(norm: Norm) -> None:
    problem = Problem(
        domain=lw.Box(x=(0, 1)),
        fields="u",
        conditions={"pde": lw.Interior(lambda u: u.x), "ends": lw.Boundary(lambda u: u)},
    )
    derived = Derived(problem, Halving(norm=norm))
    judged = derived.evaluate({"x": np.linspace(0, 1, 10_001)}, ("u",))
    assert judged.norm == "mean"
    assert judged.doubt == ""
    finest = 0.2 * 0.5 ** (len(derived.levels) - 1)
    if norm == "mean":
        assert len(derived.levels) == 5
        assert judged.order == pytest.approx(1.0, abs=0.3)
        assert judged.errors["u"] == pytest.approx(finest, rel=0.3)
    else:  # near the jump everywhere is no level: they go on until the mean is small, over fewer probes
        assert len(derived.levels) > 5
        assert 1 / 5 < judged.errors["u"] / finest < 5


def shock(away: float, width: float) -> tuple[str, float, float]:
    """The verdict on a layer of that width that far from a shock, its relative L2 error and the one that counts."""
    problem = lw.problems.burgers_inviscid()
    assert problem.reference is not None
    x, t = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, 501), np.linspace(0, 1, 51)))
    judged = problem.reference.evaluate({"x": x, "t": t}, ("u",))
    layer = (1 - np.tanh((x - 0.5 - t / 2 - away) / width)) / 2
    errors = errors_against({"u": layer}, judged)
    verdict = decide(
        problem,
        Outcome.COMPLETED,
        errors=errors,
        reference=judged,
        residual={"train": 1e-3, "fresh": 1e-3},
        relative_residual=1e-3,
        conditions={},
    )
    return verdict.word, errors["u"]["rel_l2"], relative_errors(errors, judged)["u"]


def test_a_shock_of_finite_width_is_the_shock_and_one_elsewhere_is_not() -> None:
    word, square, mean = shock(away=0.0, width=4e-3)
    assert word == "supported"
    assert square > 0.03
    # the integral of |error| across tanh((x - s) / width) is width ln 2, of u that over [0, s]: mean 0.75
    assert mean == pytest.approx(4e-3 * np.log(2) / 0.75, rel=0.05)
    word, _, mean = shock(away=0.02, width=4e-3)
    assert word == "not supported"
    assert mean == pytest.approx(0.02 / 0.75, rel=0.1)


@pytest.mark.usefixtures("unchecked")
def test_a_stated_solution_that_jumps_has_its_error_in_the_mean() -> None:
    stated = lw.Exact(
        lambda x: np.where(x < 0.5, 1.0, 0.0), check=lambda x: np.where(x < 0.51, 1.0, 0.0), norm="mean"
    )
    judged = stated.evaluate({"x": np.linspace(0, 1, 1001)}, ("u",))
    assert judged.norm == "mean"
    assert judged.errors["u"] == pytest.approx(0.01, rel=0.1)
    with pytest.raises(ValueError, match=r"norm must be 'max' or 'mean', got 'l2'\."):
        lw.Exact(lambda x: x, norm="l2")  # pyright: ignore[reportArgumentType]


def test_a_field_that_is_zero_to_rounding_has_no_size_of_its_own() -> None:
    gaps = [{"q": 1e-6, "r": 8e-13}, {"q": 1e-8, "r": 8e-13}]
    errors, _, doubt = estimated(gaps, {"q": 0.3, "r": 9e-13}, 2.0)
    assert not doubt
    assert errors["r"] < 1e-11
    _, _, doubt = estimated(gaps, {"q": 0.3, "r": 1e-10}, 2.0)  # of a size of its own
    assert doubt == "Finer resolutions did not bring the solutions for r closer together."
    _, _, doubt = estimated([{"q": 1e-6, "r": 1e-6}], {"q": 0.3, "r": 9e-7}, 2.0)
    assert doubt == "Two resolutions differ in r, and no third could be solved."
    judged = Judged({"q": np.full(9, 0.3), "r": np.full(9, 9e-13)}, {"q": 1e-8, "r": 3e-12}, 0.1)
    told = errors_against({"q": np.full(9, 0.3), "r": np.full(9, 1e-5)}, judged)
    assert told["r"]["rel_l2"] == pytest.approx(1e-5 / 0.3)


def test_places_beside_a_singularity_are_left_out() -> None:
    problem = lw.problems.lid_cavity()
    x, y = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, 65), np.linspace(0, 1, 65)))
    with patience(30):
        judged = lw.reference.derive(problem).evaluate({"x": x, "y": y}, ("u", "v", "p"))
    assert judged.norm == "mean"
    assert not judged.doubt
    assert judged.left_out is not None
    corners = (y == 1) & ((x == 0) | (x == 1))
    assert judged.left_out[corners].all()
    away = np.minimum(np.hypot(x, y - 1), np.hypot(x - 1, y - 1)) > 0.1
    assert not judged.left_out[away].any()
    own = {f: v + np.where(judged.left_out, 1e3, 1e-3) for f, v in judged.values.items()}
    for errors in errors_against(own, judged).values():
        np.testing.assert_allclose([errors["l1"], errors["linf"]], 1e-3)


class Layer(AbstractSolver):
    """A layer, found in one place after another, and twice in the same wrong one."""

    places: tuple[float, ...] = ()
    method: str = "a layer in a wrong place"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        return Step(self.places[min(level, len(self.places) - 1)] - 0.5 + 1e-3 * 0.3**level)


@pytest.mark.parametrize(
    ("places", "trusted"),
    [((0.62, 0.7, 0.55, 0.06, 0.1, 0.4, 0.99, 0.985), False), ((0.4, 0.45, 0.49, 0.5, 0.5), True)],
)
def test_two_levels_that_agree_after_one_that_went_away_are_not_trusted(
    places: tuple[float, ...], trusted: bool
) -> None:
    problem = Problem(
        domain=lw.Box(x=(0, 1)),
        fields="u",
        conditions={"pde": lw.Interior(lambda u: u.x), "ends": lw.Boundary(lambda u: u)},
    )
    judged = Derived(problem, Layer(places=places)).evaluate({"x": np.linspace(0, 1, 10_001)}, ("u",))
    assert (judged.doubt == "") == trusted


def left_open() -> Problem:
    """p is known up to a function of time."""
    return Problem(
        lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
        "u p",
        conditions={
            "law": lw.Interior(lambda u, p: u.t + u + p.x),
            "free": lw.Free(on="t"),
            "open": lw.Free(on="x"),
        },
        reference=lw.Exact(lambda x, t: {"u": np.sin(x) + 0 * t, "p": x * t}),
    )


def test_a_field_left_open_is_compared_up_to_a_function_of_time() -> None:
    t, x = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 20), indexing="ij"))
    judged = Judged({"u": np.sin(x), "p": x * t}, {"u": 1e-9, "p": 1e-9}, 0.1)
    own = {"u": np.sin(x) + 0.1, "p": x * t + np.cos(7 * t) + 1e-3 * np.sign(x - 0.5)}
    errors = errors_against(own, levelled(left_open(), np.stack([x, t], axis=1), judged, own))
    np.testing.assert_allclose([errors["u"]["l1"], errors["p"]["l1"]], [0.1, 1e-3])


def test_figures_show_a_field_left_open_at_the_level_of_the_solution() -> None:
    x, t = np.linspace(0, 1, 20), np.linspace(0, 1, 5)
    data = {"u": 0 * x[:, None] * t, "p": x[:, None] * t + np.cos(7 * t)}
    ours = xarray.Dataset({f: (("x", "t"), v) for f, v in data.items()}, coords={"x": x, "t": t})
    reference = reference_dataset(left_open(), ours.transpose("t", "x"))
    np.testing.assert_allclose(reference["p"].transpose("x", "t"), data["p"])
    np.testing.assert_allclose(reference["u"].transpose("x", "t"), np.sin(x)[:, None] + 0 * t)
