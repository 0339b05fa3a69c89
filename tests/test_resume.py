"""A killed run goes on from its checkpoint and ends at the bits of the uninterrupted one."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import lawful as lw
from lawful.progress import AbstractProgress
from lawful.run_folder import RunFolder

SCRIPT = """
import lawful as lw
lw.solve(lw.problems.burgers(), {arguments}, out={out!r})
"""
ARGUMENTS = (
    "steps=600, points=512, network=lw.nn.MLP(width=8, depth=2), "
    "sampling=lw.sampling.ResidualAdaptive(every=100), reference='stated'"
)


def start(out, arguments=ARGUMENTS):
    code = SCRIPT.format(arguments=arguments, out=str(out))
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "LAWFUL_NO_TYPECHECK": "1"})


def parameters(out):
    return RunFolder.open(out).load_params()["theta"]


def test_killed_runs_resume_bit_for_bit(tmp_path):
    whole = tmp_path / "whole"
    assert start(whole).wait() == 0
    for wait in (0.3, 2.0):
        killed = tmp_path / f"killed after {wait:g}"
        process = start(killed)
        began = time.monotonic()
        while not (killed / "run.json").exists() and time.monotonic() - began < 120:
            time.sleep(0.02)
        if wait > 1:
            while not (killed / "checkpoint.safetensors").exists() and process.poll() is None:
                time.sleep(0.02)
        time.sleep(wait / 4)
        process.send_signal(signal.SIGKILL)
        process.wait()
        RunFolder.open(killed)  # readable whatever the moment
        lw.resume(killed, lw.problems.burgers())
        assert np.array_equal(parameters(whole), parameters(killed))


def test_resumed_adam_and_weighting_keep_their_state(tmp_path):
    problem = lw.problems.burgers()
    arguments = dict(
        network=lw.nn.MLP(width=8, depth=2),
        points=256,
        optimizer=lw.optim.Chain(lw.optim.Adam(steps=120), lw.optim.SSBroyden()),
        sampling=lw.sampling.ResidualAdaptive(every=50),
        weighting=lw.weighting.GradientNorm(every=40),
        steps=300,
        reference="stated",
    )
    whole = lw.solve(problem, out=tmp_path / "whole", **arguments)

    class StopAt(AbstractProgress):
        """Asks for an end once a step is reached, as Ctrl-C does."""

        def start(self, title, terms):
            pass

        def update(self, snapshot):
            if snapshot.step >= 80:
                os.kill(os.getpid(), signal.SIGINT)

        def stop(self, sentence):
            pass

    stopped = lw.solve(problem, out=tmp_path / "stopped", progress=StopAt(), **arguments)
    assert stopped.outcome.value == "interrupted"
    resumed = lw.resume(tmp_path / "stopped", problem)
    assert np.array_equal(whole.source.theta, resumed.source.theta)


def test_load_gives_the_solution_back(tmp_path):
    problem = lw.problems.heat()
    solution = lw.solve(problem, out=tmp_path / "run")
    again = lw.load(tmp_path / "run", problem)
    assert np.array_equal(solution.u(x=[0.2, 0.5], t=0.3), again.u(x=[0.2, 0.5], t=0.3))
    assert again.verdict == solution.verdict
    stored = json.loads((tmp_path / "run" / "run.json").read_text())
    assert stored["summary"]["errors"] == solution.facts["errors"]
    with pytest.raises(ValueError, match=r"its parameters are alpha, not nu\."):
        lw.load(tmp_path / "run", lw.problems.burgers())
