"""Fitted estimators in a folder: parameters as JSON, weights as safetensors, nothing pickled."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .. import nn
from .._atomic import write_atomically
from .._names import did_you_mean, listed
from ..nn import continuous, schemes
from ._base import AbstractEstimator
from .embedding import EMBEDDINGS
from .scaling import SCALINGS
from .training import History

FORMAT = 1
KNOTS = "knots."


def save(estimator: AbstractEstimator, path: Any) -> None:
    """Write `estimator.json` and `weights.safetensors` into the folder `path`."""
    from safetensors.numpy import save as packed

    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    leaves = jax.tree.leaves(eqx.filter(estimator.map_, eqx.is_array))
    arrays = {str(i): np.asarray(leaf) for i, leaf in enumerate(leaves)}
    arrays |= {KNOTS + name: np.ascontiguousarray(values) for name, values in estimator.knots_.items()}
    fitted = {
        name: getattr(estimator, name)
        for name in ("mean_", "deviation_", "n_features_in_")
        if name in vars(estimator)
    }
    if "classes_" in vars(estimator):
        classes = estimator.classes_  # pyright: ignore
        fitted["classes_"] = {"dtype": classes.dtype.str, "values": classes.tolist()}
    if "feature_names_in_" in vars(estimator):
        fitted["feature_names_in_"] = list(estimator.feature_names_in_)  # pyright: ignore
    parameters = {name: _plain(name, value) for name, value in estimator.get_params(deep=False).items()}
    described = {
        "format": FORMAT,
        "estimator": type(estimator).__name__,
        "parameters": parameters,
        "fitted": fitted,
        "history": dataclasses.asdict(estimator.history_),
    }
    write_atomically(folder / "weights.safetensors", packed(arrays))
    write_atomically(folder / "estimator.json", json.dumps(described, indent=1).encode())


def load(path: Any, **own: Any) -> Any:
    """The fitted estimator that `save` wrote into the folder `path`.

    What cannot be written as plain data, a field from your own function or a solver of diffrax, is given again by
    its parameter, as in `load(path, field=mine)`. Raises `ValueError` where that is missing, `FileNotFoundError` for a
    folder that `save` did not write.
    """
    from safetensors.numpy import load_file

    from .. import learn

    folder = Path(path)
    if not (folder / "estimator.json").is_file():
        raise FileNotFoundError(f"{folder} holds no estimator; give the folder that its save() wrote.")
    described = json.loads((folder / "estimator.json").read_text(encoding="utf-8"))
    kinds = {n: k for n, k in vars(learn).items() if isinstance(k, type) and issubclass(k, AbstractEstimator)}
    kind = kinds.get(described["estimator"])
    if described.get("format") != FORMAT or kind is None:
        raise ValueError(
            f"{folder} holds {described.get('estimator')!r} in format {described.get('format')!r}, which this release "
            f"does not read; it reads format {FORMAT} of {listed(sorted(kinds))}."
        )
    parameters = dict(described["parameters"])
    for name in own:
        if name not in parameters:
            raise ValueError(
                f"{kind.__name__} has no parameter {name!r}.{did_you_mean(name, parameters)} "
                f"It has {listed(parameters)}."
            )
    given = {name: own[name] if name in own else _whole(name, value) for name, value in parameters.items()}
    estimator: Any = kind(**given)
    fitted = described["fitted"]
    for name, value in fitted.items():
        if name == "classes_":
            value = np.asarray(value["values"], np.dtype(value["dtype"]))
        setattr(estimator, name, np.asarray(value, object) if name == "feature_names_in_" else value)
    arrays = load_file(folder / "weights.safetensors")
    outputs = len(estimator.classes_) if "classes_" in fitted else 1
    fresh = estimator._fresh(np.zeros((1, fitted["n_features_in_"])), outputs, 0)
    moving, rest = eqx.partition(fresh, eqx.is_array)
    leaves, structure = jax.tree.flatten(moving)
    saved = [jnp.asarray(arrays[str(i)]) for i in range(len(leaves))]
    if [a.shape for a in saved] != [b.shape for b in leaves]:
        raise ValueError(f"the weights in {folder} do not fit the network that its parameters describe.")
    estimator.map_ = eqx.combine(jax.tree.unflatten(structure, saved), rest)
    estimator.knots_ = {n[len(KNOTS) :]: a for n, a in arrays.items() if n.startswith(KNOTS)}
    estimator.history_ = History(**described["history"])
    estimator.n_params_ = continuous.count_parameters(estimator.map_)
    estimator.n_iter_ = len(estimator.history_.train)
    return estimator


def _plain(name: str, value: Any) -> Any:
    """A parameter as JSON; what is not plain becomes a mark that it must be given again."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return [_plain(name, v) for v in value]
    kind = type(value).__name__
    known = _kinds().get(kind)
    if known is type(value) and dataclasses.is_dataclass(value) and kind not in ("Custom", "Diffrax"):
        fields = {f.name: _plain(name, getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"kind": kind, "fields": fields}
    return {"given again": kind}


def _whole(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_whole(name, v) for v in value)
    if not isinstance(value, dict):
        return value
    if "given again" in value:
        raise ValueError(
            f"{name} was a {value['given again']}, which cannot be written as plain data; give it again, as in "
            f"load(path, {name}=...)."
        )
    kind = _kinds()[value["kind"]]
    fields = {n: _whole(name, v) for n, v in value["fields"].items()}
    names = fields.get("names")
    return kind(*names) if value["kind"] in ("Final", "Mean") and names is not None else kind(**fields)


def _kinds() -> dict[str, type]:
    found: dict[str, type] = {}
    for package in (nn, continuous, schemes):
        found |= {name: kind for name, kind in vars(package).items() if isinstance(kind, type)}
    return found | SCALINGS | EMBEDDINGS
