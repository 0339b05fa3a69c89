"""Choices, unknowns, custom parts and refusals of `solve`, and the solution it returns."""

import time
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray

import lawful as lw
from lawful._outcome import Outcome
from lawful.judge import errors_against
from lawful.run_folder import RunFolder


def heat(u, alpha):
    return u.t - alpha * u.xx


def rod(**more):
    parts = {
        "pde": lw.Interior(heat),
        "walls": lw.Boundary(lambda u: u, on="x"),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
    }
    reference = lw.Exact(lambda x, t: np.sin(np.pi * x) * np.exp(-0.4 * np.pi**2 * t))
    arguments = {"params": {"alpha": 0.4}, "reference": reference} | more
    domain = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
    return lw.Problem(domain, "u", {**parts, **arguments.pop("conditions", {})}, **arguments)


SMALL = {"network": lw.nn.MLP(width=8, depth=2), "points": 256, "reference": "stated"}


def test_affine_laws_go_to_least_squares_and_say_why():
    solution = lw.solve(rod())
    assert solution.facts["method"] == "linear"
    assert "affine" in solution.report()
    assert solution.facts["errors"]["u"]["linf"] <= 1e-9


def test_a_choice_of_the_user_means_a_network():
    solution = lw.solve(rod(), steps=300, **SMALL)
    assert solution.facts["method"] == "pinn"
    assert solution.facts["errors"]["u"]["rel_l2"] <= 1e-2
    assert solution.facts["n_params"] == 2 * 8 + 8 + 8 * 8 + 8 + 8 + 1


def test_classical_takes_the_reference():
    solution = lw.solve(rod(), method="classical")
    assert solution.facts["errors"] == {}  # it is not judged by itself
    assert solution.verdict.word == "supported"
    assert "nothing independent" in solution.report()
    assert solution.u(x=0.5, t=0.0) == pytest.approx(1.0)
    assert solution.u.x(x=[0.5, 0.0], t=0.0) == pytest.approx([0.0, np.pi], abs=1e-9)


def test_solution_by_name_derivatives_and_grids():
    solution = lw.solve(rod())
    x, t = np.linspace(0, 1, 5)[:, None], np.linspace(0, 1, 3)
    exact = np.sin(np.pi * x) * np.exp(-0.4 * np.pi**2 * t)
    np.testing.assert_allclose(solution.u(x=x, t=t), exact, atol=1e-9)
    np.testing.assert_allclose(solution.u.xx(x=x, t=t), -(np.pi**2) * exact, atol=1e-6)
    grid = solution.to_xarray(x=11, t=7)
    assert dict(grid.sizes) == {"x": 11, "t": 7}
    np.testing.assert_allclose(grid.u.sel(x=0.5, t=0.0), 1.0, atol=1e-9)
    assert set(solution.plot()) >= {"u", "history"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.w, "has no 'w'"),
        (lambda s: s.u(y=0.5), "no coordinate 'y'"),
        (lambda s: s.u(x=0.5), "needs a value for t"),
        (lambda s: s.u(x=2.0, t=0.0), r"must lie in \[0, 1\]"),
        (lambda s: s.u(x=np.nan, t=0.0), r"must lie in \[0, 1\]"),
        (lambda s: s.u.xz(x=0.5, t=0.0), "no derivative"),
        (lambda s: s.to_xarray(y=3), "no coordinate"),
        (lambda s: s.to_xarray(x=0), "at least 1"),
        (lambda s: s.save(3), "the folder of a run must be a path"),
    ],
)
def test_solution_refuses_in_one_sentence(call, message, rod_solution, unchecked):
    with pytest.raises((ValueError, AttributeError, TypeError), match=message):
        call(rod_solution)


