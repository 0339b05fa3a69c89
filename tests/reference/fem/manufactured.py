"""Problems with known solutions: a source and boundary values made from the solution, by differentiation."""

import math

import jax
import jax.numpy as jnp

import lawful as lw


def slopes(f):
    return jax.grad(f, 0), jax.grad(f, 1)


def wave(x, y):
    return jnp.sin(2 * x + 0.3) * jnp.exp(y) + x * y


def conductor(domain, **conditions):
    """div(k grad u) = f with k = 1 + x^2 + y/2 and u = `wave`."""
    ux, uy = slopes(wave)

    def k(x, y):
        return 1 + x**2 + y / 2

    def source(x, y):
        def flux(i):
            return lambda x, y: k(x, y) * (ux, uy)[i](x, y)

        return jax.grad(flux(0), 0)(x, y) + jax.grad(flux(1), 1)(x, y)

    def law(u, x, y):
        return k(x, y) * (u.xx + u.yy) + 2 * x * u.x + u.y / 2 - source(x, y)

    return (
        lw.Problem(domain=domain, fields="u", conditions={"pde": lw.Interior(law), **conditions}),
        {"u": wave},
    )


def given(on="walls"):
    return lw.Boundary(lambda u, x, y: u - wave(x, y), on=on)


def cooled(on):
    """A Robin law with variable coefficients: (1 + x) u_n + (2 + y) u is given."""
    ux, uy = slopes(wave)

    def law(u, x, y, normal):
        known = (1 + x) * (ux(x, y) * normal.x + uy(x, y) * normal.y) + (2 + y) * wave(x, y)
        return (1 + x) * lw.dot(lw.grad(u), normal) + (2 + y) * u - known

    return lw.Boundary(law, on=on)


def square():
    return conductor(lw.Box(x=(0, 1), y=(0, 1)), walls=given())


def robin_square():
    ux, _ = slopes(wave)
    slope = lw.Boundary(lambda u, x, y: u.x - ux(x, y), on="x.lower")
    return conductor(lw.Box(x=(0, 1), y=(0, 1)), right=given("x.upper"), left=slope, rest=cooled("y"))


def disk():
    return conductor(lw.Disk(x=0.2, y=-0.1, radius=0.7, name="rim"), rim=given("rim"))


def ring():
    shape = lw.Disk(x=0.2, y=-0.1, radius=0.7, name="rim") - lw.Disk(x=0.3, y=0, radius=0.2, name="hole")
    return conductor(shape, rim=given("rim"), hole=cooled("hole"))


def corner():
    """Laplace's equation with the singular solution r^(2/3) sin(2 phi / 3) at a re-entrant corner."""

    def u(x, y):
        angle = jnp.mod(jnp.arctan2(y, x), 2 * jnp.pi)
        return (x**2 + y**2 + 1e-300) ** (1 / 3) * jnp.sin(2 * angle / 3)

    shape = lw.Box(x=(-1, 1), y=(-1, 1)) - lw.Box(x=(0, 2), y=(-2, 0))
    conditions = {
        "pde": lw.Interior(lambda u: lw.laplacian(u)),
        "walls": walls_of(u),
    }
    return lw.Problem(domain=shape, fields="u", conditions=conditions), {"u": u}


def walls_of(exact):
    return lw.Boundary(lambda u, x, y: u - exact(x, y))


def cubic():
    """-laplacian u + u^3 = f."""

    def exact(x, y):
        return jnp.sin(2 * x) * jnp.cos(y) + 1

    def law(u, x, y):
        return -lw.laplacian(u) + u**3 - 5 * jnp.sin(2 * x) * jnp.cos(y) - exact(x, y) ** 3

    conditions = {"pde": lw.Interior(law), "walls": walls_of(exact)}
    return lw.Problem(domain=lw.Box(x=(0, 1), y=(0, 1)), fields="u", conditions=conditions), {"u": exact}


def radiating():
    """div((1 + u^2) grad u) = f, with u_n + u^4 given on one side."""

    def exact(x, y):
        return jnp.sin(x) + y**2

    def law(u, x, y):
        e = exact(x, y)
        f = (1 + e**2) * (2 - jnp.sin(x)) + 2 * e * (jnp.cos(x) ** 2 + 4 * y**2)
        return (1 + u**2) * lw.laplacian(u) + 2 * u * (u.x**2 + u.y**2) - f

    conditions = {
        "pde": lw.Interior(law),
        "sides": lw.Boundary(lambda u, x, y: u - exact(x, y), on="x"),
        "hot": lw.Boundary(lambda u, x, y: u.y + u**4 - 2 * y - exact(x, y) ** 4, on="y.upper"),
        "insulated": lw.Boundary(lambda u: u.y, on="y.lower"),
    }
    return lw.Problem(domain=lw.Box(x=(0, 1), y=(0, 1)), fields="u", conditions=conditions), {"u": exact}


