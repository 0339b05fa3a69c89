"""One evaluation of a spectral flow: ours, the same multiplier in SciPy's FFT, and time stepping, side by side.

A call is the field at one more time from given initial values, whose transform both sides keep.
Usage: taskset -c 0 python benchmarks/spectral.py [--nodes 256] [--quick]
Prints two tables, the best of several calls each, measured in turn; all in one process.
"""

import argparse
import math
import time

import jax
import numpy as np
from scipy import fft
from scipy.integrate import solve_ivp

import lawful as lw

spectral = lw.spectral
T = 0.01


def best_of(calls, repeats: int) -> list[float]:
    """The least milliseconds of each call, the calls in turn."""
    least = [np.inf] * len(calls)
    for call in calls:
        call()
    for _ in range(repeats):
        for i, call in enumerate(calls):
            began = time.perf_counter()
            call()
            least[i] = min(least[i], 1e3 * (time.perf_counter() - began))
    return least


def wavenumbers(n: int, half: bool) -> tuple[np.ndarray, np.ndarray]:
    """On a torus of length 1, shaped to be broadcast."""
    last = np.fft.rfftfreq(n) if half else np.fft.fftfreq(n)
    return 2 * np.pi * n * np.fft.fftfreq(n)[:, None], 2 * np.pi * n * last[None]


def cases(n: int, dtype: str):
    """A name, our call, and the same in SciPy."""
    u0 = np.random.default_rng(0).standard_normal((n, n)).astype(dtype)
    v0, psi0, inner = u0[::-1].copy(), u0 + 1j * u0[::-1], u0[: n - 1, : n - 1]
    torus, box = spectral.Periodic(1.0), spectral.Sine(1.0)
    (kx, ky), (lx, ly) = wavenumbers(n, True), wavenumbers(n, False)
    s = np.pi * np.arange(1, n)
    k = np.sqrt(kx**2 + ky**2)
    real, velocity, whole, sines = fft.rfft2(u0), fft.rfft2(v0), fft.fft2(psi0), fft.dstn(inner, type=1)

    def cast(multiplier):
        return multiplier.astype(
            np.result_type(dtype, np.complex64) if np.iscomplexobj(multiplier) else dtype
        )

    def heat_sum():
        spread = np.exp(-0.1 * T * kx**2) * np.exp(-0.1 * T * ky**2)
        return fft.irfft2(cast(spread) * real, s=(n, n))

    def heat_box():
        spread = np.exp(-0.1 * T * s[:, None] ** 2) * np.exp(-0.1 * T * s[None] ** 2)
        return fft.idstn(cast(spread) * sines, type=1)

    def shift():
        x, y = np.exp(-1j * T * kx), np.exp(-0.3j * T * ky)
        x[n // 2], y[:, n // 2] = x[n // 2].real, y[:, n // 2].real  # the shortest wave stands
        return fft.irfft2(cast(x * y) * real, s=(n, n))

    def particle():
        phases = np.exp(-0.5j * T * lx**2) * np.exp(-0.5j * T * ly**2)
        return fft.ifft2(cast(phases) * whole)

    def swing():
        phase = k * T
        total = cast(np.cos(phase)) * real + cast(T * np.sinc(phase / np.pi)) * velocity
        return fft.irfft2(total, s=(n, n))

    yield "heat, torus", spectral.heat(u0, alpha=0.1, on=torus), heat_sum
    yield "heat, box", spectral.heat(inner, alpha=0.1, on=box), heat_box
    yield "advection, torus", spectral.advection(u0, c=(1.0, 0.3), on=torus), shift
    yield "free particle, torus", spectral.schrodinger(psi0, on=torus), particle
    yield "waves, torus", spectral.wave(u0, v0, c=1.0, on=torus), swing


def beside_scipy(n: int, repeats: int) -> None:
    print("| flow | nodes | dtype | ours ms | SciPy ms | SciPy/ours | difference |")
    print("|---" * 7 + "|")
    for dtype in ("float32", "float64"):
        for name, flow, other in cases(n, dtype):
            apart = float(np.abs(np.asarray(flow(T)) - other()).max())
            ours, theirs = best_of((lambda f=flow: jax.block_until_ready(f(T)), other), repeats)
            cells = [
                name,
                flow.transform.shape[0],
                dtype,
                f"{ours:.2f}",
                f"{theirs:.2f}",
                f"{theirs / ours:.2f}",
            ]
            print("| " + " | ".join(map(str, [*cells, f"{apart:.0e}"])) + " |", flush=True)


def beside_stepping(n: int, repeats: int) -> None:
    """Heat in a bar: second differences and LSODA with its banded Jacobian."""
    axis = spectral.Sine(1.0)
    (x,) = spectral.nodes(n - 1, on=axis)
    start, t = np.sin(np.pi * x) + np.sin(3 * np.pi * x), 0.1
    exact = sum(np.exp(-((m * math.pi) ** 2) * t) * np.sin(m * np.pi * x) for m in (1, 3))
    flow = spectral.heat(start, alpha=1.0, on=axis)

    def rate(t, u):
        wide = np.concatenate([[0.0], u, [0.0]])
        return n**2 * np.diff(wide, 2)

    def stepped():
        return solve_ivp(rate, (0, t), start, "LSODA", rtol=1e-6, atol=1e-9, lband=1, uband=1).y[:, -1]

    ours, theirs = best_of((lambda: jax.block_until_ready(flow(t)), stepped), repeats)
    print("\n| nodes | ours ms | error | LSODA ms | error | LSODA/ours |\n" + "|---" * 6 + "|")
    errors = [f"{np.abs(np.asarray(u) - exact).max():.0e}" for u in (flow(t), stepped())]
    print(f"| {n - 1} | {ours:.3f} | {errors[0]} | {theirs:.1f} | {errors[1]} | {theirs / ours:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=256)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    repeats = 20 if arguments.quick else 200
    print(f"{jax.devices()[0].device_kind}, jax {jax.__version__}")
    beside_scipy(arguments.nodes, repeats)
    beside_stepping(arguments.nodes, 10)


if __name__ == "__main__":
    main()
