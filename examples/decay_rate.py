"""The rate of a decay from five noisy observations, with its interval."""

import numpy as np

import lawful as lw

TRUE_RATE, NOISE = 2.5, 0.02


def decay(u, k):
    return u.t + k * u


def observed(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    times = np.linspace(0, 2, 5)
    return times, np.exp(-TRUE_RATE * times) + NOISE * np.random.default_rng(seed).standard_normal(5)


def main(seed: int = 0) -> tuple[float, tuple[float, float]]:
    times, values = observed(seed)
    problem = lw.Problem(
        domain=lw.Time(t=(0, 2)),
        fields="u",
        params={"k": lw.Unknown(1.0, lower=0)},
        conditions={
            "ode": lw.Interior(decay),
            "start": lw.Initial(lambda u: u - 1),
            "data": lw.Data(t=times, u=values, noise=NOISE),
        },
        name="decay rate",
    )
    solution = lw.solve(problem)
    print(solution.report())
    return solution.params["k"], solution.intervals["k"]


if __name__ == "__main__":
    main()
