"""Networks that lawful trained, with the scaling of their inputs and outputs in the first and last layers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._names import listed
from ..solution import Solution
from ..source import NetworkSource
from .network import Network, from_arrays

ACTIVATION_OF = {"Siren": "sin", "RandomFeatures": "sin"}


def from_solution(solution: Solution, *, field: str | None = None, name: str | None = None) -> Network:
    """The network of a solution that was trained as an MLP, a Siren or random features.

    Inputs are the coordinates in the problem's units, outputs what the network gives: the field itself, or what an
    ansatz that meets walls and starts exactly is built from. `field` chooses where fields have networks of their own.

    Raises `ValueError` for a classical solution and for other architectures.
    """
    source = solution.source
    if not isinstance(source, NetworkSource):
        raise ValueError("this solution is a classical one: there is no network to look at.")
    groups = [group.fields for group in source.space.groups]
    if field is None and len(groups) > 1:
        raise ValueError(
            f"there are networks for {listed('+'.join(g) for g in groups)}; name one of them by field=."
        )
    at = next((i for i, fields in enumerate(groups) if field is None or field in fields), None)
    if at is None:
        raise ValueError(f"there is no field {field!r}; the fields are {listed(solution.problem.fields)}.")
    recipe = solution.facts["recipe"]["network"]
    if isinstance(recipe, dict) and "dict" in recipe:
        own = [d for key, d in recipe["dict"].items() if set(key.split()) & set(groups[at])]
        recipe = own[0] if own else recipe
    return from_parameters(source.parameters(), recipe, at=at, name=name or solution.problem.name)


def from_parameters(named: Mapping[str, np.ndarray], described: Any, *, at: int = 0, name: str) -> Network:
    """The network number `at` from the arrays of a params.safetensors and the description of its architecture.

    The affine map of the inputs onto [-1, 1] becomes part of W0 and b0, the units of the outputs part of the last
    layer, so that the function is the same.
    """
    kind = described.get("type") if isinstance(described, dict) else None
    fields = described.get("fields", {}) if kind else {}
    if kind == "Unscaled":  # its arrays are those of its base, with a scaling that does nothing
        return from_parameters(named, fields["base"], at=at, name=name)
    prefix, frozen = f"network[{at}].network.", f"frozen[{at}].network."
    if kind == "RandomFeatures":
        weights = [named[f"{frozen}wavenumbers"], named[f"{prefix}coefficients"]]
        biases = [named[f"{frozen}phases"], np.zeros(weights[1].shape[1])]
    elif kind in ("MLP", "Siren"):
        count = sum(key.startswith(f"{prefix}weights[") for key in named)
        weights = [named[f"{prefix}weights[{i}]"] for i in range(count)]
        biases = [named[f"{prefix}biases[{i}]"] for i in range(count)]
    else:
        what = kind or "a network of your own"
        raise ValueError(
            f"{name} was solved with {what}, which is no chain of z <- f(z W + b); the lens takes MLP, Siren and "
            "RandomFeatures, or arrays by lw.lens.from_arrays."
        )
    weights = [np.asarray(w, np.float64) for w in weights]
    biases = [np.asarray(b, np.float64) for b in biases]
    slope, offset = (
        np.asarray(named[f"{frozen}scaling.{key}"], np.float64)[0] for key in ("slope", "offset")
    )
    biases[0] = biases[0] + offset @ weights[0]
    weights[0] = slope[:, None] * weights[0]
    units = np.asarray(named[f"frozen[{at}].units"], np.float64)
    weights[-1], biases[-1] = weights[-1] * units, biases[-1] * units
    activation = ACTIVATION_OF[kind] if kind in ACTIVATION_OF else fields["activation"]
    return from_arrays(weights, biases, activation, name=name)
