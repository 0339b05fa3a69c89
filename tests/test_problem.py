"""A problem is checked whole when it is made; each mistake gets one sentence."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw

pytestmark = pytest.mark.usefixtures("unchecked")


def heat(u, alpha):
    return u.t - alpha * u.xx


def conditions(**more):
    parts = {
        "pde": lw.Interior(heat),
        "walls": lw.Boundary(lambda u: u, on="x"),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
    }
    return {k: v for k, v in {**parts, **more}.items() if v is not None}


def law(function):
    return make(conditions=conditions(pde=lw.Interior(function)), params={})


def make(domain=None, fields="u", params=None, **more):
    own = more.pop("conditions", None)
    return lw.Problem(
        domain if domain is not None else lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
        fields,
        conditions() if own is None else own,
        {"alpha": 0.4} if params is None else params,
        **more,
    )


MISTAKES = {
    "no domain": (lambda: make(domain="x"), "domain must be a Box"),
    "no field": (lambda: make(fields=""), "there is no field"),
    "field is coordinate": (lambda: make(fields="x"), "'x' is a field and a coordinate"),
    "field twice": (lambda: make(fields="u u"), "more than once"),
    "field name": (lambda: make(fields="2u"), "is not a name"),
    "field coordinates": (lambda: make(fields={"u": "x y"}), "'y' is no coordinate"),
    "field and parameter": (lambda: make(params={"u": 1.0}), "field and a parameter"),
    "coordinate and parameter": (lambda: make(params={"x": 1.0}), "coordinate and a parameter"),
    "parameter not finite": (lambda: make(params={"alpha": np.nan}), "finite number"),
    "parameter not a number": (lambda: make(params={"alpha": "big"}), "finite number"),
    "parameters in a list": (
        lambda: make(params=[("alpha", 0.4)]),
        "params must be a dict from name to number",
    ),
    "a sum of domains": (lambda: lw.Box(x=(0, 1)) + lw.Time(t=(0, 1)), "domains are multiplied, as in Box"),
    "a comparison": (lambda: law(lambda u: u.t == u.xx), "is a comparison; return what must vanish"),
    "a vector": (lambda: law(lambda u: lw.grad(u)), "it returns a vector: return a dict of numbers"),
    "two vectors": (
        lambda: make(conditions=conditions(walls=lw.Boundary(lambda u, normal: lw.grad(u) * normal))),
        "two vectors are multiplied by dot",
    ),
    "a field that is called": (
        lambda: law(lambda u, x, t: u(x, t) - 1),
        "a law is written at one point: write u, without its coordinates",
    ),
    "a handle with an underscore": (lambda: law(lambda u: u._xx), "u._xx is no derivative of u"),
    "a time in the box": (
        lambda: make(domain=lw.Box(x=(0, 1), t=(0, 1))),
        "time is a factor of its own, as in Box",
    ),
    "ends joined and held": (
        lambda: make(conditions=conditions(round=lw.Periodic(on="x"))),
        "'round' joins the ends of x, and condition 'walls' holds the fields there as well",
    ),
    "idle parameter": (lambda: make(params={"alpha": 1.0, "beta": 2.0}), "no law uses the parameter beta"),
    "missing parameter": (lambda: make(params={"alhpa": 1.0}), "Did you mean 'alhpa'"),
    "no conditions": (lambda: make(conditions={}), "conditions must be a dict"),
    "condition type": (lambda: make(conditions={"pde": heat}), "must be Interior"),
    "condition name": (lambda: make(conditions={"a.b": lw.Interior(heat)}), "without dots"),
    "unknown part": (lambda: make(conditions=conditions(walls=lw.Boundary(lambda u: u, on="y"))), "no part"),
    "near part": (
        lambda: make(conditions=conditions(walls=lw.Boundary(lambda u: u, on="x.lowr"))),
        "Did you mean 'x.lower'",
    ),
    "no start": (lambda: make(conditions=conditions(start=None)), "nothing is said of u at the start"),
    "no walls": (lambda: make(conditions=conditions(walls=None)), "nothing is said of u at the ends of x"),
    "one wall missing": (
        lambda: make(conditions=conditions(walls=lw.Boundary(lambda u: u, on="x.lower"))),
        "nothing is said of u at the upper end of x; add .*x.upper",
    ),
    "reserved field": (lambda: make(fields="history"), "'history' is taken by lawful"),
    "a word of Python": (lambda: make(fields="lambda"), "a word of Python"),
    "reserved condition": (
        lambda: make(conditions={"loss": lw.Interior(heat)}),
        "no condition can be called elapsed_s, fresh",
    ),
    "slash": (lambda: make(conditions={"a/b": lw.Interior(heat)}), "without dots and slashes"),
    "law without field": (
        lambda: make(conditions=conditions(extra=lw.Interior(lambda alpha: alpha - 1))),
        "condition 'extra': the lambda of line .* uses no field",
    ),
    "ansatz by NumPy": (
        lambda: make(ansatz={"u": lambda u, t: np.cos(t) + t * u}),
        "ansatz of u: the lambda of line .* hands a value to NumPy",
    ),
    "ansatz of nothing": (lambda: make(ansatz={"u": lambda u: None}), "ansatz of u: .*it returns nothing"),
    "ansatz of a pair": (lambda: make(ansatz={"u": lambda u: (u, u)}), "ansatz of u: .*array of shape"),
    "ansatz that branches": (
        lambda: make(ansatz={"u": lambda u, t: u if t > 0 else t}),
        "branches in Python",
    ),
    "ansatz without its field": (lambda: make(ansatz={"u": lambda t: 1 - t}), "ansatz of u does not use u"),
    "bare reference": (lambda: make(reference=lambda x, t: x), r"reference must be a solution such as Exact"),
    "quantity of two numbers": (
        lambda: make(quantities={"q": lambda u: {"a": u, "b": u}}),
        "quantity 'q' must be one number",
    ),
    "start without time": (
        lambda: make(
            domain=lw.Box(x=(0, 1)),
            params={},
            conditions={"pde": lw.Interior(lambda u: u.xx), "s": lw.Initial(lambda u: u)},
        ),
        "Initial needs a time",
    ),
    "boundary of time": (
        lambda: make(
            domain=lw.Time(t=(0, 1)),
            params={},
            conditions={"ode": lw.Interior(lambda u: u.t), "b": lw.Boundary(lambda u: u)},
        ),
        "no boundary in space",
    ),
    "one start of two": (
        lambda: make(
            params={},
            conditions={
                "pde": lw.Interior(lambda u: u.tt - u.xx),
                "walls": lw.Boundary(lambda u: u),
                "start": lw.Initial(lambda u: u),
            },
        ),
        "of order 2 in t but only 1 initial condition",
    ),
    "field unused": (lambda: make(fields="u v"), "no condition mentions the field v"),
    "periodic": (lambda: make(conditions=conditions(walls=lw.Periodic(on="z"))), "no coordinate of space"),
    "ansatz": (lambda: make(ansatz={"w": lambda w: w}), "ansatz names 'w'"),
    "ansatz argument": (lambda: make(ansatz={"u": lambda u, y: u}), "asks for 'y'"),
    "quantity": (lambda: make(quantities={"mass": lambda v: v}), "asks for 'v'"),
    "tolerance": (lambda: make(tolerance=0.0), "tolerance must be"),
    "interval": (lambda: lw.Box(x=(1, 0)), "lower end must be below"),
    "interval shape": (lambda: lw.Box(x=3), "expected two numbers"),
    "infinite": (lambda: lw.Box(x=(0, np.inf)), "must be finite"),
    "colliding names": (lambda: lw.Box(x=(0, 1), xx=(0, 1)), "could mean two derivatives"),
    "two times": (lambda: lw.Time(t=(0, 1)) * lw.Time(s=(0, 1)), "two times"),
    "empty box": (lambda: lw.Box(), "no coordinate"),
    "unknown start": (lambda: lw.Unknown(-1.0, lower=0), "must lie strictly between"),
    "parameter beyond floats": (lambda: make(params={"k": 10**400}), "parameter k must be a finite number"),
    "unknown beyond floats": (lambda: lw.Unknown(10**400), "initial must be a finite number"),
    "unknown nan": (lambda: lw.Unknown(np.nan), "finite number"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_one_sentence(name):
    call, message = MISTAKES[name]
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


GOOD = {"x": [0.2, 0.4], "t": [0.1, 0.2], "u": [1.0, 2.0]}
BAD_DATA = {
    "length": ({**GOOD, "u": [1.0]}, "one length"),
    "nan": ({**GOOD, "u": [1.0, np.nan]}, "not finite at entry 1"),
    "outside": ({**GOOD, "t": [0.1, 3.0]}, "outside"),
    "missing": ({"x": [0.2], "u": [1.0]}, "lack t"),
    "no field": ({"x": [0.2], "t": [0.1]}, "no field is observed"),
    "name": ({**GOOD, "w": [1.0, 2.0]}, "'w' is no coordinate or field"),
    "strings": ({**GOOD, "u": ["a", "b"]}, "must be numbers"),
    "matrix": ({**GOOD, "u": [[1.0, 2.0]]}, "flat array"),
    "noise": ({**GOOD, "noise": 0.0}, "standard deviation above 0"),
    "empty": ({"x": [], "t": [], "u": []}, "empty"),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data_gets_one_sentence(name):
    columns, message = BAD_DATA[name]
    with pytest.raises(ValueError, match=message):
        make(conditions=conditions(data=lw.Data(**columns)))


def test_boxes_of_one_to_ten_dimensions():
    for d in range(1, 11):
        box = lw.Box(**{f"x{i}": (0, 1) for i in range(1, d + 1)}) * lw.Time(t=(0, 1))
        problem = lw.Problem(
            box,
            "u",
            {
                "pde": lw.Interior(lambda u: u.t - lw.laplacian(u)),
                "walls": lw.Boundary(lambda u: u),
                "start": lw.Initial(lambda u: u - 1),
            },
        )
        assert problem.orders() == {"t": 1, **{f"x{i}": 2 for i in range(1, d + 1)}}


def test_a_free_side_is_accepted():
    problem = make(conditions=conditions(walls=lw.Free(on="x")))
    assert problem.terms == ("pde", "start")


def test_the_forward_problem_has_numbers_and_pins_but_no_data() -> None:
    def law(u, v, k):
        return {"a": u.t + k * u, "b": v.t - u}

    problem = lw.Problem(
        lw.Time(t=(0, 1)),
        "u v",
        {
            "law": lw.Interior(law),
            "start": lw.Initial(lambda u, v: {"a": u - 1, "b": v}),
            "pin": lw.Data(t=[0.0], v=[0.0]),
            "one": lw.Data(t=[0.5], u=[0.6], noise=0.1),
            "many": lw.Data(t=[0.1, 0.2], u=[0.9, 0.8], noise=0.01),
        },
        params={"k": lw.Unknown(1.0)},
    )
    forward = problem.at({"k": 2.0})
    assert list(forward.conditions) == ["law", "start", "pin"]
    assert forward.params == {"k": 2.0}
    assert not forward.unknowns
    assert list(problem.unknowns) == ["k"]
    assert len(problem.conditions) == 5
