"""Observations."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._names import did_you_mean, listed
from ..calculus import Scope, zero
from ..domain import AbstractDomain
from ._base import AbstractCondition, Bound, term_name


class Data(AbstractCondition):
    """Observed values of fields at given places: `Data(x=xs, t=ts, u=observed, noise=0.02)`.

    One array a coordinate and one or more a field, all of one length. `noise` is the standard
    deviation of the errors (a number, an array, or a dict by field); residuals are divided by it, and
    standard errors of unknown parameters rest on it. Without it the noise is estimated from the fit.
    Raises `ValueError` for arrays that do not match, are not finite, or lie outside the domain.
    """

    columns: dict[str, Any]
    noise: Any

    def __init__(self, /, *, noise: Any = None, **columns: Any):
        self.columns = columns
        self.noise = noise

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        what = f"condition {name!r}"
        known = (*scope.coordinates, *scope.fields)
        for column in self.columns:
            if column not in known:
                raise ValueError(
                    f"{what}: {column!r} is no coordinate or field.{did_you_mean(column, known)} "
                    f"Known here: {listed(known)}."
                )
        observed = [f for f in scope.fields if f in self.columns]
        if not observed:
            raise ValueError(f"{what}: no field is observed; give values for one of {listed(scope.fields)}.")
        needed = [c for c in scope.coordinates if any(c in scope.fields[f] for f in observed)]
        missing = [c for c in needed if c not in self.columns]
        if missing:
            raise ValueError(
                f"{what}: the places lack {listed(missing)}; give an array for each of {listed(needed)}."
            )
        arrays = {column: _checked(values, f"{what}: {column}") for column, values in self.columns.items()}
        lengths = {column: len(values) for column, values in arrays.items()}
        if len(set(lengths.values())) > 1:
            spelt = ", ".join(f"{column} has {n}" for column, n in lengths.items())
            raise ValueError(f"{what}: all arrays must have one length, but {spelt}.")
        count = next(iter(lengths.values()))
        lower, upper = (dict(zip(domain.coordinates, ends, strict=True)) for ends in domain.bounds)
        for column in needed:
            outside = (arrays[column] < lower[column] - 1e-12) | (arrays[column] > upper[column] + 1e-12)
            if outside.any():
                raise ValueError(
                    f"{what}: {column}={arrays[column][outside][0]:g} lies outside [{lower[column]:g}, "
                    f"{upper[column]:g}]; enlarge the domain or drop the observation."
                )
        if set(domain.space) <= set(needed):
            _check_inside(domain, arrays, lower, what)
        deviations = self._deviations(observed, count, what)
        points = np.stack([arrays.get(c, np.full(count, lower[c])) for c in scope.coordinates], axis=1)
        fixed = {"points": points[:, None, :]}
        fixed |= {f"observed.{f}": arrays[f] for f in observed}
        fixed |= {f"deviation.{f}": d if d is not None else np.ones(count) for f, d in deviations.items()}
        terms = {f: term_name(name, f if len(observed) > 1 else "") for f in observed}
        needs = {f: frozenset({zero(len(scope.fields[f]))}) for f in observed}

        def residual(values: Any, points: Any, parameters: Any, extra: Any) -> dict[str, Any]:
            return {
                terms[f]: (values[0][f][zero(len(scope.fields[f]))] - extra[f"observed.{f}"])
                / extra[f"deviation.{f}"]
                for f in observed
            }

        known_noise = {terms[f]: deviations[f] is not None for f in observed}
        return Bound(
            name, tuple(terms.values()), needs, residual, fixed=fixed, observes=True, noise=known_noise
        )

    def _deviations(self, observed: list[str], count: int, what: str) -> dict[str, np.ndarray | None]:
        noise = self.noise if isinstance(self.noise, dict) else dict.fromkeys(observed, self.noise)
        for field in noise:
            if field not in observed:
                raise ValueError(f"{what}: noise names {field!r}, which is not observed here.")
        out: dict[str, np.ndarray | None] = {}
        for field in observed:
            given = noise.get(field)
            if given is None:
                out[field] = None
                continue
            try:
                deviation = np.asarray(given, float)
            except (TypeError, ValueError):
                deviation = np.asarray(np.nan)
            if deviation.ndim == 0:
                deviation = np.full(count, float(deviation))
            if deviation.shape != (count,) or not (np.isfinite(deviation) & (deviation > 0)).all():
                raise ValueError(
                    f"{what}: noise must be a standard deviation above 0, one number or one a value; got {given!r}."
                )
            out[field] = deviation
        return out


def _check_inside(
    domain: AbstractDomain, arrays: Mapping[str, np.ndarray], lower: Mapping[str, float], what: str
) -> None:
    """Refuse places that lie in the box around the domain, and not in the domain."""
    count = len(arrays[domain.space[0]]) if domain.space else 0
    places = np.stack([arrays.get(c, np.full(count, lower[c])) for c in domain.coordinates], axis=1)
    inside = domain.contains(places)
    if not inside.all():
        at = ", ".join(f"{c}={arrays[c][~inside][0]:g}" for c in domain.space)
        raise ValueError(
            f"{what}: the place {at} lies outside the domain, in a hole or beyond its boundary; change the domain or "
            "drop the observation."
        )


def _checked(values: Any, what: str) -> np.ndarray:
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers, got {type(values).__name__}.") from None
    if array.ndim > 1:
        raise ValueError(
            f"{what} has shape {array.shape}; give one value a place, as a flat array (use .ravel())."
        )
    array = np.atleast_1d(array)
    bad = ~np.isfinite(array)
    if bad.any():
        raise ValueError(
            f"{what} is not finite at entry {int(np.argmax(bad))}; drop the entries that are NaN or inf."
        )
    if not len(array):
        raise ValueError(f"{what} is empty; give at least one value.")
    return array
