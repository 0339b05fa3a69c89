"""Precision and devices are settled whichever door a user comes in by."""

import ast
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import lawful

STUB = Path(__file__).parents[1] / "src" / "lawful" / "__init__.pyi"
DOORS = {  # one name of each module that the package opens
    node.module or alias.name: alias.name
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
}
LOOK = """
import sys, os, lawful
lawful.{name}
print("jax" not in sys.modules or sys.modules["jax"].config.jax_enable_x64, os.environ.get("OPENBLAS_NUM_THREADS"))
"""


@pytest.mark.parametrize("name", DOORS.values())
def test_double_precision_and_one_thread_a_device(name: str) -> None:
    own = {"JAX_ENABLE_X64", "OPENBLAS_NUM_THREADS"}
    environment = {k: v for k, v in os.environ.items() if k not in own}
    command = [sys.executable, "-c", LOOK.format(name=name)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "1"]


def test_a_name_that_lawful_has_not_is_corrected() -> None:
    with pytest.raises(AttributeError, match=r"lawful has no 'Potental'\. Did you mean 'Potential'\?"):
        _ = lawful.Potental  # pyright: ignore[reportAttributeAccessIssue]
    assert lawful.__version__ == metadata.version("lawful")
