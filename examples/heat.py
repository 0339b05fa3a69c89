"""Heat in a rod: the smallest complete use of lawful."""

import jax.numpy as jnp
import numpy as np

import lawful as lw


def heat(u, alpha):
    return u.t - alpha * u.xx


problem = lw.Problem(
    domain=lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
    fields="u",
    params={"alpha": 0.4},
    conditions={
        "pde": lw.Interior(heat),
        "walls": lw.Boundary(lambda u: u, on="x"),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
    },
    reference=lw.Exact(lambda x, t: np.sin(np.pi * x) * np.exp(-0.4 * np.pi**2 * t)),
    name="heat",
)


def main() -> float:
    solution = lw.solve(problem)
    print(solution.report())
    return abs(float(solution.u(x=0.5, t=0.3)) - np.exp(-0.4 * np.pi**2 * 0.3))


if __name__ == "__main__":
    main()
