"""Same function, other parameters: two networks that solve the same problem, seen through the lens."""

import jax.numpy as jnp
import numpy as np

import lawful as lw

NETWORK = lw.nn.RandomFeatures(200)


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


def main() -> lw.lens.FunctionDistance:
    solutions = [lw.solve(problem, method="linear", network=NETWORK, seed=seed) for seed in (0, 1)]
    first, second = (lw.lens.from_solution(s, name=f"seed {i}") for i, s in enumerate(solutions))
    x, t = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 21))
    points = np.stack([x.ravel(), t.ravel()], axis=1)
    comparison = lw.lens.compare_weights(first, second, draws=5)
    print(comparison.table())
    distance = lw.lens.function_distance(first, second, at=points, weights=comparison)
    print(distance)
    return distance


if __name__ == "__main__":
    main()
