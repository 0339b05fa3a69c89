"""What JAX must know before its first computation: precision, one CPU device a core, a compile cache.

Imported by every package that computes. Each setting yields to the user's own: to the environment
variables `OPENBLAS_NUM_THREADS`, `JAX_ENABLE_X64`, `JAX_NUM_CPU_DEVICES` and `JAX_COMPILATION_CACHE_DIR`, to a
number of devices or a cache that `jax.config` holds already, and the devices to a JAX that has started.
"""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

# one thread a device: threads of LAPACK that spin beside those of the devices cost up to 30 times
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax

MAX_CPU_DEVICES = 16


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _started() -> bool:
    from jax._src import xla_bridge

    return xla_bridge.backends_are_initialized()


def configure() -> None:
    """Apply the settings; does nothing that a user has decided already."""
    if "JAX_ENABLE_X64" not in os.environ:
        jax.config.update("jax_enable_x64", True)
    if not _started():
        flags = os.environ.get("XLA_FLAGS", "")
        if "xla_cpu_multi_thread_eigen" not in flags:
            os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
        chosen = "JAX_NUM_CPU_DEVICES" in os.environ or "device_count" in flags
        if not chosen and jax.config.jax_num_cpu_devices < 0:  # pyright: ignore[reportAttributeAccessIssue]
            jax.config.update("jax_num_cpu_devices", min(_cores(), MAX_CPU_DEVICES))
    cached = jax.config.jax_compilation_cache_dir  # pyright: ignore[reportAttributeAccessIssue]
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ and not cached:
        root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        jax.config.update("jax_compilation_cache_dir", str(Path(root) / "lawful" / "xla"))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)


@functools.cache
def _quick_options() -> dict[str, bool] | None:
    """Compiler options that this backend knows, which make XLA quicker and what it compiles slower."""
    options = {"xla_cpu_use_fusion_emitters": False}
    if jax.default_backend() != "cpu":
        return None
    try:
        jax.jit(lambda x: x, compiler_options=options)(0.0)
    except Exception:
        return None  # another release, which does not know the option
    return options


def quick_jit(function: Callable[..., Any]) -> Any:
    """`jax.jit` for what runs a few times: compiled in half the time, to run a quarter longer."""
    return jax.jit(function, compiler_options=_quick_options())


configure()
