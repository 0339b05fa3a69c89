"""What every test runs under: run-time type checks, strict shapes, no window, the reference data."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import jaxtyping
import matplotlib
import numpy as np
import pytest

# Set before the package is imported; the environment variable reaches the commands that tests start.
os.environ["MPLBACKEND"] = "Agg"

if not os.environ.get("LAWFUL_NO_TYPECHECK"):
    # The tower of PEP 484: an int will do where a float is asked for.
    checker = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
    jaxtyping.install_import_hook("lawful", checker)

import lawful._runtime  # noqa: F401  precision and devices are settled before JAX starts

jax.config.update("jax_numpy_rank_promotion", "raise")
matplotlib.use("Agg")


@pytest.fixture
def unchecked() -> Iterator[None]:
    """The library without run-time type checks, as a user meets it: for tests of its own messages."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)


@pytest.fixture(scope="session")
def reference_data() -> Callable[[str], dict[str, np.ndarray]]:
    """`reference_data(name)`: the arrays of `$LAWFUL_DATA/name.npz`; skips where they are not there."""

    def load(name: str) -> dict[str, np.ndarray]:
        folder = os.environ.get("LAWFUL_DATA")
        if not folder:
            pytest.skip("LAWFUL_DATA is not set: it names the folder of the published reference solutions")
        path = Path(folder) / f"{name}.npz"
        if not path.is_file():
            pytest.skip(f"LAWFUL_DATA holds no {name}.npz")
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}

    return load