@pytest.fixture(scope="module")
def rod_solution():
    return lw.solve(rod())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "magic"}, "method must be one of"),
        ({"budget": 0}, "budget must be a number of seconds above 0"),
        ({"budget": float("nan")}, "budget must be"),
        ({"steps": 0}, "steps must be a whole number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"seed": True}, "seed must be a whole number"),
        (
            {"seed": 2**63},
            r"seed must be a whole number of at least 0 and below 2\*\*63, got 9223372036854775808",
        ),
        ({"dtype": "float16"}, "dtype must be"),
        ({"points": 0}, "points must be a whole number"),
        ({"points": {"pda": 10}}, "points names 'pda'"),
        ({"network": 3}, "network must be one of"),
        ({"network": lw.nn.MLP}, r"network must be one of lawful\.nn such as MLP\(\)"),
        ({"network": {"u": lw.nn.MLP}}, r"network must be one of lawful\.nn such as MLP\(\)"),
        ({"network": {"v": lw.nn.MLP()}}, "no field"),
        ({"optimizer": "adam"}, "optimizer must be one of"),
        ({"progress": True}, r"progress must be a display such as lawful\.progress\.Live\(\)"),
        ({"out": 3}, "the folder of a run must be a path"),
    ],
)
def test_solve_refuses_in_one_sentence(arguments, message, unchecked):
    with pytest.raises((ValueError, TypeError), match=message):
        lw.solve(rod(), **arguments)


def test_whole_numbers_of_numpy_are_taken_and_kept_as_those_of_python(tmp_path, unchecked):
    n = np.int64
    solution = lw.solve(
        rod(), network=lw.nn.MLP(n(4), n(1)), optimizer=lw.optim.Adam(n(2)), sampling=lw.sampling.Sobol(every=n(1)),
        points={"pde": n(8)}, steps=n(2), seed=n(2**62), out=tmp_path / "run",
    )  # fmt: skip
    recipe = solution.summary()["recipe"]
    assert recipe["network"]["fields"]["width"] == 4
    assert {type(recipe[name]) for name in ("seed", "steps")} == {int}
    assert type(recipe["points"]["pde"]) is int
    assert lw.load(tmp_path / "run", rod()).u(x=0.5, t=0.1) == solution.u(x=0.5, t=0.1)


def test_linear_refuses_a_law_that_is_not_affine(unchecked):
    problem = lw.problems.burgers()
    with pytest.raises(ValueError, match="needs laws affine"):
        lw.solve(problem, method="linear")


def test_a_network_of_ones_own_and_one_a_field():
    class Own(eqx.Module):
        w: jax.Array

        def __call__(self, x):
            return jnp.tanh(x @ self.w).sum(keepdims=True)

    own = Own(jax.random.normal(jax.random.key(0), (2, 12)))
    solution = lw.solve(rod(), network=own, steps=150, points=256, reference="stated")
    assert solution.facts["errors"]["u"]["rel_l2"] <= 5e-2

    def first(u, v):
        return {"position": u.t - v, "speed": v.t + 4 * u}

    problem = lw.Problem(
        lw.Time(t=(0, 1)),
        "u v",
        {"ode": lw.Interior(first), "start": lw.Initial(lambda u, v: {"u": u - 1, "v": v})},
        reference=lw.Exact(lambda t: {"u": np.cos(2 * t), "v": -2 * np.sin(2 * t)}),
    )
    each = {"u": lw.nn.MLP(8, 1), "v": lw.nn.MLP(8, 1)}
    solution = lw.solve(problem, network=each, steps=300)
    assert max(e["rel_l2"] for e in solution.facts["errors"].values()) <= 1e-3


def test_float32_runs_and_says_so():
    solution = lw.solve(
        rod(), dtype="float32", optimizer=lw.optim.Adam(steps=800, learning_rate=5e-3), **SMALL
    )
    assert solution.facts["dtype"] == "float32"
    assert solution.facts["errors"]["u"]["rel_l2"] <= 0.1


@pytest.mark.parametrize("optimizer", ["Adam", "LBFGS", "SSBroyden", "LevenbergMarquardt"])
def test_constants_of_double_precision_leave_a_run_in_float32(optimizer):
    """NumPy's numbers are of double precision wherever they meet a field."""
    k, source, top = np.float64(0.5), np.array([0.25, 0.75]), np.float64(2.0)
    conditions = {
        "law": lw.Interior(lambda u, x: u.t - k * u.xx + source[0] * jnp.sin(source[1] * x)),
        "start": lw.Initial(lambda u, x: u - top * x * (1 - x)),
        "left": lw.Boundary(lambda u, t: u - top * t, on="x.lower"),
        "right": lw.Boundary(lambda u, t: (u - top * t) * (1 + u**2), on="x.upper"),  # which no ansatz meets
    }
    problem = lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions)
    choices = {"network": lw.nn.MLP(8, 1), "points": 64, "optimizer": getattr(lw.optim, optimizer)()}
    solution = lw.solve(problem, method="pinn", dtype="float32", steps=12, **choices)
    assert solution.outcome is Outcome.COMPLETED
    assert np.isfinite(solution.history[-1]["loss"])


