"""`--set name=value`: a name, and a number, true or false, or else a word."""

from collections.abc import Iterable

from .._names import did_you_mean, listed
from .mistakes import Mistake

Value = int | float | bool | str


def parsed(settings: Iterable[str]) -> dict[str, Value]:
    """The settings by name; raises `Mistake` for one that is no NAME=VALUE, or is given twice."""
    out: dict[str, Value] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        name, text = name.strip(), text.strip()
        if not equals or not name.isidentifier() or not text:
            raise Mistake(f"--set takes NAME=VALUE, such as nu=0.01; got {setting!r}.")
        if name in out:
            raise Mistake(f"--set gives {name} more than once.")
        out[name] = _value(text)
    return out


def check_known(settings: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raises `Mistake` for a setting that `what` has no parameter for."""
    known = tuple(known)
    for name in settings:
        if not known:
            raise Mistake(f"{what} has no parameters, so --set {name}=... has nothing to act on.")
        if name not in known:
            raise Mistake(
                f"{what} has no parameter {name!r}.{did_you_mean(name, known)} Its parameters: {listed(known)}."
            )


def _value(text: str) -> Value:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)
