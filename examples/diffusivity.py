"""The diffusivity of a rod from twenty noisy temperatures."""

import jax.numpy as jnp
import numpy as np

import lawful as lw

TRUE, NOISE = 0.4, 0.01


def heat(u, alpha):
    return u.t - alpha * u.xx


def main(seed: int = 0) -> tuple[float, tuple[float, float]]:
    rng = np.random.default_rng(seed)
    x, t = rng.uniform(0.05, 0.95, 20), rng.uniform(0.02, 0.6, 20)
    u = np.sin(np.pi * x) * np.exp(-TRUE * np.pi**2 * t) + NOISE * rng.standard_normal(20)
    problem = lw.Problem(
        domain=lw.Box(x=(0, 1)) * lw.Time(t=(0, 0.6)),
        fields="u",
        params={"alpha": lw.Unknown(0.2, lower=0)},
        conditions={
            "pde": lw.Interior(heat),
            "walls": lw.Boundary(lambda u: u, on="x"),
            "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
            "data": lw.Data(x=x, t=t, u=u, noise=NOISE),
        },
        name="diffusivity",
    )
    solution = lw.solve(problem, points=1024, steps=800)
    print(solution.report())
    return solution.params["alpha"], solution.intervals["alpha"]


if __name__ == "__main__":
    main()