def test_a_value_that_is_not_finite_stops_the_run_and_names_the_term():
    conditions = {"log": lw.Interior(lambda u: jnp.log(u - 50.0))}
    solution = lw.solve(rod(conditions=conditions), steps=50, **SMALL)
    assert solution.outcome is Outcome.NON_FINITE
    assert "the term log at step 0" in solution.report()
    assert solution.verdict.word == "not supported"


def test_a_budget_is_kept():
    began = time.perf_counter()
    solution = lw.solve(lw.problems.burgers(), budget=20.0, points=1024)
    assert solution.outcome is Outcome.BUDGET
    assert solution.facts["train_s"] + solution.facts["compile_s"] <= 22.0
    assert time.perf_counter() - began <= 30.0


@pytest.mark.parametrize(("noise", "word"), [(0.01, "supported"), (1e-4, "not supported")])
def test_parameters_found_are_judged_by_the_forward_problem(noise: float, word: str, tmp_path: Path) -> None:
    """u_t = k u_xx with k = 0.3 from 40 values that are off by 0.01: the field is that of the law at the k found, and
    values that claim to be better than they are speak against it."""
    rng = np.random.default_rng(2)
    x, t = rng.random(40), rng.random(40)
    seen = np.exp(-0.3 * np.pi**2 * t) * np.sin(np.pi * x) + 0.01 * rng.standard_normal(40)
    problem = lw.Problem(
        lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
        "u",
        {
            "pde": lw.Interior(lambda u, k: u.t - k * u.xx),
            "walls": lw.Boundary(lambda u: u, on="x"),
            "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
            "seen": lw.Data(x=x, t=t, u=seen, noise=noise),
        },
        params={"k": lw.Unknown(1.0, lower=0)},
    )
    solution = lw.solve(problem, steps=400, points=256, network=lw.nn.MLP(12, 2), out=tmp_path / "run")
    assert solution.params["k"] == pytest.approx(0.3, rel=0.05)
    assert solution.verdict.word == word
    assert ("times their noise" in " ".join(solution.verdict.reasons)) == (word == "not supported")
    assert "derived from the law at the parameters found" in solution.report()
    assert solution.facts["errors"]["u"]["rel_l2"] < 1e-3
    assert solution.facts["pathways"] is None
    with xarray.open_dataset(tmp_path / "run" / "fields.nc") as fields:
        assert float(np.abs(fields["u"] - fields["u_reference"]).max()) < 1e-3


def test_lorenz_from_published_observations(reference_data) -> None:
    """All three parameters from 25 observations without noise to speak of, by the defaults, judged at what is found."""
    seen = reference_data("deepxde_lorenz")
    times, states = seen["t"].ravel(), seen["y"]

    def lorenz(x, y, z, a, b, c):
        return {"x": x.t - a * (y - x), "y": y.t - x * (b - z) + y, "z": z.t - x * y + c * z}

    problem = lw.Problem(
        lw.Time(t=(0, 3)),
        "x y z",
        {
            "law": lw.Interior(lorenz),
            "start": lw.Initial(lambda x, y, z: {"x": x + 8, "y": y - 7, "z": z - 27}),
            "seen": lw.Data(t=times, x=states[:, 0], y=states[:, 1], z=states[:, 2], noise=0.01),
        },
        params={name: lw.Unknown(1.0) for name in "abc"},
    )
    solution = lw.solve(problem)
    for name, truth in {"a": 10.0, "b": 15.0, "c": 8 / 3}.items():
        assert solution.params[name] == pytest.approx(truth, rel=2e-3)
    assert solution.verdict.word == "supported"
    assert max(e["rel_l2"] for e in solution.facts["errors"].values()) < 1e-3


