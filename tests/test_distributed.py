"""The same loss and gradient from one process with two devices and from two processes with one each."""

import os
import socket
import subprocess
import sys

import numpy as np

SCRIPT = """
import sys
process, port, out = int(sys.argv[1]), sys.argv[2], sys.argv[3]
import lawful._runtime
import jax
if port != "0":
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(f"localhost:{port}", 2, process)
import jax.numpy as jnp, numpy as np
import lawful as lw
from lawful.objective import Objective, device_mesh
from lawful.points import PointSets
from lawful.trial import TrialSpace
problem = lw.problems.burgers()
space = TrialSpace(problem, lw.nn.MLP(width=8, depth=2), key=jax.random.key(0), dtype=jnp.float64)
bound = {"pde": problem.conditions["pde"]}
objective = Objective(space, bound, device_mesh(512))
assert objective.mesh.size == 2
data = objective.place(PointSets(problem, bound, lw.sampling.Sobol(), {"pde": 512}, 0).first())
theta = objective.replicate(space.initial)
value, grad, _ = objective.jitted.value_and_grad(theta, data, objective.replicate(jnp.ones(1)))
solution = lw.solve(problem, network=lw.nn.MLP(width=8, depth=2), points=512, steps=30,
                    sampling=lw.sampling.ResidualAdaptive(every=10), budget=200.0, reference="stated")
if process == 0:
    np.savez(out, value=np.asarray(value), grad=np.asarray(grad), theta=solution.source.theta)
"""


def run(tmp_path, name, processes):
    port = "0"
    if processes == 2:
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = str(free.getsockname()[1])
    environment = {**os.environ, "JAX_NUM_CPU_DEVICES": str(2 // processes), "JAX_PLATFORMS": "cpu"}
    out = str(tmp_path / name)
    started = [
        subprocess.Popen([sys.executable, "-c", SCRIPT, str(i), port, out], env=environment)
        for i in range(processes)
    ]
    assert [p.wait(timeout=240) for p in started] == [0] * processes
    return np.load(out + ".npz", allow_pickle=False)


def test_two_processes_agree_with_one(tmp_path):
    one, two = run(tmp_path, "one", 1), run(tmp_path, "two", 2)
    np.testing.assert_allclose(one["value"], two["value"], rtol=1e-13)
    np.testing.assert_allclose(one["grad"], two["grad"], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(one["theta"], two["theta"], rtol=1e-4, atol=1e-5)
