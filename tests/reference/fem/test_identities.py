"""Identities that hold whatever the mesh: exactness, symmetry, closed boundaries, areas, points on curves."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.reference import Derived, FiniteElements, derive
from lawful.reference.fem.assembly import Term, jacobian_of
from lawful.reference.fem.coarsest import coarsest
from lawful.reference.fem.locate import Locator
from lawful.reference.fem.mesh import extra_halvings, graded
from lawful.reference.fem.spaces import Spaces
from lawful.reference.fem.statement import stated

SQUARE = lw.Box(x=(0, 1), y=(0, 2))
LENS = lw.Disk(x=0, y=0, radius=1, name="left") & lw.Disk(x=1, y=0, radius=1, name="right")
HOLES = lw.Disk(x=0, y=0, radius=1, name="rim") - lw.Disk(x=0.3, y=0, radius=0.2, name="hole")
ANGLES = lw.Polygon(x=[0, 1, 1, -1, -1, 0], y=[0, 0, 1, 1, -1, -1])
AREAS = {
    "box": (SQUARE, 2.0),
    "lens": (LENS, 2 * np.pi / 3 - np.sqrt(3) / 2),
    "ring": (HOLES, 0.96 * np.pi),
    "angle": (ANGLES, 3.0),
}


@pytest.mark.parametrize("shape", AREAS)
def test_areas_and_closed_boundaries(shape):
    domain, area = AREAS[shape]
    errors = []
    for level in range(2):
        found = graded(coarsest(domain), level, {})
        spaces = Spaces(found.quadratic(), (2,))
        errors.append(abs(spaces.interior().weights.sum() - area))
        edges = spaces.edges(found.facets)
        np.testing.assert_allclose(np.einsum("eq,eqi->i", edges.weights, edges.normals), 0, atol=1e-12)
        # the divergence theorem for (x, 0) gives the area of the mesh
        through = (edges.weights * edges.normals[..., 0] * edges.places[..., 0]).sum()
        assert through == pytest.approx(spaces.interior().weights.sum(), abs=1e-11)
    assert errors[1] < max(errors[0] / 12, 1e-12)


def test_quadratic_polynomials_are_exact():
    def law(u, x, y):
        return (
            (1 + x) * u.xx
            + u.yy
            + u.x
            + y * u
            - (2 * (1 + x) + 4 + 2 * x + y + y * (x**2 + 2 * y**2 + x * y))
        )

    conditions = {
        "pde": lw.Interior(law),
        "x": lw.Boundary(lambda u, x, y: u - (x**2 + 2 * y**2 + x * y), on="x"),
        "y": lw.Boundary(lambda u, x, y: u.y + u - (4 * y + x + x**2 + 2 * y**2 + x * y), on="y"),
    }
    problem = lw.Problem(domain=SQUARE, fields="u", conditions=conditions)
    points = np.random.default_rng(0).random((200, 2)) * [1, 2]
    x, y = points.T
    found = FiniteElements().solve(problem, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, x**2 + 2 * y**2 + x * y, atol=1e-12)


def test_a_law_in_divergence_form_has_a_symmetric_matrix():
    """k u_xx + k_x u_x + ... is self-adjoint only if the derivative of k is taken exactly."""

    def law(u, x, y):
        k, kx, ky = jnp.exp(x * y), y * jnp.exp(x * y), x * jnp.exp(x * y)
        return k * (u.xx + u.yy) + kx * u.x + ky * u.y + u - 1

    walls = lw.Boundary(lambda u: u)
    statement = stated(lw.Problem(domain=HOLES, fields="u", conditions={"pde": lw.Interior(law), "w": walls}))
    spaces = Spaces(statement.coarsest.quadratic(), (2,))
    matrix = jacobian_of([Term(spaces.interior(), statement.interior, (0,))], np.zeros(spaces.size)).toarray()
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-13 * np.abs(matrix).max())


def test_points_on_and_beyond_curves_are_found():
    mesh = graded(coarsest(HOLES), 1, {}).quadratic()
    angle = np.linspace(0, 2 * np.pi, 400)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    hole = 0.2 * rim + [0.3, 0]
    for points in (rim, (1 + 1e-9) * rim, hole, 0.2 * (1 - 1e-9) * rim + [0.3, 0]):
        triangles, reference = Locator(mesh).find(points)
        nodes = Spaces(mesh, ()).nodes(triangles)
        # a little outside its triangle at most
        share = np.concatenate([reference, 1 - reference.sum(axis=0, keepdims=True)])
        assert share.min() > -0.02
        assert np.isfinite(nodes).all()


def test_triangles_at_a_corner_are_as_small_as_its_singularity_asks():
    """With n = 4 extra halvings, a level divides the triangles at the corner by 32 and the others by 2."""
    assert extra_halvings(3 * np.pi / 2, False, False) == 4
    assert extra_halvings(np.pi, False, False) == 0
    assert extra_halvings(np.pi, True, False) == 5
    corner = {int(np.argmin(np.linalg.norm(coarsest(ANGLES).mesh.p.T, axis=1))): 4}
    sizes = []
    for level in range(2):
        mesh = graded(coarsest(ANGLES), level, corner).mesh
        here = (mesh.t == next(iter(corner))).any(axis=0)
        ends = mesh.p[:, mesh.t[:, here]]
        sizes.append(np.linalg.norm(ends - np.roll(ends, 1, axis=1), axis=0).max())
    assert sizes[0] / sizes[1] == pytest.approx(32, rel=0.3)


def test_a_reference_is_derived_with_its_error():
    """-laplacian u = 4 in the unit disk: u = 1 - r^2, which quadratic triangles hold but for the rim."""
    disk = lw.Disk(x=0, y=0, radius=1, name="rim")
    conditions = {"pde": lw.Interior(lambda u: lw.laplacian(u) + 4), "rim": lw.Boundary(lambda u: u)}
    reference = derive(lw.Problem(domain=disk, fields="u", conditions=conditions))
    assert isinstance(reference, Derived)
    assert reference.method == "finite elements"
    radius = np.linspace(0, 1, 50)
    judged = reference.evaluate({"x": radius, "y": 0 * radius}, ("u",))
    error = np.abs(judged.values["u"] - (1 - radius**2)).max()
    assert error < 1e-6
    assert error < 5 * judged.error_estimate
    assert not judged.doubt
