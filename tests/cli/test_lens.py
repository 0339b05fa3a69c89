"""`lawful lens`: one object, figures in a folder, and one sentence a mistake."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

Lawful = Callable[..., SimpleNamespace]


def store(path: str, seed: int = 0, *, sizes: tuple[int, ...] = (2, 6, 6, 1), **changed: np.ndarray) -> dict:
    rng = np.random.default_rng(seed)
    layers = {}
    for i in range(len(sizes) - 1):
        layers |= {f"W{i}": rng.standard_normal(sizes[i : i + 2]), f"b{i}": rng.standard_normal(sizes[i + 1])}
    np.savez(path, **(layers | changed))
    return layers


@pytest.fixture
def two(here: Path) -> list[dict]:
    return [store(f"{name}.npz", seed) for seed, name in enumerate("ab")]


def test_two_networks(lawful: Lawful, two: list[dict]) -> None:
    answer = lawful("lens", "a.npz", "b.npz", "--activation", "tanh", "--at", "0.6,0.3", "--json")
    assert (answer.status, answer.err) == (0, "")
    said = answer.json()
    assert [layer["layer"] for layer in said["layers"]] == [0, 1, 2]
    for i, layer in enumerate(said["layers"]):
        a, b = (n[f"W{i}"] for n in two)
        assert layer["shape"] == list(a.shape)
        assert layer["fro"] == pytest.approx(np.linalg.norm(a - b) / np.linalg.norm(a))
        assert layer["cos"] == pytest.approx(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b))
        assert layer["cos_chance"] == pytest.approx(a.size**-0.5)
        assert layer["singular_values"] == pytest.approx(np.linalg.svd(a)[1])
        assert {"fro_aligned", "cos_aligned", "attractor_residual"} <= set(layer)
    assert [layer["attractor_residual"] is None for layer in said["layers"]] == [True, False, True]
    for n, output in zip(two, said["output"], strict=True):
        z = np.array([0.6, 0.3])
        for i in range(2):
            z = np.tanh(z @ n[f"W{i}"] + n[f"b{i}"])
        assert output == pytest.approx((z @ n["W2"] + n["b2"])[0])
    assert [n["name"] for n in said["networks"]] == ["a", "b"]


def test_one_network_and_a_folder_of_figures(lawful: Lawful, two: list[dict], here: Path) -> None:
    answer = lawful("lens", "a.npz", "--activation", "tanh", "--at", "-1,0", "--at", "0,1", "--out", "seen")
    assert (answer.status, answer.err) == (0, "")
    assert "a: 2 - 6 - 6 - 1 tanh, 67 parameters" in answer.out
    assert "at -1, 0: " in answer.out
    assert {"weights.png", "singular_values.png", "lens.json"} <= {p.name for p in (here / "seen").iterdir()}


MISTAKES = [
    ("", "name a network: a file with arrays W0, b0, W1, b1, ..., or the folder of a run."),
    ("a.npz", "a.npz does not say which activation its network has; name it, as in --activation tanh."),
    ("none.npz --activation tanh", "there is no file none.npz."),
    ("a.txt --activation tanh", "there is no file a.txt; name a file in .npz or .safetensors, or the folder of a run."),
    ("here --activation tanh", "here is not a run: it holds no run.json."),
    ("text.npz --activation tanh", "text.npz is no npz file, or is damaged."),
    ("gap.npz --activation tanh", "gap.npz lacks W1 of its 3 layers; store W0, b0, W1, b1, ... all."),
    ("free.npz --activation tanh", "free.npz lacks b2 of its 3 layers; store W0, b0, W1, b1, ... all."),
    ("torch.npz --activation tanh", "torch.npz holds net.0.weight; expected arrays named W0, b0, W1, b1, ..., in the "
     "convention z @ W + b."),
    ("objects.npz --activation tanh", "W0 in objects.npz is an array of objects, which only pickle could read; store "
     "each layer as an array of floats of its own."),
    ("a.npz --activation tanh --at 0.6;0.3", "--at 0.6;0.3: expected numbers with commas between, as in --at 0.6,0.3."),
    ("a.npz --activation tanh --at 1", "a takes 2 inputs, so places have the shape (points, 2); got (1, 1)."),
    ("a.npz --activation tanh --at 1,2 --at 3", "the places of --at have different numbers of coordinates; give each "
     "all of them."),
    ("a.npz wide.npz --activation tanh", "a and wide have other shapes, 2x6, 6x6, 6x1 and 2x7, 7x7, 7x1; weights "
     "compare only between networks of the same sizes."),
    ("a.npz --activation tahn", "activation 'tahn' is not known. Did you mean 'tanh'? Known: tanh, sin, relu, "
     "leaky_relu, gelu, sigmoid, silu, softplus and linear."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_a_mistake_is_one_sentence(
    lawful: Lawful, two: list[dict], here: Path, line: str, message: str
) -> None:
    layers = store("wide.npz", sizes=(2, 7, 7, 1))
    np.savez("gap.npz", **{k: v for k, v in layers.items() if k != "W1"})
    np.savez("free.npz", **{k: v for k, v in layers.items() if k != "b2"})
    np.savez("torch.npz", **{"net.0.weight": layers["W0"].T})
    np.savez("objects.npz", **(layers | {"W0": np.array([layers["W0"], layers["b0"]], dtype=object)}))
    (here / "text.npz").write_text("no archive")
    (here / "here").mkdir()
    answer = lawful("lens", *line.split())
    assert (answer.status, answer.out, answer.err) == (2, "", f"lawful: {message}\n")
