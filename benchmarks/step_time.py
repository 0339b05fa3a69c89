"""Time of one residual step: ours, nested differentiation, and the machine's matrix product, side by side.

A step is u, u_x, u_t, u_xx of u_t + u u_x - nu u_xx over all points and the gradient by the parameters.
`textbook` is vmap(grad(grad)) over all points at once, as in most PINN code; `nested` is lawful's own oracle,
forward mode on forward mode, in the chunks of our step.
Usage: taskset -c 0 python benchmarks/step_time.py [--quick]        one core
       python benchmarks/step_time.py --devices 2                   points sharded over two cores
Prints a table, the best of several calls each, measured in turn; all in one process.
"""

import argparse
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("--devices", type=int, default=1)
parser.add_argument("--quick", action="store_true")
arguments = parser.parse_args()
os.environ.setdefault("JAX_NUM_CPU_DEVICES", str(arguments.devices))

import lawful._runtime  # noqa: E402, I001
import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax.sharding import Mesh  # noqa: E402

import lawful as lw  # noqa: E402
from lawful.calculus import Nested  # noqa: E402
from lawful.objective import AXIS, Objective  # noqa: E402
from lawful.points import PointSets  # noqa: E402
from lawful.trial import TrialSpace  # noqa: E402

CASES = ((100, 8, 10_000), (20, 3, 4_096), (20, 3, 16_384))
PRODUCTS = 8
"""Matrix products a turn, so that memory is warm."""


def burgers(u, nu):
    return u.t + u * u.x - nu * u.xx


def free_problem() -> lw.Problem:
    """Burgers without walls, so that nothing but the step is measured."""
    conditions = {"pde": lw.Interior(burgers), "side": lw.Free(on="x"), "start": lw.Free(on="t")}
    return lw.Problem(lw.Box(x=(-1, 1)) * lw.Time(t=(0, 1)), "u", conditions, {"nu": 0.01 / np.pi})


def textbook(network, points, nu):
    """The value and gradient of the mean square residual by nested reverse mode, all points at once."""
    trained, rest = eqx.partition(network, eqx.is_inexact_array)

    def loss(trained):
        u = eqx.combine(trained, rest)

        def value(x, t):
            return u(jnp.stack([x, t]))[0]

        u_x = jax.grad(value, 0)
        u_t, u_xx = jax.grad(value, 1), jax.grad(u_x, 0)

        def residual(point):
            x, t = point
            return u_t(x, t) + value(x, t) * u_x(x, t) - nu * u_xx(x, t)

        return jnp.mean(jax.vmap(residual)(points) ** 2)

    step = jax.jit(jax.value_and_grad(loss))
    return lambda: jax.block_until_ready(step(trained))


def best_of(calls, repeats: int) -> list[float]:
    """The least seconds of each call, the calls in turn."""
    least = [np.inf] * len(calls)
    for call in calls:
        call()
    for _ in range(repeats):
        for i, call in enumerate(calls):
            began = time.perf_counter()
            call()
            least[i] = min(least[i], time.perf_counter() - began)
    return least


def main() -> None:
    devices = jax.devices()[: arguments.devices]
    print(f"{devices[0].device_kind}, {len(devices)} device(s), jax {jax.__version__}")
    print(
        "| network | points | dtype | ours ms | one device ms | nested ms | textbook ms | nested/one | textbook/one "
        "| GFLOP/s | matmul | share |"
    )
    print("|---" * 12 + "|")
    problem = free_problem()
    for width, depth, count in CASES[1:] if arguments.quick else CASES:
        for dtype in (jnp.float32, jnp.float64):
            network = lw.nn.MLP(width=width, depth=depth)
            space = TrialSpace(problem, network, key=jax.random.key(0), dtype=dtype)
            slow = TrialSpace(problem, network, key=jax.random.key(0), dtype=dtype)
            slow._engines = (Nested(),)
            calls = []
            for trial, over in ((space, devices), (space, devices[:1]), (slow, devices[:1])):
                conditions = {"pde": problem.conditions["pde"]}
                objective = Objective(trial, conditions, Mesh(np.asarray(over), (AXIS,)))
                sets = PointSets(problem, conditions, lw.sampling.Uniform(), {"pde": count}, seed=0)
                data, theta = objective.place(sets.first()), objective.replicate(trial.initial)
                one = objective.replicate(jnp.ones(1, dtype))
                step = objective.jitted.value_and_grad
                calls.append(lambda f=step, a=(theta, data, one): jax.block_until_ready(f(*a)))
            built = network.build(
                lw.nn.Frame(("x", "t"), (-1.0, 0.0), (1.0, 1.0)), 1, key=jax.random.key(0), dtype=dtype
            )
            places = jax.device_put(np.asarray(sets.first()["pde"]["points"][:, 0], dtype), devices[0])
            calls.append(textbook(built, places, 0.01 / np.pi))
            n = 1000
            a = jnp.ones((n, n), dtype)
            product = jax.jit(lambda x: x @ x)
            calls.append(lambda a=a, f=product: [jax.block_until_ready(f(a)) for _ in range(PRODUCTS)])
            ours, single, nested, common, matmul = best_of(calls, 4 if width > 50 else 30)
            edges = 2 * width + (depth - 1) * width**2 + width
            flops = 4 * 2 * edges * count * 3  # four rows, forward and twice backward
            rate, roof = flops / single / 1e9, PRODUCTS * 2 * n**3 / matmul / 1e9
            times = (ours, single, nested, common)
            ratios = (nested / single, common / single)
            cells = [f"{depth} x {width}", count, jnp.dtype(dtype).name, *(f"{t * 1e3:.1f}" for t in times)]
            cells += [*(f"{r:.2f}" for r in ratios), f"{rate:.1f}", f"{roof:.1f}", f"{rate / roof:.2f}"]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