def test_decay_rate_agrees_with_classical_least_squares():
    from scipy.optimize import curve_fit

    times = np.linspace(0, 2, 5)
    for seed in (0, 1):
        observed = np.exp(-2.5 * times) + 0.02 * np.random.default_rng(seed).standard_normal(5)
        problem = lw.Problem(
            lw.Time(t=(0, 2)),
            "u",
            {
                "ode": lw.Interior(lambda u, k: u.t + k * u),
                "start": lw.Initial(lambda u: u - 1),
                "data": lw.Data(t=times, u=observed, noise=0.02),
            },
            {"k": lw.Unknown(1.0, lower=0)},
        )
        solution = lw.solve(problem)
        sigma = np.full(5, 0.02)
        best, covariance = curve_fit(
            lambda t, k: np.exp(-k * t), times, observed, [1.0], sigma=sigma, absolute_sigma=True
        )
        assert solution.params["k"] == pytest.approx(best[0], rel=1e-3)
        low, high = solution.intervals["k"]
        assert high - low == pytest.approx(2 * 1.96 * np.sqrt(covariance[0, 0]), rel=0.1)


def test_without_a_reference_one_is_derived_and_judges():
    solution = lw.solve(rod(reference=None))
    reference = solution.facts["reference"]
    assert reference["derived"]
    assert reference["error_estimate"] <= 1e-8
    assert solution.verdict.word == "supported"
    assert solution.facts["pathways"]["classical_s"] is not None
    assert "derived from the law" in solution.report()


def test_a_derived_solution_is_held_against_the_stated_one():
    solution = lw.solve(rod(), method="classical", reference="derived")
    assert solution.facts["reference"]["derived"] is False
    own, error = solution.facts["solution"]["error_estimate"], solution.facts["errors"]["u"]["linf"]
    assert 0 < error <= 3 * own < 1e-7
    assert solution.verdict.word == "supported"
    assert "solution: method of lines" in solution.report()


def test_a_wrong_stated_reference_is_told_by_the_derived_one():
    wrong = rod(reference=lw.Exact(lambda x, t: jnp.sin(x) + 0 * t))
    assert lw.solve(wrong).verdict.word == "not supported"
    assert lw.solve(wrong, reference="derived").verdict.word == "supported"


def test_only_a_stated_reference_judges_where_that_is_asked():
    solution = lw.solve(rod(reference=None), reference="stated")
    assert solution.verdict.word == "inconclusive"
    assert solution.facts["pathways"] is None
    assert "states no reference" in " ".join(solution.verdict.reasons)
    with pytest.raises(ValueError, match="states no reference"):
        lw.solve(rod(reference=None), method="classical", reference="stated")
    with pytest.raises(ValueError, match="reference must be one of auto, stated, derived"):
        lw.solve(rod(), reference="exact")


def test_where_no_reference_can_be_derived_nothing_is_called_supported():
    problem = lw.Problem(
        lw.Box(x1=(0, 1), x2=(0, 1), x3=(0, 1), x4=(0, 1)),
        "u",
        {"law": lw.Interior(lambda u: lw.laplacian(u) + 1), "walls": lw.Boundary(lambda u: u)},
    )
    solution = lw.solve(problem, steps=20)
    assert solution.verdict.word != "supported"
    assert "no reference can be derived" in " ".join(
        [*solution.verdict.reasons, solution.facts["reference"]["doubt"]]
    )


def test_two_seeds_differ_and_one_seed_repeats():
    arguments = {"steps": 20, **SMALL}
    first, again, other = (lw.solve(rod(), seed=s, **arguments) for s in (0, 0, 1))
    assert np.array_equal(first.source.theta, again.source.theta)
    assert not np.array_equal(first.source.theta, other.source.theta)


MISTAKEN = {
    "linear with a network": (
        {"method": "linear", "network": lw.nn.MLP()},
        "method='linear' needs RandomFeatures as its network",
    ),
    "linear with a weighting": (
        {"method": "linear", "weighting": lw.weighting.Constant()},
        "method='linear' makes no use of weighting=",
    ),
    "classical with points": (
        {"method": "classical", "points": 10},
        "method='classical' makes no use of points=",
    ),
    "too few outputs": (
        {"network": lambda z: jnp.stack([z[0], z[1]])},
        r"one value each of u; it returns an array of shape \(2,\)",
    ),
    "network that fails": ({"network": lambda z: z[0] @ z[1]}, "at one point it failed"),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("choices", "message"), MISTAKEN.values(), ids=MISTAKEN)
def test_choices_that_nothing_would_follow_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        lw.solve(rod(), **choices)


