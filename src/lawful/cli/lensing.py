"""`lawful lens`: what networks have learnt, from their weights."""

import json as json_module
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from .mistakes import Mistake
from .solving import whole

SAVED = "estimator.json"


def lens(
    *networks: str,
    activation: str | None = None,
    at: Annotated[list[str] | None, Parameter(negative=(), allow_leading_hyphen=True)] = None,
    draws: Annotated[int, Parameter(converter=whole)] = 20,
    json: Annotated[bool, Parameter(negative=())] = False,
    out: str | None = None,
) -> int:
    """Look at the weights of networks: each by itself, and the others against the first.

    Parameters
    ----------
    networks
        Files (.npz, .safetensors) with arrays W0, b0, W1, b1, ... in the convention z @ W + b, folders of runs, or
        folders that an estimator of lw.learn was saved in.
    activation
        Of the hidden layers: tanh, sin, relu, leaky_relu, gelu, sigmoid, silu, softplus or linear; a run says its own.
    at
        A place, as in --at 0.6,0.3; may be repeated.
    draws
        Pairs of shuffled networks behind each chance level.
    json
        Print one JSON object on stdout, and nothing else there.
    out
        A folder for figures and lens.json.
    """
    if not networks:
        raise Mistake("name a network: a file with arrays W0, b0, W1, b1, ..., or the folder of a run.")
    places = [_place(text) for text in at or ()]
    if len({len(place) for place in places}) > 1:
        raise Mistake("the places of --at have different numbers of coordinates; give each all of them.")
    folder = _folder(out)
    saved = [path for path in networks if (Path(path) / SAVED).is_file()]
    if saved:
        if len(saved) < len(networks):
            other = next(path for path in networks if path not in saved)
            raise Mistake(
                f"{saved[0]} holds an estimator and {other} does not; look at them one after the other."
            )
        if activation is not None:
            raise Mistake(
                f"{saved[0]} holds an estimator, which says its own activation; leave --activation out."
            )
        return _in_depth(networks, places, json, folder)
    from ..lens import account, read

    found = [read(path, activation, name=name) for path, name in zip(networks, _names(networks), strict=True)]
    said = account(*found, at=places or None, draws=draws)
    data = said.data()
    if folder:
        _write(folder, said, data)
    if json:
        print(_strict(data), flush=True)
    else:
        print(said.text())
        if folder:
            print(f"figures: {folder}", flush=True)
    return 0


def _in_depth(networks: tuple[str, ...], places: list[list[float]], json: bool, folder: Path | None) -> int:
    """The account of estimators in continuous depth, each by itself."""
    from ..learn import load
    from ..lens.depth import account

    pairs = zip(networks, _names(networks), strict=True)
    said = [account(load(path), places or None, name=name) for path, name in pairs]
    alone = [one.data() for one in said]
    data = alone[0] | {"networks": alone}
    if folder:
        for one in said:
            _write(folder if len(said) == 1 else folder / _safe(one.name), one, data)
    if json:
        print(_strict(data), flush=True)
    else:
        print("\n\n".join(one.text() for one in said))
        if folder:
            print(f"figures: {folder}", flush=True)
    return 0


def _place(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise Mistake(f"--at {text}: expected numbers with commas between, as in --at 0.6,0.3.") from None


def _names(paths: tuple[str, ...]) -> list[str]:
    """Each path by its last part; by all of it where two of them end alike."""
    short = [Path(p).stem if Path(p).suffix in (".npz", ".safetensors") else Path(p).name or p for p in paths]
    names = [s if short.count(s) == 1 else p for s, p in zip(short, paths, strict=True)]
    return [n if names.count(n) == 1 else f"{n} ({names[:i].count(n) + 1})" for i, n in enumerate(names)]


def _folder(out: str | None) -> Path | None:
    if out is None:
        return None
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Mistake(f"--out {out}: no folder can be made there: {error.strerror}.") from None
    return folder


def _write(folder: Path, said: Any, data: dict[str, Any]) -> None:
    from .._atomic import replacing, write_atomically

    folder.mkdir(exist_ok=True)
    write_atomically(folder / "lens.json", (_strict(data, indent=2) + "\n").encode())
    for name, draw in said.figures().items():
        with replacing(folder / f"{_safe(name)}.png") as temporary:
            draw().savefig(temporary, dpi=150, format="png")


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


def _strict(data: Any, indent: int | None = None) -> str:
    from ..run_folder import strict

    return json_module.dumps(strict(data), allow_nan=False, indent=indent)
