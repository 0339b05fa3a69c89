"""Solids: meshes that follow their surfaces, exact and manufactured solutions, linear systems, refusals."""

import importlib.util
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import sparse

import lawful as lw
from lawful.reference import Derived, FiniteElements, Unsolved, derive
from lawful.reference.estimates import estimated
from lawful.reference.fem.assembly import Term, jacobian_of
from lawful.reference.fem.multigrid import Krylov, descents
from lawful.reference.fem.newton import factored
from lawful.reference.fem.solids import coarsest_solid
from lawful.reference.fem.spaces import Spaces, shapes_at
from lawful.reference.fem.statement import stated
from lawful.reference.fem.walk import Walk, depth
from lawful.reference.norms import largest

spec = importlib.util.spec_from_file_location("solids", Path(__file__).with_name("manufactured_solids.py"))
solids = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solids)

CUBE = lw.Box(x=(0, 1), y=(0, 1), z=(0, 1))
BALL = lw.Ball(x=0, y=0, z=0, radius=1)
ABOVE = lw.Box(x=(-2, 2), y=(-2, 2), z=(0, 2))
TWO = lw.Ball(x=0.3, y=0.4, z=0.6, radius=0.2, name="hole"), lw.Ball(x=1, y=1, z=0, radius=0.4, name="hole")
VOLUMES = {
    "box with a cut": (CUBE, {"z": (0.3,)}, 1.0),
    "shell": (BALL - lw.Ball(x=0, y=0, z=0, radius=0.5, name="core"), {}, 4 / 3 * np.pi * 7 / 8),
    "half a ball": (BALL & ABOVE, {}, 2 / 3 * np.pi),
    "holes with a cut": (CUBE - TWO[0] - TWO[1], {"z": (0.5,)}, 1 - 4 / 3 * np.pi * (0.2**3 + 0.4**3 / 8)),
}


@pytest.mark.parametrize("case", VOLUMES)
def test_volumes_closed_surfaces_and_cuts(case):
    shape, cuts, volume = VOLUMES[case]
    mesh = coarsest_solid(shape, cuts)
    errors = []
    for level in range(2):
        mesh = mesh.refined() if level else mesh
        spaces = Spaces(mesh.quadratic(), (2,))
        whole = spaces.interior().weights.sum()
        errors.append(abs(whole - volume))
        surface = spaces.edges(mesh.facets)
        np.testing.assert_allclose(np.einsum("eq,eqi->i", surface.weights, surface.normals), 0, atol=1e-12)
        # the divergence theorem for (x, 0, 0) gives the volume of the mesh
        through = (surface.weights * surface.normals[..., 0] * surface.places[..., 0]).sum()
        assert through == pytest.approx(whole, abs=1e-11)
        for name, planes in cuts.items():
            heights = mesh.mesh.p["xyz".index(name), mesh.mesh.t]
            for plane in planes:
                assert not ((heights.min(axis=0) < plane - 1e-9) & (heights.max(axis=0) > plane + 1e-9)).any()
        assert (spaces.jacobians().min(axis=1) * spaces.jacobians().max(axis=1) > 0).all()
    assert errors[1] < max(errors[0] / 12, 1e-12)


def test_points_in_a_solid_and_on_its_surface_are_found():
    shape = CUBE - TWO[0] - TWO[1]
    mesh = coarsest_solid(shape, {}).refined().quadratic()
    rng = np.random.default_rng(3)
    for points in (
        shape.interior().place(rng.random((2000, 3))),
        shape.part("hole").place(rng.random((500, 2))),
    ):
        cells, reference = Walk(mesh).find(points)
        values, _ = shapes_at(2, reference)
        back = np.einsum("nki,kn->ni", Spaces(mesh, ()).nodes(cells), values)
        np.testing.assert_allclose(back, points, atol=1e-12)
        assert depth(reference).min() > -0.02


def test_quadratic_polynomials_are_exact_in_a_box():
    """With mixed derivatives, variable coefficients, values, slopes and a Robin law."""

    def exact(x, y, z):
        return x**2 + 2 * y**2 - z**2 + x * y - y * z

    def law(u, x, y, z):
        known = 2 * (1 + x) + 4 - 2 + 1 / 2 + exact(x, y, z) + 2 * x + y
        return (1 + x) * u.xx + u.yy + u.zz + u.xy / 2 + u.x + u - known

    conditions = {
        "pde": lw.Interior(law),
        "x": lw.Boundary(lambda u, x, y, z: u - exact(x, y, z), on="x"),
        "y": lw.Boundary(lambda u, x, y, z: u - exact(x, y, z), on="y"),
        "top": lw.Boundary(lambda u, x, y, z: u.z + u + 2 * z + y - exact(x, y, z), on="z.upper"),
        "floor": lw.Boundary(lambda u, y, z: u.z + 2 * z + y, on="z.lower"),
    }
    problem = lw.Problem(domain=CUBE, fields="u", conditions=conditions)
    points = np.random.default_rng(0).random((200, 3))
    found = FiniteElements().solve(problem, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, exact(*points.T), atol=1e-10)