REFERENCES = {
    "arguments": lw.Exact(lambda y: y),
    "fields": lw.Exact(lambda x, t: {"v": x}),
    "failure": lw.Exact(lambda x, t: 1 / 0),
}


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
def test_a_mistaken_reference_is_noticed_before_training(reference, tmp_path):
    with pytest.raises(ValueError, match="the reference cannot be evaluated"):
        lw.solve(rod(reference=reference), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_features_and_points_of_the_user_are_taken():
    solution = lw.solve(rod(), method="linear", network=lw.nn.RandomFeatures(150, 5.0), points={"pde": 700})
    assert solution.facts["n_params"] == 150
    assert solution.facts["recipe"]["points"]["pde"] == 700
    assert solution.facts["errors"]["u"]["linf"] <= 1e-6


def test_a_quantity_may_hold_derivatives():
    """The integral over x of u_x^2, against the closed form pi^2 / 2 exp(-2 alpha pi^2 t)."""
    solution = lw.solve(rod(quantities={"steepness": lambda u: u.x**2}))
    found = solution.facts["quantities"]["steepness"]
    assert found["start"] == pytest.approx(np.pi**2 / 2, rel=1e-8)
    assert found["end"] == pytest.approx(np.pi**2 / 2 * np.exp(-0.8 * np.pi**2), rel=1e-6)
    assert "steepness" in solution.report()
    classical = lw.solve(rod(quantities={"steepness": lambda u: u.x**2}), method="classical")
    assert classical.facts["quantities"]["steepness"] == pytest.approx(found, rel=1e-6)


def test_a_field_that_is_zero_is_judged_on_the_scale_of_the_others():
    reference = lw.Exact(lambda x, t: {"u": np.sin(np.pi * x), "v": 0 * x})
    judged = reference.evaluate({"x": np.linspace(0, 1, 1001), "t": np.zeros(1001)}, ("u", "v"))
    errors = errors_against({"u": judged.values["u"], "v": np.full(1001, 1e-4)}, judged)
    assert errors["v"]["rel_l2"] == pytest.approx(1e-4 * np.sqrt(2), rel=1e-2)


def test_what_was_drawn_is_in_the_file(tmp_path):
    """A loaded solution uses the wave numbers of the file, not those that a random stream gives."""
    solution = lw.solve(rod())
    folder = RunFolder.open(solution.save(tmp_path / "run"))
    again = lw.load(tmp_path / "run", rod())
    np.testing.assert_array_equal(again.u(x=0.3, t=0.2), solution.u(x=0.3, t=0.2))
    held = folder.load_params()
    drawn = [name for name in held if name.startswith("frozen") and "wavenumbers" in name]
    assert len(drawn) == 1
    folder.save_params(held | {drawn[0]: 1.5 * held[drawn[0]]})
    assert abs(lw.load(tmp_path / "run", rod()).u(x=0.3, t=0.2) - solution.u(x=0.3, t=0.2)) > 1e-3
    with pytest.raises(ValueError, match="has ended and keeps no checkpoint"):
        lw.resume(tmp_path / "run", rod())


def test_a_network_of_ones_own_is_loaded_by_giving_it_again(tmp_path):
    network = eqx.nn.MLP(2, "scalar", 8, 2, jnp.tanh, key=jax.random.key(0))
    solution = lw.solve(rod(), network=network, points=64, steps=20, out=tmp_path / "run", reference="stated")
    with pytest.raises(ValueError, match="which no file can hold; pass it again, as network="):
        lw.load(tmp_path / "run", rod())
    again = lw.load(tmp_path / "run", rod(), network=network)
    assert again.u(x=0.3, t=0.2) == solution.u(x=0.3, t=0.2)


@pytest.mark.parametrize("optimizer", [lw.optim.LevenbergMarquardt(), lw.optim.LBFGS(), lw.optim.SSBroyden()])
def test_a_network_of_ones_own_takes_on_the_precision_of_the_run(optimizer):
    network = eqx.nn.MLP(2, "scalar", 8, 2, jnp.tanh, dtype=jnp.float32, key=jax.random.key(0))
    solution = lw.solve(rod(), network=network, optimizer=optimizer, points=64, steps=3, reference="stated")
    assert solution.outcome is Outcome.COMPLETED
    assert solution.source.parameters()["theta"].dtype == np.float64


def test_a_network_with_nothing_to_train_is_refused():
    with pytest.raises(ValueError, match="nothing to train"):
        lw.solve(rod(), network=lambda x: x[0] * x[1], points=64, steps=3, reference="stated")


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (lambda x, t: None, "gives None for u"),
        (lambda x, t: np.nan * x, "not finite for u"),
        (lambda x, t: np.exp(1j * x), "gives complex numbers for u"),
        (lambda x, t: t[:2], "cannot be evaluated"),
    ],
)
def test_a_reference_that_is_no_solution_is_refused_before_training(reference, message):
    with pytest.raises(ValueError, match=message):
        lw.solve(rod(reference=lw.Exact(reference)), steps=3, **SMALL)


