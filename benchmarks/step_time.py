"""Time of one residual step: ours, nested differentiation, and the machine's matrix product, side by side.

A step is u, u_x, u_t, u_xx of u_t + u u_x - nu u_xx over all points and the gradient by the parameters.
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


def burgers(u, nu):
    return u.t + u * u.x - nu * u.xx


def free_problem() -> lw.Problem:
    """Burgers without walls, so that nothing but the step is measured."""
    conditions = {"pde": lw.Interior(burgers), "side": lw.Free(on="x"), "start": lw.Free(on="t")}
    return lw.Problem(lw.Box(x=(-1, 1)) * lw.Time(t=(0, 1)), "u", conditions, {"nu": 0.01 / np.pi})


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
        "| network | points | dtype | ours ms | one device ms | nested ms | nested/ours | GFLOP/s | matmul | share |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
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
            n = 1000
            a = jnp.ones((n, n), dtype)
            product = jax.jit(lambda x: x @ x)
            calls.append(lambda a=a, product=product: jax.block_until_ready(product(a)))
            ours, single, nested, matmul = best_of(calls, 4 if width > 50 else 30)
            edges = 2 * width + (depth - 1) * width**2 + width
            flops = 4 * 2 * edges * count * 3  # four rows, forward and twice backward
            rate, roof = flops / single / 1e9, 2 * n**3 / matmul / 1e9
            print(
                f"| {depth} x {width} | {count} | {jnp.dtype(dtype).name} | {ours * 1e3:.1f} | {single * 1e3:.1f} | "
                f"{nested * 1e3:.1f} | {nested / single:.2f} | {rate:.1f} | {roof:.1f} | {rate / roof:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
