"""Problems in space with known solutions: sources and boundary values made from the solution, by differentiation."""

import jax
import jax.numpy as jnp

import lawful as lw

BALL = lw.Ball(x=0.1, y=-0.2, z=0.3, radius=0.8, name="rim")
CUBE = lw.Box(x=(0, 1), y=(0, 1), z=(0, 1))


def slopes(f):
    return [jax.grad(f, axis) for axis in range(3)]


def wave(x, y, z):
    return jnp.sin(2 * x + 0.3) * jnp.exp(y - z) + x * y * z


def k(x, y, z):
    return 1 + x**2 + y / 2 + z**2 / 3


def given(on="walls", exact=wave):
    return lw.Boundary(lambda u, x, y, z: u - exact(x, y, z), on=on)


def cooled(on):
    """A Robin law with variable coefficients: (1 + x^2) u_n + (2 + y) u is given."""

    def law(u, x, y, z, normal):
        along = zip(slopes(wave), (normal.x, normal.y, normal.z), strict=True)
        known = (1 + x**2) * sum(s(x, y, z) * n for s, n in along) + (2 + y) * wave(x, y, z)
        return (1 + x**2) * lw.dot(lw.grad(u), normal) + (2 + y) * u - known

    return lw.Boundary(law, on=on)


def conductor(domain, **conditions):
    """div(k grad u) + u_x = f with u = `wave`."""

    def source(x, y, z):
        def flux(slope):
            return lambda x, y, z: k(x, y, z) * slope(x, y, z)

        parts = [jax.grad(flux(s), axis)(x, y, z) for axis, s in enumerate(slopes(wave))]
        return sum(parts) + slopes(wave)[0](x, y, z)

    def law(u, x, y, z):
        spread = k(x, y, z) * lw.laplacian(u) + 2 * x * u.x + u.y / 2 + 2 * z / 3 * u.z
        return spread + u.x - source(x, y, z)

    conditions = {"pde": lw.Interior(law), **conditions}
    return lw.Problem(domain=domain, fields="u", conditions=conditions), {"u": wave}


def shell():
    hole = lw.Ball(x=0, y=-0.2, z=0.3, radius=0.3, name="hole")
    return conductor(BALL - hole, rim=given("rim"), hole=cooled("hole"))


def half():
    """Half a ball: values on the round side, a Robin law on the flat one."""
    box = lw.Box(x=(-2, 2), y=(-2, 2), z=(0.3, 2))
    return conductor(BALL & box, rim=given("rim"), floor=cooled("z"))


def radiating():
    """div((1 + u^2) grad u) = f in a cube, with u_n + u^3 given on one face and slopes on another."""

    def exact(x, y, z):
        return jnp.sin(x) + y**2 / 2 + z

    def law(u, x, y, z):
        e = exact(x, y, z)
        f = (1 + e**2) * (1 - jnp.sin(x)) + 2 * e * (jnp.cos(x) ** 2 + y**2 + 1)
        return (1 + u**2) * lw.laplacian(u) + 2 * u * (u.x**2 + u.y**2 + u.z**2) - f

    conditions = {
        "pde": lw.Interior(law),
        "sides": given("x", exact),
        "ends": given("y", exact),
        "hot": lw.Boundary(lambda u, x, y, z: u.z + u**3 - 1 - exact(x, y, z) ** 3, on="z.upper"),
        "floor": lw.Boundary(lambda u: -u.z + 1, on="z.lower"),
    }
    return lw.Problem(domain=CUBE, fields="u", conditions=conditions), {"u": exact}


def stretched(domain, gradient, held, pulled):
    """Elasticity with the displacement `gradient` x: prescribed on the part `held`, by its traction on `pulled`."""
    mu, lam = 1.0, 2.0
    names = "uvw"

    def stress(gradient):
        trace = sum(gradient[i][i] for i in range(3))
        shear = [[mu * (gradient[i][j] + gradient[j][i]) for j in range(3)] for i in range(3)]
        return [[shear[i][j] + (lam * trace if i == j else 0.0) for j in range(3)] for i in range(3)]

    def law(u, v, w):
        mixed = {
            "u": (lam + mu) * (u.xx + v.xy + w.xz),
            "v": (lam + mu) * (u.xy + v.yy + w.yz),
            "w": (lam + mu) * (u.xz + v.yz + w.zz),
        }
        return {n: mixed[n] + mu * lw.laplacian(f) for n, f in zip(names, (u, v, w), strict=True)}

    def prescribed(u, v, w, x, y, z):
        known = [sum(g * c for g, c in zip(row, (x, y, z), strict=True)) for row in gradient]
        return {n: f - e for n, f, e in zip(names, (u, v, w), known, strict=True)}

    def traction(u, v, w, normal):
        now, known = stress([[f.x, f.y, f.z] for f in (u, v, w)]), stress(gradient)
        n = (normal.x, normal.y, normal.z)
        return {m: sum((now[i][j] - known[i][j]) * n[j] for j in range(3)) for i, m in enumerate(names)}

    conditions = {"balance": lw.Interior(law), "held": lw.Boundary(prescribed, on=held)}
    conditions |= {"pulled": lw.Boundary(traction, on=pulled)}
    return lw.Problem(domain=domain, fields="u v w", conditions=conditions)