def test_two_materials_are_exact_where_the_mesh_meets_their_plane():
    """-(mu u_z)_z = 2 with mu = 1 below z = 0.3 and 5 above: a parabola on either side, one flux."""

    def exact(z):
        # mu u' = 1.1 - 2 z
        low = 1.1 * z - z**2
        high = 1.1 * 0.3 - 0.3**2 + (1.1 * (z - 0.3) - (z**2 - 0.3**2)) / 5
        return jnp.where(z < 0.3, low, high)

    conditions = {
        "pde": lw.Interior(lambda u, z: jnp.where(z < 0.3, 1.0, 5.0) * lw.laplacian(u) + 2),
        "x": lw.Boundary(lambda u, z: u - exact(z), on="x"),
        "insulated": lw.Boundary(lambda u: u.y, on="y"),
        "z": lw.Boundary(lambda u, z: u - exact(z), on="z"),
    }
    problem = lw.Problem(domain=CUBE, fields="u", conditions=conditions)
    points = np.random.default_rng(0).random((200, 3))
    found = FiniteElements().solve(problem, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, exact(points[:, 2]), atol=1e-9)


CASES = {"half a ball with Robin": solids.half, "shell with Robin": solids.shell}
SLOW = pytest.param("half a ball with Robin", marks=pytest.mark.slow)


@pytest.mark.parametrize("case", [SLOW, "shell with Robin"])
def test_order_and_estimate(case):
    problem, exact = CASES[case]()
    solver = FiniteElements()
    assert solver.refuses(problem) is None
    points = problem.domain.interior().place(np.random.default_rng(17).random((512, 3)))
    values = [solver.solve(problem, level).evaluate(points)["u"] for level in range(3)]
    truth = np.asarray(jax.vmap(exact["u"])(*points.T))
    errors = [np.linalg.norm(v - truth) for v in values]
    order = np.log2(errors[0] / errors[-1]) / 2
    gaps = [{"u": largest(values[i + 1] - values[i])} for i in range(2)]
    estimates, _, doubt = estimated(gaps, {"u": largest(values[-1])}, solver.refinement)
    ratio = estimates["u"] / largest(values[-1] - truth)
    print(f"{case}: L2 {errors[-1] / np.sqrt(512):.1e}, order {order:.2f}, estimate / true error {ratio:.2f}")
    assert order > 2.6
    assert 1 / 3 <= ratio <= 5
    assert not doubt


def test_a_nonlinear_law_and_a_nonlinear_flux():
    problem, exact = solids.radiating()
    assert FiniteElements().refuses(problem) is None
    points = problem.domain.interior().place(np.random.default_rng(17).random((512, 3)))
    found = FiniteElements().solve(problem, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, np.asarray(jax.vmap(exact["u"])(*points.T)), atol=3e-4)


def test_linear_displacements_pass_the_patch_test():
    """Elasticity in a ball with a hole that its traction opens, by GMRES: curved cells hold linear functions."""
    gradient = np.array([[1, 2, -1], [-1, 3, 0.5], [-1 / 3, 1, 1]])
    hole = lw.Ball(x=0, y=-0.2, z=0.3, radius=0.3, name="hole")
    problem = solids.stretched(solids.BALL - hole, gradient.tolist(), "rim", "hole")
    assert FiniteElements().refuses(problem) is None
    points = problem.domain.interior().place(np.random.default_rng(17).random((200, 3)))
    found = FiniteElements().solve(problem, 0).evaluate(points)
    np.testing.assert_allclose([found[name] for name in "uvw"], gradient @ points.T, atol=1e-8)


