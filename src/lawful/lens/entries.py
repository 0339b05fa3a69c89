"""The distribution of a layer's entries: generalized Gaussian, with a bootstrap test, beside the initial one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from scipy.optimize import minimize_scalar
from scipy.special import gammaln
from scipy.stats import gennorm, kstest

from .._names import listed
from .drawing import colour, sheet, styled
from .network import Network

SHAPES = (0.2, 60.0)
"""Between them the shape is sought; a uniform distribution ends at the upper one."""
INITIAL = {"glorot_uniform": "a uniform distribution", "glorot_normal": "a normal distribution"}


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries w of one layer and the density beta / (2 alpha Gamma(1/beta)) exp(-(|w - mean| / alpha)^beta).

    `shape` beta is 2 for a Gaussian, 1 for Laplace, large for uniform entries. `distance` is that of Kolmogorov and
    Smirnov between entries and fit, `p` the share of bootstrap draws, fitted anew, that lie as far from their own fits:
    a small one says that the entries follow no generalized Gaussian.

    `initial` names the distribution before training, with standard deviation `initial_std` and kurtosis
    `initial_kurtosis` (1.8 for uniform, 3 for normal entries); `initial_p` tests whether the entries still follow it.
    """

    name: str
    layer: int
    values: Float[np.ndarray, " entries"]
    mean: float
    std: float
    kurtosis: float
    shape: float
    scale: float
    distance: float
    p: float
    initial: str
    initial_std: float
    initial_kurtosis: float
    initial_p: float

    def data(self) -> dict[str, Any]:
        """As plain data, without the entries."""
        return {
            k: getattr(self, k) for k in self.__dataclass_fields__ if k not in ("name", "layer", "values")
        }

    def plot(self) -> Figure:
        """The histogram with the fit and the initial density."""
        with styled():
            figure = sheet(7.2, 2.8)
            axes = figure.add_subplot()
            axes.hist(self.values, bins="fd", density=True, color=colour(0), alpha=0.4, label="entries")
            w = np.linspace(self.values.min(), self.values.max(), 400)
            fit = gennorm.pdf(w, self.shape, self.mean, self.scale)
            axes.plot(
                w, fit, color=colour(1), label=f"generalized Gaussian, β = {self.shape:.2f}, p = {self.p:.2f}"
            )
            axes.plot(
                w,
                _initial(self.initial, self.initial_std).pdf(w),
                ":",
                color="0.3",
                label=f"initial: {self.initial.replace('_', ' ').capitalize()}",
            )
            axes.set(xlabel="weight", ylabel="density", title=f"{self.name}, W{self.layer}")
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        return figure


def entries(
    network: Network, layer: int, *, initial: str = "glorot_uniform", draws: int = 49, seed: int = 0
) -> Entries:
    """Fit the entries of a layer and test the fit by `draws` bootstrap samples.

    Raises `ValueError` for a layer that is not there, for an unknown initial distribution, and for entries that are
    all the same.
    """
    if not 0 <= layer < len(network.weights):
        raise ValueError(f"there is no layer {layer}; the layers are 0 to {len(network.weights) - 1}.")
    if initial not in INITIAL:
        raise ValueError(f"initial distribution {initial!r} is not known; choose {listed(INITIAL)}.")
    w = network.weights[layer].ravel()
    if np.ptp(w) == 0:
        raise ValueError(
            f"all {w.size} entries of W{layer} of {network.name} are {w[0]:g}: there is nothing to fit."
        )
    mean, std = float(w.mean()), float(w.std())
    shape, scale = _fit(w - mean)
    distance = _distance(w - mean, shape, scale)
    rng = np.random.default_rng(seed)
    far = [
        _refitted(np.asarray(gennorm.rvs(shape, scale=scale, size=w.size, random_state=rng)))
        for _ in range(draws)
    ]
    expected = float(np.sqrt(2 / sum(network.weights[layer].shape)))
    start = _initial(initial, expected)
    return Entries(
        network.name,
        layer,
        w,
        mean,
        std,
        float(((w - mean) ** 4).mean() / std**4),
        shape,
        scale,
        distance,
        float((1 + np.count_nonzero(np.array(far) >= distance)) / (1 + draws)),
        initial,
        expected,
        1.8 if initial == "glorot_uniform" else 3.0,
        float(kstest(w, start.cdf).pvalue),
    )


def _initial(name: str, std: float) -> Any:
    from scipy.stats import norm, uniform

    return uniform(-np.sqrt(3) * std, 2 * np.sqrt(3) * std) if name == "glorot_uniform" else norm(0, std)


def _fit(x: np.ndarray) -> tuple[float, float]:
    """The shape and the scale of most likelihood about zero; the best scale of each shape is known."""
    size = np.abs(x)
    unit = size.max()
    size = size / unit

    def scale(shape: float) -> float:
        return float((shape * (size**shape).mean()) ** (1 / shape))

    def cost(log_shape: float) -> float:
        shape = np.exp(log_shape)
        return float(np.log(2 * scale(shape)) - np.log(shape) + gammaln(1 / shape) + 1 / shape)

    best = minimize_scalar(cost, bounds=tuple(np.log(SHAPES)), method="bounded", options={"xatol": 1e-3})
    shape = float(np.exp(best.x))  # pyright: ignore[reportAttributeAccessIssue]
    return shape, scale(shape) * float(unit)


def _distance(x: np.ndarray, shape: float, scale: float) -> float:
    cdf = gennorm.cdf(np.sort(x), shape, scale=scale)
    steps = np.arange(len(x) + 1) / len(x)
    return float(max((steps[1:] - cdf).max(), (cdf - steps[:-1]).max()))


def _refitted(x: np.ndarray) -> float:
    x = x - x.mean()
    return _distance(x, *_fit(x))