def test_both_ends_of_an_interval_hold():
    """u'' = 1 with a spring at either end, u' = u at 0 and u' = -u at 1: u = (x^2 - x - 1) / 2."""
    conditions = {
        "pde": lw.Interior(lambda u: u.xx - 1),
        "springs": lw.Boundary(lambda u, normal: lw.dot(lw.grad(u), normal) + u, on="x"),
    }
    reference = lw.Exact(lambda x: (x**2 - x - 1) / 2)
    problem = lw.Problem(lw.Box(x=(0, 1)), "u", conditions, reference=reference)
    assert lw.solve(problem).facts["errors"]["u"]["linf"] <= 1e-9
    assert lw.solve(problem, steps=400, **SMALL).facts["errors"]["u"]["linf"] <= 1e-3


def test_conditions_that_are_missed_refute_a_solution():
    """Two walls that contradict each other cannot both be met, whatever the residual of the law."""
    conditions = {
        "pde": lw.Interior(lambda u: u.t - u.xx),
        "one": lw.Boundary(lambda u: u.x + u - 1, on="x.lower"),
        "other": lw.Boundary(lambda u: u.x + u - 3, on="x.lower"),
        "open": lw.Free(on="x"),
        "start": lw.Initial(lambda u: u - 1),
    }
    problem = lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions)
    solution = lw.solve(problem, method="pinn", steps=50, reference="stated")
    assert solution.verdict.word == "not supported"
    assert any("The condition one is missed by" in reason for reason in solution.verdict.reasons)
    assert solution.facts["conditions"].keys() == {"one", "other", "start"}
    assert "of its size" in solution.report()


def test_data_that_are_missed_refute_a_solution():
    """Observations of another solution than the one that the conditions fix."""
    t = np.linspace(0, 1, 9)
    conditions = {
        "ode": lw.Interior(lambda u: u.t + u),
        "start": lw.Initial(lambda u: u - 1),
        "seen": lw.Data(t=t, u=2 * np.exp(-t), noise=0.01),
    }
    solution = lw.solve(lw.Problem(lw.Time(t=(0, 1)), "u", conditions), reference="stated")
    assert solution.verdict.word == "not supported"
    assert "times their noise" in solution.verdict.reasons[0]
    np.testing.assert_allclose(solution.u(t=t), np.exp(-t), rtol=1e-2)


def test_a_datum_without_noise_pins_a_field():
    """Only p.x occurs in the law: one exact datum fixes the constant."""
    conditions = {
        "law": lw.Interior(lambda p, x: p.x - jnp.cos(x)),
        "open": lw.Free(on="x"),
        "pin": lw.Data(x=[0.0], p=[5.0]),
    }
    solution = lw.solve(lw.Problem(lw.Box(x=(0, 1)), "p", conditions), reference="stated")
    x = np.linspace(0, 1, 11)
    np.testing.assert_allclose(solution.p(x=x), 5 + np.sin(x), rtol=1e-5)


def test_an_unknown_coefficient_that_varies_is_found():
    """u.t = (k u.x).x + f with k(x) = 1 + x / 2 unknown but for its value at one end."""

    def law(u, k, x, t):
        source = jnp.exp(-t) * ((1 + x / 2) * jnp.sin(x) - jnp.cos(x) / 2 - jnp.sin(x))
        return u.t - k * u.xx - k.x * u.x - source

    x, t = np.random.default_rng(3).uniform(0, 1, (2, 200))
    conditions = {
        "law": lw.Interior(law),
        "end": lw.Boundary(lambda k: k - 1.0, on="x.lower"),
        "seen": lw.Data(x=x, t=t, u=np.exp(-t) * np.sin(x), noise=1e-3),
    }
    domain = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
    problem = lw.Problem(domain, {"u": "x t", "k": "x"}, conditions)
    solution = lw.solve(problem, steps=600, points=1024, reference="stated")
    places = np.linspace(0, 1, 21)
    assert np.abs(solution.k(x=places) / (1 + places / 2) - 1).max() <= 0.05