def test_krylov_solves_what_a_factorisation_solves():
    """With a border, as for a field known up to a constant: the operator alone is singular."""
    walls = lw.Boundary(lambda u, normal: lw.dot(lw.grad(u), normal))
    pin = lw.Data(x=[0.5], y=[0.5], z=[0.5], u=[0.0])
    conditions = {"pde": lw.Interior(lambda u: lw.laplacian(u)), "walls": walls, "pin": pin}
    statement = stated(lw.Problem(domain=CUBE, fields="u", conditions=conditions))
    mesh = statement.coarsest.refined()
    spaces = Spaces(mesh.quadratic(), (2,))
    matrix = jacobian_of([Term(spaces.interior(), statement.interior, (0,))], np.zeros(spaces.size))
    assert abs(matrix @ np.ones(spaces.size)).max() < 1e-12
    rng = np.random.default_rng(0)
    column = rng.random((spaces.size, 1))
    row = np.zeros((1, spaces.size))
    row[0, :4] = [0.1, 0.2, 0.3, 0.4]
    rows = sparse.csr_matrix(row)
    right = rng.normal(size=spaces.size + 1)
    none = np.array([], int)
    krylov = Krylov(sparse.csr_matrix(matrix), rows, column, descents(spaces, mesh, none))
    assert krylov.floors
    expected = factored(matrix, rows, column)(right)
    np.testing.assert_allclose(krylov.solve(right), expected, atol=1e-6 * abs(expected).max())


def test_a_reference_is_derived_in_a_ball():
    """Curved tetrahedra hold linear functions: three levels agree to what GMRES leaves."""

    def law(u, x, y):
        return lw.laplacian(u) + y * u.x - y + u - x - 2 * y

    conditions = {"pde": lw.Interior(law), "rim": lw.Boundary(lambda u, x, y: u - x - 2 * y)}
    reference = derive(lw.Problem(domain=BALL, fields="u", conditions=conditions))
    assert isinstance(reference, Derived)
    assert reference.method == "finite elements"
    radius = np.linspace(0, 1, 50)
    judged = reference.evaluate({"x": radius, "y": 0 * radius, "z": 0 * radius}, ("u",))
    assert np.abs(judged.values["u"] - radius).max() < 1e-8
    assert judged.error_estimate < 1e-8
    assert not judged.doubt


def test_fluxes_that_do_not_balance_have_no_solution_in_space():
    conditions = {
        "pde": lw.Interior(lambda u: lw.laplacian(u) - 1),
        "walls": lw.Boundary(lambda u, normal: lw.dot(lw.grad(u), normal)),
        "pin": lw.Data(x=[0.5], y=[0.5], z=[0.5], u=[0.0]),
    }
    problem = lw.Problem(domain=CUBE, fields="u", conditions=conditions)
    assert FiniteElements().refuses(problem) is None
    with pytest.raises(Unsolved, match="do not balance"):
        FiniteElements().solve(problem, 0)


def refused(law, domain=CUBE, fields="u", **conditions):
    walls = conditions or {"walls": lw.Boundary(lambda u: u)}
    return lw.Problem(domain=domain, fields=fields, conditions={"pde": lw.Interior(law), **walls})


def stokes(u, v, w, p):
    mass = u.x + v.y + w.z
    return {
        "x": p.x - lw.laplacian(u),
        "y": p.y - lw.laplacian(v),
        "z": p.z - lw.laplacian(w),
        "mass": mass,
    }


REFUSED = {
    "time": (
        lambda: refused(
            lambda u: u.t - lw.laplacian(u),
            BALL * lw.Time(t=(0, 1)),
            walls=lw.Boundary(lambda u: u),
            start=lw.Initial(lambda u: u),
        ),
        "takes steady laws",
    ),
    "a free wall": (
        lambda: refused(
            lambda u: lw.laplacian(u) - 1,
            walls=lw.Boundary(lambda u: u, on="x"),
            sides=lw.Boundary(lambda u: u, on="y"),
            top=lw.Boundary(lambda u: u, on="z.upper"),
            floor=lw.Free(on="z.lower"),
        ),
        "too little is said of u on z.lower",
    ),
    "a slope along the wall": (
        lambda: refused(
            lambda u: lw.laplacian(u) - 1,
            walls=lw.Boundary(lambda u: u, on="x"),
            sides=lw.Boundary(lambda u: u, on="y"),
            flow=lw.Boundary(lambda u: u.y - 1, on="z"),
        ),
        "does not tell all normal derivatives",
    ),
    "a pressure": (
        lambda: refused(
            stokes,
            fields="u v w p",
            walls=lw.Boundary(lambda u, v, w: {"u": u, "v": v, "w": w}),
            pin=lw.Data(x=[0], y=[0], z=[0], p=[0]),
        ),
        "second order in every field, and here p is",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_sentence(case):
    make, message = REFUSED[case]
    reason = FiniteElements().refuses(make())
    with pytest.raises(ValueError, match=message):
        raise ValueError(reason)
    assert reason.count(". ") == 0
    assert reason.endswith(".")