def kovasznay(*, outflow=False):
    """Kovasznay (1948): laminar flow behind a grid, an exact solution of the Navier-Stokes equations, at Re = 40."""
    Re = 40.0
    rate = Re / 2 - math.sqrt(Re**2 / 4 + 4 * math.pi**2)

    def U(x, y):
        return 1 - jnp.exp(rate * x) * jnp.cos(2 * jnp.pi * y)

    def V(x, y):
        return rate / (2 * jnp.pi) * jnp.exp(rate * x) * jnp.sin(2 * jnp.pi * y)

    def P(x, y):
        return (1 - jnp.exp(2 * rate * x)) / 2

    def law(u, v, p):
        return {
            "mass": u.x + v.y,
            "x": u * u.x + v * u.y + p.x - lw.laplacian(u) / Re,
            "y": u * v.x + v * v.y + p.y - lw.laplacian(v) / Re,
        }

    def velocity(u, v, x, y):
        return {"u": u - U(x, y), "v": v - V(x, y)}

    def traction(u, v, p, x, y):
        return {"x": u.x / Re - p - jax.grad(U)(x, y) / Re + P(x, y), "y": v.x - jax.grad(V)(x, y)}

    conditions = {"flow": lw.Interior(law), "inflow": lw.Boundary(velocity, on="x.lower")}
    conditions |= {"sides": lw.Boundary(velocity, on="y")}
    if outflow:
        conditions |= {"outflow": lw.Boundary(traction, on="x.upper")}
    else:
        pin = lw.Data(x=[-0.5], y=[-0.5], p=[float(P(-0.5, -0.5))])
        conditions |= {"outflow": lw.Boundary(velocity, on="x.upper"), "pin": pin}
    domain = lw.Box(x=(-0.5, 1), y=(-0.5, 1.5))
    return lw.Problem(domain=domain, fields="u v p", conditions=conditions), {"u": U, "v": V, "p": P}


def elastic():
    """Plane strain: one side held, two with given traction, one on rollers that still give the shear."""
    mu, lam = 1.0, 2.0

    def U(x, y):
        return jnp.sin(2 * x) * jnp.cos(y)

    def V(x, y):
        return x**2 * y + jnp.sin(x + y)

    def stress(ux, uy, vx, vy):
        return lam * (ux + vy) + 2 * mu * ux, mu * (uy + vx), lam * (ux + vy) + 2 * mu * vy

    def known(i):
        return lambda x, y: stress(*(d(x, y) for d in (*slopes(U), *slopes(V))))[i]

    def force(i, j):
        return lambda x, y: jax.grad(known(i), 0)(x, y) + jax.grad(known(j), 1)(x, y)

    def law(u, v, x, y):
        return {
            "x": (lam + 2 * mu) * u.xx + mu * u.yy + (lam + mu) * v.xy - force(0, 1)(x, y),
            "y": (lam + 2 * mu) * v.yy + mu * v.xx + (lam + mu) * u.xy - force(1, 2)(x, y),
        }

    def traction(u, v, x, y, normal):
        now = stress(u.x, u.y, v.x, v.y)
        xx, xy, yy = (a - known(i)(x, y) for i, a in enumerate(now))
        return {"x": xx * normal.x + xy * normal.y, "y": xy * normal.x + yy * normal.y}

    def rollers(u, v, x, y, normal):
        across = (u - U(x, y)) * normal.x + (v - V(x, y)) * normal.y
        return {"across": across, "shear": traction(u, v, x, y, normal)["y"]}

    conditions = {
        "balance": lw.Interior(law),
        "held": lw.Boundary(lambda u, v, x, y: {"u": u - U(x, y), "v": v - V(x, y)}, on="x.lower"),
        "pulled": lw.Boundary(traction, on="y"),
        "rollers": lw.Boundary(rollers, on="x.upper"),
    }
    return lw.Problem(domain=lw.Box(x=(0, 1), y=(0, 1)), fields="u v", conditions=conditions), {
        "u": U,
        "v": V,
    }
